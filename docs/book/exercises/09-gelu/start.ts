/** Exercise 9: GELU, y = x · Φ(x), as an operation of the tape. Forward is right. Backward hears of one factor alone. */
import { apply, type Tensor } from '../../../../src/autograd/index.ts';
import { memoizeKernel, read, write } from '../../../../src/gpu/index.ts';
import { defineMap, floats, runMap, type Width } from '../../../../src/kernels/elementwise/index.ts';
import { normal } from './normal.wgsl.ts';

const forwardKernel = memoizeKernel((width: Width) => {
  const T = floats(width); // f32 or vec4f
  return defineMap({
    name: `exercise gelu ${T}`,
    bindings: { x: read(T), y: write(T) },
    declarations: normal(T), // share(x) is Φ(x), and bell(x) is how fast it rises there
    item: 'y[i] = x[i] * share(x[i]);',
  });
});

const backwardKernel = memoizeKernel((width: Width) => {
  const T = floats(width);
  return defineMap({
    name: `exercise gelu.backward ${T}`,
    bindings: { dy: read(T), x: read(T), dx: write(T) },
    declarations: normal(T),
    // Yours: x is in both factors of x · Φ(x). What does dx hear from each?
    item: 'dx[i] = share(x[i]);',
  });
});

export function gelu(x: Tensor): Tensor {
  const { gpu, size } = x;
  return apply(gpu, {
    op: 'gelu',
    inputs: [x],
    shape: x.shape,
    forward: (y) => runMap(gpu, 'gelu', forwardKernel, { x: x.storage, y }, size, {}),
    backward: (dy, [dx]) => {
      if (dx) runMap(gpu, 'gelu', backwardKernel, { dy, x: x.storage, dx }, size, {});
    },
  });
}
