/** The elementwise kernels themselves, each a line of WGSL. */
import { memoizeKernel, read, write } from '../../gpu/index.ts';
import { floats, type Width } from '../vectors.ts';
import { defineMap } from './map.wgsl.ts';

/** y = x where x > 0, else 0. A select and not max(), which is free to drop NaN: a diverging network must show. */
export const reluKernel = memoizeKernel((width: Width) => {
  const T = floats(width);
  return defineMap({
    name: `relu ${T}`,
    bindings: { x: read(T), y: write(T) },
    item: `  let value = x[i];\n  y[i] = select(value, ${T}(0), value <= ${T}(0));`,
  });
});

/** dx = dy where y > 0, else 0. */
export const reluBackwardKernel = memoizeKernel((width: Width) => {
  const T = floats(width);
  return defineMap({
    name: `relu.backward ${T}`,
    bindings: { dy: read(T), y: read(T), dx: write(T) },
    item: `  dx[i] = select(dy[i], ${T}(0), y[i] <= ${T}(0));`,
  });
});

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
