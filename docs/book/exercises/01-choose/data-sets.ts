/** Exercise 1's four sets of photos, each to be learned by an ImageNet ResNet-18, and what there is to choose. */
export const dataSets = {
  /** A bakery photographs what it sells. */
  bread: { images: 240, classes: 8, counts: [30, 30, 30, 30, 30, 30, 30, 30] },
  /** A research station collects leaves with one of four diseases. */
  leaves: { images: 4800, classes: 4, counts: [1150, 1250, 1200, 1200] },
  /** A sorting belt films what passes by. Hardly anything on it is a battery. */
  waste: { images: 3600, classes: 3, counts: [1900, 1550, 150] },
  /** A survey cuts land seen from above into tiles of ten kinds. */
  land: { images: 27_000, classes: 10, counts: Array<number>(10).fill(2700) },
} as const;

export interface Choice {
  /** The new head alone; it and the last stage; or everything. */
  readonly tune: 'head' | 'layer4' | 'all';
  /** Whether a photo of a rare class should weigh more in the loss than one of a frequent class. */
  readonly weighClasses: boolean;
}

export type Choices = Readonly<Record<keyof typeof dataSets, Choice>>;
