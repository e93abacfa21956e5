/**
 * How kernels that reduce a tensor along one axis cut it among threads. The tensor is [outer, length, inner], and a column is what
 * lies along the axis. Where inner > 1, neighbouring threads take neighbouring columns; where it is 1, columns lie one after the other, and
 * neighbouring threads take neighbouring items of one. Both ways a wave reads whole cache lines.
 */
import { wgsl, when, workgroupNumber } from '../gpu/index.ts';
import type { DeviceTraits } from '../gpu/index.ts';
import { type Width, widthOf } from './vectors.ts';

/** Items that are added up before they are added to the others. */
const BLOCK = 32;

/** A tensor by the axis along which it is reduced: the product of the sides before it, its own, and the product of those behind. */
export interface AxisShape {
  readonly outer: number;
  readonly length: number;
  readonly inner: number;
}

/** `shape` by one of its axes. */
export function axisShape(shape: readonly number[], axis: number): AxisShape {
  const product = (sides: readonly number[]) => sides.reduce((a, b) => a * b, 1);
  const [outer, inner] = [product(shape.slice(0, axis)), product(shape.slice(axis + 1))];
  return { outer, length: shape[axis] ?? 1, inner };
}

/** A workgroup's threads: `lanes` columns side by side, and `threads` on each. */
export type Tile = (typeof TILES)[keyof typeof TILES];
export type TileName = keyof typeof TILES;

/**
 * `alone` is for software adapters: a barrier costs them more than the items, since every thread's registers are saved and restored
 * there. The others are for GPUs: across columns, along long ones, and along many short ones.
 */
export const TILES = {
  alone: { lanes: 8, threads: 1 },
  across: { lanes: 16, threads: 8 },
  long: { lanes: 1, threads: 128 },
  short: { lanes: 16, threads: 8 },
} as const;

/** The tile for a shape on an adapter, how many floats an item is, and whether a column lies in one piece. */
export interface Tiling {
  readonly tile: TileName;
  readonly width: Width;
  readonly contiguous: boolean;
}

/** The tiling of a shape on an adapter. */
export function tileFor({ software }: Pick<DeviceTraits, 'software'>, { length, inner }: AxisShape): Tiling {
  const contiguous = inner === 1;
  const width = widthOf(contiguous ? length : inner);
  if (software) return { tile: 'alone', width, contiguous };
  const short = length / width <= TILES.short.threads * 8;
  return { tile: !contiguous ? 'across' : short ? 'short' : 'long', width, contiguous };
}

/** WGSL for `tile`: the thread's lane and place along the column, and what is shared among those of a column. */
export function columnsWgsl(name: TileName, contiguous: boolean) {
  const { lanes, threads } = TILES[name];
  const several = threads > 1;
  return {
    workgroupSize: [lanes * threads] as const,
    builtins: '@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) local: u32',
    /**
     * Sets `lane`, `thread`, `column`, which is kept below params.columns, since all threads must reach the barriers, `isColumn`, and
     * `start` and `step`: item k of the column is at start + k · step.
     */
    place: wgsl`
  let lane = ${contiguous ? `local / ${threads}u` : `local % ${lanes}u`};
  let thread = ${contiguous ? `local % ${threads}u` : `local / ${lanes}u`};
  let wanted = ${workgroupNumber('yz')} * ${lanes}u + lane;
  let isColumn = wanted < params.columns;
  let column = min(wanted, params.columns - 1u);
${
  contiguous
    ? '  let start = column * params.length;\n  let step = 1u;'
    : '  let start = (column / params.inner) * params.length * params.inner + column % params.inner;\n  let step = params.inner;'
}`,
    /** A workgroup's memory for `merge`, of values of type T. */
    shared: (T: string) => when(several, `var<workgroup> shared_values: array<${T}, ${lanes * threads}>;`),
    /** Makes of each thread's variable `value` that of its whole column, by a tree which is the same every time. */
    merge: (value: string, combine: (a: string, b: string) => string) =>
      when(
        several,
        wgsl`
  workgroupBarrier();
  shared_values[lane * ${threads}u + thread] = ${value};
  workgroupBarrier();
  for (var half = ${threads / 2}u; half > 0u; half /= 2u) {
    if (thread < half) {
      let at = lane * ${threads}u + thread;
      shared_values[at] = ${combine('shared_values[at]', 'shared_values[at + half]')};
    }
    workgroupBarrier();
  }
  ${value} = shared_values[lane * ${threads}u];`,
      ),
    /**
     * Makes of each of `terms` a variable by its name, the sum over the thread's items k below `end`, each at place i; `before` goes
     * before the terms of an item. Blocks of items are summed first: f32 then loses little, however many there are.
     */
    sums: (
      T: string,
      terms: Readonly<Record<string, string>>,
      { first = 'thread', end = 'params.length', before = '' } = {},
    ) => wgsl`
${Object.keys(terms).map((name) => `  var ${name} = ${T}(0);`)}
  for (var k = ${first}; k < ${end};) {
${Object.keys(terms).map((name) => `    var ${name}_block = ${T}(0);`)}
    for (var count = 0u; count < ${BLOCK}u && k < ${end}; count++) {
      let i = start + k * step;
      ${before}
${Object.entries(terms).map(([name, term]) => `      ${name}_block += ${term};`)}
      k += ${threads}u;
    }
${Object.keys(terms).map((name) => `    ${name} += ${name}_block;`)}
  }`,
    threads,
  };
}

/** One number of the components of a vector. */
export const sumOf = (width: Width, vector: string): string =>
  width === 4 ? `dot(${vector}, vec4f(1))` : vector;
