// The layer norms that tests and benchmarks run: a transformer's and a ConvNeXt's sizes, odd ones, one element, means far from zero.

/** x [rows, length] around `inputMean`. */
export interface LayerNormCase {
  readonly name: string;
  readonly rows: number;
  readonly length: number;
  readonly eps: number;
  readonly inputMean: number;
}

const defaults = { eps: 1e-5, inputMean: 0.5 };

export const cases: readonly LayerNormCase[] = [
  { ...defaults, name: 'two-by-three', rows: 2, length: 3 },
  { ...defaults, name: 'odd', rows: 7, length: 13 },
  { ...defaults, name: 'one-row', rows: 1, length: 40, eps: 0.1 },
  { ...defaults, name: 'transformer', rows: 96, length: 384 },
  { ...defaults, name: 'long-rows', rows: 3, length: 5003 },
  { ...defaults, name: 'many-rows', rows: 3000, length: 20, eps: 1e-6 },
  { ...defaults, name: 'far-mean', rows: 33, length: 64, inputMean: 100 },
];
