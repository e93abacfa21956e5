/** Exercise 13: five points for tiles of four, beside infinity. On paper all points are equally good. */

/** Where the polynomials are evaluated. */
export const points: readonly number[] = [0, 1, 2, 3, 4];
