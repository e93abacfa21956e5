/** Exercise 13, solved, in one of many ways: pairs around 0, none far from 1, since powers far from 1 are what costs digits. */

/** Where the polynomials are evaluated. */
export const points: readonly number[] = [0, 0.75, -0.75, 1.5, -1.5];
