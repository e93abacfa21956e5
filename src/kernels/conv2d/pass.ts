/**
 * What a pass of convolution is: forward, or the gradient of the input or of the weight. An object for each, in a file of its
 * own, says which tensors it reads and writes, which algorithms compute it, and which of them the rule takes; everything else (host
 * functions, autotuning, tests, benchmarks) uses these objects. What is right, by plain loops, says right.ts.
 */
import type { Gpu, Storage } from '../../gpu/index.ts';
import type { Conv2dAlgorithm } from './algorithm.ts';
import { outputSize, type Conv2dShape } from './shape.ts';
import type { Epilogue } from './wgsl/epilogue.wgsl.ts';

export type PassName = 'forward' | 'backwardData' | 'backwardWeight';

/** Sizes in elements of the tensors that are read, and of the one that is written. */
export interface PassTensors {
  readonly inputs: Readonly<Record<string, number>>;
  readonly output: readonly [name: string, elements: number];
}

/** A pass whose algorithms take storages `S`; the epilogue of gradients is `none`. */
export interface Conv2dPass<S> {
  readonly name: PassName;
  tensors(shape: Conv2dShape, epilogue: Epilogue): PassTensors;
  /** What the algorithms take, given the tensors by name. */
  storages(tensor: (name: string) => Storage, epilogue: Epilogue): S;
  /** Family by family. */
  readonly algorithms: readonly Conv2dAlgorithm<S>[];
  /** The algorithm to take where nothing was measured (rule.ts). */
  rule(gpu: Gpu, shape: Conv2dShape): Conv2dAlgorithm<S>;
}

/** Elements of x `[n, h, w, c]`, weight `[r, s, c, k]` and y `[n, oh, ow, k]`, and so of their gradients. */
export function elementsOf(shape: Conv2dShape): { x: number; weight: number; y: number } {
  const { n, h, w, c, k, r, s } = shape;
  const { oh, ow } = outputSize(shape);
  return { x: n * h * w * c, weight: r * s * c * k, y: n * oh * ow * k };
}

/** Of the batch norm that the forward pass is tried with; ReLU, a parameter of its kernels, is off. */
export const EPS = 1e-5;
