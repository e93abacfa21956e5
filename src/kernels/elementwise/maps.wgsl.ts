/** The elementwise kernels that are no activations, each a line of WGSL. */
import { memoizeKernel, read, write } from '../../gpu/index.ts';
import { floats, type Width } from '../vectors.ts';
import { defineMap } from './map.wgsl.ts';

/** y = a + b. */
export const addKernel = memoizeKernel((width: Width) => {
  const T = floats(width);
  return defineMap({
    name: `add ${T}`,
    bindings: { a: read(T), b: read(T), y: write(T) },
    item: '  y[i] = a[i] + b[i];',
  });
});

/** y += x. */
export const accumulateKernel = memoizeKernel((width: Width) => {
  const T = floats(width);
  return defineMap({
    name: `accumulate ${T}`,
    bindings: { x: read(T), y: write(T) },
    item: '  y[i] += x[i];',
  });
});
