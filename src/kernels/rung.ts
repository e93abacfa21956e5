/**
 * A rung of a kernel ladder: one way to compute an operation, kept small enough to be read in one sitting. The rungs of a
 * ladder compute the same from the same storages, each with one idea more than the rung below, so that tests,
 * benchmarks and readers can walk along them. The story is told in docs/book/12-the-ladder.md.
 */
import type { Gpu, Kernel } from '../gpu/index.ts';

/** How often a matrix product's kernel uses what it loads: what decides where its limit lies. */
export interface Reuse {
  /**
   * The tile of outputs that shares loads from memory: an element of the left matrix serves `columns` of them before it is loaded again, one
   * of the right matrix `rows`.
   */
  readonly rows: number;
  readonly columns: number;
  /** Loads in the inner loop for a multiply-add, each of one number or of four, and where from. */
  readonly loads: number;
  readonly from: 'memory' | 'workgroup memory';
}

export interface Rung<Storages, Shape> {
  /** Number and name, as its file is called: `3-tiled`. */
  readonly name: string;
  /** What the rung teaches, in a line. */
  readonly lesson: string;
  /** The kernels that it runs, in order, for looking at their machine code; none for the engine, which chooses by adapter. */
  readonly kernels: readonly Kernel[];
  /** On this adapter; none for what is no single product, or not its own. */
  reuse?(gpu: Gpu): Reuse;
  /** What the adapter and the sizes must have, where it does not suit all. */
  readonly needs?: string;
  /** Whether the rung can compute this shape on this adapter. */
  suits(shape: Shape, gpu: Gpu): boolean;
  /** Records the computation. Throws `RangeError` for sizes and storages that do not fit, `GpuError` past an adapter's limits. */
  run(gpu: Gpu, storages: Storages, shape: Shape): void;
}
