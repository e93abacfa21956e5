/**
 * The matrices of Winograd's minimal filtering F(m, 3) (Winograd 1980; Lavin and Gray 2015, arXiv:1509.09308), by the
 * Toom–Cook construction: polynomials are multiplied by evaluating both at m + 2 points (one of them infinity),
 * multiplying there, and interpolating. A row of a convolution, transposed, is such a product:
 *
 *     m outputs of a 3-tap filter g over m + 2 inputs d:   y = Aᵀ[(G·g) ⊙ (Bᵀ·d)]
 *
 * with m + 2 multiplications instead of 3m; over tiles of m × m outputs 2.25 (m = 2) and 4 (m = 4) times fewer.
 */

/** Rows of numbers. */
export type Matrix = readonly (readonly number[])[];

/** The side of a tile of outputs. */
export type TileSize = 2 | 4;

/** Taps of the filter, in one dimension. */
export const TAPS = 3;

/**
 * The finite points. Textbooks take 0, ±1 and ±2 for m = 4; ±3/4 and ±3/2 are as exact in binary, and since their powers
 * spread less, rounding errors are less than half: 8e-7 of the outputs' root mean square where a direct sum has 4e-7.
 */
const POINTS = { 2: [0, 1, -1], 4: [0, 0.75, -0.75, 1.5, -1.5] } as const;

export interface Winograd {
  /** [m, m + 2]: sums of products to outputs. */
  readonly at: Matrix;
  /** [m + 2, 3]: filter taps to transformed ones. */
  readonly g: Matrix;
  /** [m + 2, m + 2]: inputs to transformed ones. */
  readonly bt: Matrix;
}

/** Aᵀ, G and Bᵀ of F(m, 3). */
export function winograd(m: TileSize, points: readonly number[] = POINTS[m]): Winograd {
  const others = points.map((p) => points.filter((q) => q !== p));
  const powers = (point: number, count: number) => Array.from({ length: count }, (_, i) => point ** i);
  const infinity = (count: number) => Array.from({ length: count }, (_, i) => Number(i === count - 1));
  const g = points.map((point, i) => {
    const scale = others[i]!.reduce((product, other) => product * (point - other), 1); // a list a point
    return powers(point, TAPS).map((power) => power / scale);
  });
  const a = points.map((point) => powers(point, m));
  const bt = others.map((roots) => [...polynomial(roots), 0]);
  return {
    at: transpose([...a, infinity(m)]),
    g: [...g, infinity(TAPS)],
    bt: [...bt, polynomial(points)],
  };
}

/** Coefficients of Π (x − root), of ascending powers. */
function polynomial(roots: readonly number[]): number[] {
  return roots.reduce<number[]>(
    (product, root) => [...product, 0].map((_, i) => (product[i - 1] ?? 0) - root * (product[i] ?? 0)),
    [1],
  );
}

export const transpose = (matrix: Matrix): Matrix =>
  matrix[0]!.map((_, column) => matrix.map((row) => row[column]!)); // matrices here are rectangular and not empty
