/** The update of stochastic gradient descent with momentum, over an arena of parameters. */
import { memoizeKernel, read, wgsl, write } from '../../gpu/index.ts';
import { defineMap } from '../elementwise/map.wgsl.ts';
import { floats, type Width } from '../vectors.ts';

/** velocity ← momentum·velocity + g, p ← p − learningRate·velocity, where g = gradient·gradientScale + weightDecay·p. */
export const sgdKernel = memoizeKernel((width: Width, itemsPerThread: number) => {
  const T = floats(width);
  return defineMap({
    name: `sgd ${T}`,
    bindings: { gradients: read(T), parameters: write(T), velocity: write(T) },
    params: { learningRate: 'f32', momentum: 'f32', weightDecay: 'f32', gradientScale: 'f32' },
    item: wgsl`
  let parameter = parameters[i];
  let gradient = gradients[i] * params.gradientScale + parameter * params.weightDecay;
  let speed = velocity[i] * params.momentum + gradient;
  velocity[i] = speed;
  parameters[i] = parameter - params.learningRate * speed;`,
    itemsPerThread,
  });
});
