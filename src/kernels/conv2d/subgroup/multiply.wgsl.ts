/** What kernels that broadcast within a subgroup have in common: how lanes share loads, and in which order sums take their products. */
import { unroll, wgsl } from '../../../gpu/index.ts';

/**
 * Channels that a kernel takes of any number. One that takes more wants a number that they divide: to ask at each store whether there
 * is such a channel makes a driver compile a sixth longer.
 */
export const NARROW = 16;

/** How the lanes of a subgroup load rows of channels together, four channels per lane. */
export interface SharedLoads {
  readonly lanes: number;
  /** Fours of channels in a row. */
  readonly perRow: number;
  /** Rows that one load brings. */
  readonly rows: number;
  /** Loads that a row takes, where it is longer than the subgroup. */
  readonly loads: number;
}

export function sharedLoads(lanes: number, channels: number): SharedLoads {
  const perRow = channels / 4;
  return { lanes, perRow, rows: Math.max(1, lanes / perRow), loads: Math.max(1, perRow / lanes) };
}

/** Four `j` of row `row`, which some lane loaded: the variables are `sharedLOAD_PART`, one for each load that brings rows and each part of a row. */
export const sharedFour = ({ lanes, perRow, rows }: SharedLoads, row: number, j: number): string =>
  `subgroupBroadcast(shared${Math.floor(row / rows)}_${Math.floor(j / lanes)}, ${(row % rows) * perRow + (j % lanes)})`;

/**
 * Adds to each of the sums `sum0_j`, `sum1_j`, …, `sums` of them, `products` products: of its factor `x(i, q)`, a number, and of the four
 * weights `weight(q)`, which all sums share. A sum takes its products one after the other: there are more sums than a CPU has registers, and
 * each is then fetched and put back once for all.
 */
export function addProducts(
  sums: number,
  j: number,
  products: number,
  x: (i: number, q: number) => string,
  weight: (q: number) => string,
): string {
  const fma = (i: number, q: number) => `sum${i}_${j} = fma(vec4f(${x(i, q)}), w${q}, sum${i}_${j});`;
  return wgsl`{
        ${unroll(products, (q) => `let w${q} = ${weight(q)};`, ' ')}
        ${unroll(sums, (i) => unroll(products, (q) => fma(i, q), ' '))}
      }`;
}
