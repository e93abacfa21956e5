/**
 * How many floating-point operations work asks for, counted from its recording: the products of convolutions, by the problems that they
 * look up, and of the head. All else together is a percent of them or less.
 */
import type { Gpu } from '../../gpu/index.ts';
import { conv2dFlops, parseProblem } from '../../kernels/conv2d/index.ts';

/** Two per multiplication with its addition, counted as direct convolution whatever algorithm computes it. */
export interface Operations {
  readonly forward: number;
  readonly backward: number;
}

/** The operations of a head of so many features and logits, on a batch, without its gradients. */
export interface HeadShape {
  readonly batch: number;
  readonly features: number;
  readonly outputs: number;
}

/** What a head's forward pass, and its gradients, take: of its weight and, where the trunk is trained too, of its features. */
export function headOperations({ batch, features, outputs }: HeadShape, trunkToo: boolean): Operations {
  const products = 2 * batch * features * outputs;
  return { forward: products, backward: products * (trunkToo ? 2 : 1) };
}

/**
 * Calls `record`, which rehearses, and returns the operations of all convolutions in it. Those that stand in for a head
 * of these sizes are left out, as `headOperations` counts them.
 */
export function convolutionsIn(gpu: Gpu, head: Omit<HeadShape, 'batch'>, record: () => void): Operations {
  const before = gpu.autotuned;
  const counts = { forward: 0, backward: 0 };
  gpu.autotuned = {
    get(name) {
      const problem = parseProblem(name);
      if (problem) {
        const { pass, shape } = problem;
        const isHead = shape.h * shape.w === 1 && shape.c === head.outputs && shape.k === head.features;
        if (!isHead) counts[pass === 'forward' ? 'forward' : 'backward'] += conv2dFlops(shape);
      }
      return before?.get(name);
    },
  };
  try {
    record();
  } finally {
    gpu.autotuned = before;
  }
  return counts;
}

/** The sum of both. */
export const plus = (a: Operations, b: Operations): Operations => ({
  forward: a.forward + b.forward,
  backward: a.backward + b.backward,
});

/** So many times as many. */
export const times = ({ forward, backward }: Operations, factor: number): Operations => ({
  forward: forward * factor,
  backward: backward * factor,
});
