/** Channels weighed image by image, as squeeze-and-excitation does (Hu et al. 2018); `mul` of any shapes brings along more of the engine. */
import { broadcast } from '../kernels/broadcast/index.ts';
import { sumAxes } from '../kernels/sum/index.ts';
import { apply, type Tensor } from './tensor.ts';

/** x `[N, H, W, C]` · share `[N, C]` → x's shape. Throws `RangeError` where the two do not go together. */
export function gate(x: Tensor, share: Tensor): Tensor {
  const { gpu, shape } = x;
  const [n = 0, , , c = 0] = shape;
  if (shape.length !== 4 || share.shape.join() !== [n, c].join())
    throw new RangeError(
      `gate: x [${shape.join(', ')}] does not go with shares [${share.shape.join(', ')}].`,
    );
  const weigh = (a: Tensor['storage'], y: Tensor['storage']) =>
    broadcast(gpu, 'mul', { a, b: share.storage, y }, { a: shape, b: [n, 1, 1, c], y: shape });
  return apply(gpu, {
    op: 'gate',
    inputs: [x, share],
    shape,
    forward: (y) => weigh(x.storage, y),
    backward: (dy, [dx, dShare]) => {
      if (dx) weigh(dy, dx);
      if (dShare) sumAxes(gpu, { x: dy, times: x.storage, y: dShare }, shape, [1, 2]);
    },
  });
}
