/**
 * What an algorithm of a convolution's pass is: one way to compute it, with all its sizes fixed. It may run several
 * kernels and take temporary memory between them. Which one runs is decided in choose.ts, by measurement or by a rule.
 */
import type { Gpu, Storage } from '../../gpu/index.ts';
import type { Conv2dShape } from './shape.ts';

/** Algorithms that are built alike, in a folder of that name. `padded` lends its inputs' shape to those of other families. */
export type Family = 'tiled' | 'subgroup' | 'winograd' | 'padded';

/** How it multiplies: by tiles in workgroup memory, for GPUs, or by broadcasts in a subgroup, for software adapters. */
export type Products = 'tiles' | 'broadcasts';

/** One way to compute a pass from storages `S`. */
export interface Conv2dAlgorithm<S> {
  readonly family: Family;
  readonly products: Products;
  /** Names it within its pass, in autotune files too: `tiled 64×64`. */
  readonly name: string;
  /**
   * How many times the rounding error of a sum in f32 its results may have; 1 where it is not given. More for algorithms
   * that add and subtract before they multiply.
   */
  readonly errorGrowth?: number;
  /** Whether it can compute this shape, with the features of this adapter. Cheap: asked at every call. */
  suits(gpu: Gpu, shape: Conv2dShape): boolean;
  /** Records the work. `shape` is checked and suits; storages may be larger than what the adapter binds (batch-parts.ts). */
  run(gpu: Gpu, storages: S, shape: Conv2dShape): void;
}

/** Batch norm by given statistics (Ioffe and Szegedy 2015), each `[k]`, applied to a convolution's sums as they are stored. */
export interface Conv2dNorm {
  readonly mean: Storage;
  readonly variance: Storage;
  readonly gamma: Storage;
  readonly beta: Storage;
  readonly eps: number;
  /** Added before ReLU; of y's shape. */
  readonly residual?: Storage | undefined;
  readonly relu: boolean;
}

export interface ForwardStorages {
  readonly x: Storage;
  readonly weight: Storage;
  readonly y: Storage;
  readonly norm?: Conv2dNorm | undefined;
}

export interface BackwardDataStorages {
  readonly dy: Storage;
  readonly weight: Storage;
  readonly dx: Storage;
}

export interface BackwardWeightStorages {
  readonly x: Storage;
  readonly dy: Storage;
  readonly dWeight: Storage;
}

export type ForwardAlgorithm = Conv2dAlgorithm<ForwardStorages>;
export type BackwardDataAlgorithm = Conv2dAlgorithm<BackwardDataStorages>;
export type BackwardWeightAlgorithm = Conv2dAlgorithm<BackwardWeightStorages>;
