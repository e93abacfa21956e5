/** The sizes of a fully connected layer: x [n, inFeatures] → y [n, outFeatures]. */
export interface LinearShape {
  readonly n: number;
  readonly inFeatures: number;
  readonly outFeatures: number;
}
