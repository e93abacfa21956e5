/** The kernels of products of elements, each a line of WGSL. */
import { memoizeKernel, read, write } from '../../gpu/index.ts';
import { floats, type Width } from '../vectors.ts';
import { defineMap } from './map.wgsl.ts';

/** y = a · b. */
export const mulKernel = memoizeKernel((width: Width) => {
  const T = floats(width);
  return defineMap({
    name: `mul ${T}`,
    bindings: { a: read(T), b: read(T), y: write(T) },
    item: '  y[i] = a[i] * b[i];',
  });
});

/** y = x · factor[0]. */
export const scaleKernel = memoizeKernel((width: Width) => {
  const T = floats(width);
  return defineMap({
    name: `scale ${T}`,
    bindings: { x: read(T), y: write(T), factor: read() },
    setup: '  let scalar = factor[0];',
    item: '  y[i] = x[i] * scalar;',
  });
});

/** y = x · factors[row], of rows of `columns` floats. */
export const scaleRowsKernel = memoizeKernel((width: Width) => {
  const T = floats(width);
  const factors = Array.from({ length: width }, (_, k) => `factors[(at + ${k}u) / params.columns]`);
  return defineMap({
    name: `scale rows ${T}`,
    bindings: { x: read(T), y: write(T), factors: read() },
    params: { first: 'u32', columns: 'u32' },
    item: `
    let at = (params.first + i) * ${width}u;
    y[i] = x[i] * ${T}(${factors.join(', ')});`,
  });
});
