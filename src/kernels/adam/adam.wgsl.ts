/** Adam's update of one parameter, over an arena that holds them all: 4 reads, 3 writes, one dispatch per step. */
import { memoizeKernel, wgsl } from '../../gpu/index.ts';
import { defineUpdate } from '../update.ts';
import type { Width } from '../vectors.ts';

/**
 * m ← β1·m + (1 − β1)·g, v ← β2·v + (1 − β2)·g², p ← p·(1 − η·d) − stepSize·s·m / (√v·rootScale + ε), where g is the
 * scaled gradient + l2·d·p, and s and d are the group's rate and decay. The host folds bias corrections into stepSize and
 * rootScale, in double precision. Either l2 is 1 and shrink is 0 (Adam), or l2 is 0 and shrink is the learning rate,
 * so that η = shrink·s (AdamW).
 */
export const adamKernel = memoizeKernel((width: Width, clipped: boolean) =>
  defineUpdate(
    {
      name: 'adam',
      moments: ['m', 'v'],
      params: {
        stepSize: 'f32',
        rootScale: 'f32',
        epsilon: 'f32',
        beta1: 'f32',
        oneMinusBeta1: 'f32',
        beta2: 'f32',
        oneMinusBeta2: 'f32',
        l2: 'f32',
        shrink: 'f32',
      },
      item: wgsl`
  let slope = gradient + parameter * (params.l2 * decay);
  let mean = m[i] * params.beta1 + slope * params.oneMinusBeta1;
  let square = v[i] * params.beta2 + slope * slope * params.oneMinusBeta2;
  m[i] = mean;
  v[i] = square;
  let kept = parameter * (1.0 - params.shrink * rateScale * decay);
  parameters[i] = kept - params.stepSize * rateScale * mean / (sqrt(square) * params.rootScale + params.epsilon);`,
    },
    width,
    clipped,
  ),
);
