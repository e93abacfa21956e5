/** The update of stochastic gradient descent with momentum, over an arena of parameters. */
import { memoizeKernel, wgsl } from '../../gpu/index.ts';
import { defineUpdate } from '../update.ts';
import type { Width } from '../vectors.ts';

/**
 * velocity ← momentum·velocity + g, p ← p − learningRate·s·velocity, where g is the scaled gradient + d·p, and s and d are
 * the group's rate and decay. Nesterov's form goes by g + momentum·velocity instead.
 */
export const sgdKernel = memoizeKernel((nesterov: boolean, width: Width, clipped: boolean) =>
  defineUpdate(
    {
      name: nesterov ? 'sgd nesterov' : 'sgd',
      moments: ['velocity'],
      params: { learningRate: 'f32', momentum: 'f32' },
      item: wgsl`
  let slope = gradient + parameter * decay;
  let speed = velocity[i] * params.momentum + slope;
  velocity[i] = speed;
  parameters[i] = parameter - params.learningRate * rateScale * ${nesterov ? '(slope + speed * params.momentum)' : 'speed'};`,
    },
    width,
    clipped,
  ),
);
