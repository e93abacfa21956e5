/** Adam's update of one parameter, over an arena that holds them all: 4 reads, 3 writes, one dispatch a step. */
import { memoizeKernel, read, wgsl, write } from '../../gpu/index.ts';
import { defineMap } from '../elementwise/map.wgsl.ts';
import { floats, type Width } from '../vectors.ts';

/**
 * m ← β1·m + (1 − β1)·g, v ← β2·v + (1 − β2)·g², p ← p·keep − stepSize·m / (√v·rootScale + ε), where
 * g = gradient·gradientScale + l2·p. The host folds bias corrections into stepSize and rootScale, in double precision,
 * and decoupled weight decay into keep.
 */
export const adamKernel = memoizeKernel((width: Width, itemsPerThread: number) => {
  const T = floats(width);
  return defineMap({
    name: `adam ${T}`,
    bindings: { gradients: read(T), parameters: write(T), m: write(T), v: write(T) },
    params: {
      stepSize: 'f32',
      rootScale: 'f32',
      epsilon: 'f32',
      beta1: 'f32',
      oneMinusBeta1: 'f32',
      beta2: 'f32',
      oneMinusBeta2: 'f32',
      gradientScale: 'f32',
      l2: 'f32',
      keep: 'f32',
    },
    item: wgsl`
  let parameter = parameters[i];
  let gradient = gradients[i] * params.gradientScale + parameter * params.l2;
  let mean = m[i] * params.beta1 + gradient * params.oneMinusBeta1;
  let square = v[i] * params.beta2 + gradient * gradient * params.oneMinusBeta2;
  m[i] = mean;
  v[i] = square;
  parameters[i] = parameter * params.keep - params.stepSize * mean / (sqrt(square) * params.rootScale + params.epsilon);`,
    itemsPerThread,
  });
});
