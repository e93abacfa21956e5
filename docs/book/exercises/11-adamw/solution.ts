/** Exercise 11, solved: the averages are corrected, decay is decoupled, and each block goes at its own rate. */
import { memoizeKernel, wgsl, type Gpu, type Storage } from '../../../../src/gpu/index.ts';
import type { Width } from '../../../../src/kernels/elementwise/index.ts';
import { defineUpdate, runUpdate } from '../../../../src/optim/index.ts';

export interface Options {
  readonly learningRate: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
}

/** What the kernel reads and writes for each element; the arena's table gives it `rateScale` and `decay`. */
export type Storages = Readonly<Record<'parameters' | 'gradients' | 'm' | 'v' | 'groups', Storage>>;

const kernel = memoizeKernel((width: Width, clipped: boolean) =>
  defineUpdate(
    {
      name: 'exercise adamw',
      moments: ['m', 'v'],
      params: {
        stepSize: 'f32',
        rootScale: 'f32',
        shrink: 'f32',
        epsilon: 'f32',
        beta1: 'f32',
        beta2: 'f32',
      },
      // Given are `parameter`, its `gradient`, and its block's `rateScale` and `decay`; host numbers are params.stepSize and so on.
      item: wgsl`
  let mean = mix(gradient, m[i], params.beta1);
  let square = mix(gradient * gradient, v[i], params.beta2);
  m[i] = mean;
  v[i] = square;
  let kept = parameter * (1.0 - params.shrink * rateScale * decay);
  parameters[i] = kept - params.stepSize * rateScale * mean / (sqrt(square) * params.rootScale + params.epsilon);`,
    },
    width,
    clipped,
  ),
);

/** One step for `count` floats of the arena; `step` counts from 1. */
export function adamw(gpu: Gpu, storages: Storages, count: number, step: number, options: Options): void {
  const { learningRate, beta1, beta2, epsilon } = options;
  const { groups, ...updated } = storages;
  const numbers = {
    stepSize: learningRate / (1 - beta1 ** step), // in front of the mean
    rootScale: 1 / Math.sqrt(1 - beta2 ** step), // in front of the root of the squares' mean
    shrink: learningRate, // times a block's rate and its decay, it is what a parameter loses
    ...{ epsilon, beta1, beta2, gradientScale: 1 },
  };
  runUpdate(gpu, 'adamw', kernel, updated, { groups }, count, numbers);
}
