/** Pooling over windows of any kind: max-pool's own kernels where they know the window, and others. */
import { pairOf, sidesOf, type Padding, type PerAxis } from '../kernels/sliding.ts';
import {
  windowAverageBackward,
  windowAverageForward,
  windowMaxBackward,
  windowMaxForward,
  windowPoolOutput,
  type AverageOptions,
  type WindowPoolShape,
} from '../kernels/window-pool/index.ts';
import { plainMaxPool2d } from './pool.ts';
import { apply, refuseHalf, type Tensor } from './tensor.ts';

/** What goes over an image, of which an axis may have its own: `[vertical, horizontal]`. */
export interface PoolWindow {
  readonly kernel: PerAxis;
  /** The kernel's size by default: windows side by side. */
  readonly stride?: PerAxis;
  /** Around x, also for each side: `[top, left, bottom, right]`. None by default. */
  readonly padding?: Padding;
  /** Whether windows count that x does not fill to their end, PyTorch's `ceil_mode`; false by default. */
  readonly ceilMode?: boolean;
}

export interface MaxPoolOptions extends PoolWindow {
  /** Pixels from one tap to the next; 1 by default. */
  readonly dilation?: PerAxis;
}

/**
 * x `[N, H, W, C]` → `[N, oH, oW, C]`, as torch.nn.functional.max_pool2d: padding never wins, the first of equals does. In f16 windows are
 * the same on both axes, without dilation. Throws `RangeError` for windows that do not fit.
 *
 * ```ts
 * const x = new Tensor(gpu, [1, 1, 5, 1], gpu.upload(Float32Array.of(1, 5, 2, 4, 3)));
 * await maxPool2d(x, { kernel: [1, 2], ceilMode: true }).read(); // → [5, 4, 3]
 * ```
 */
export function maxPool2d(x: Tensor, options: MaxPoolOptions): Tensor {
  const plain = plainWindow(options);
  return plain ? plainMaxPool2d(x, plain) : anyMaxPool2d(x, shapeOf(x, options));
}

function anyMaxPool2d(x: Tensor, shape: WindowPoolShape): Tensor {
  const { gpu } = x;
  refuseHalf('maxPool2d, dilated or with windows that differ by axis,', [x]);
  const { oh, ow } = windowPoolOutput('maxPool2d', shape);
  const output = [shape.n, oh, ow, shape.c];
  const words = shape.n * oh * ow * shape.c;
  const argmax = x.requiresGrad ? gpu.temporary(words * 4, 'argmax') : undefined;
  return apply(gpu, {
    op: 'maxPool2d',
    inputs: [x],
    shape: output,
    forward: (y) => windowMaxForward(gpu, { x: x.storage, y, argmax }, shape),
    backward: (dy, [dx]) => {
      if (dx && argmax) windowMaxBackward(gpu, { dy, argmax, dx }, shape);
    },
  });
}

/**
 * The mean of each window: x `[N, H, W, C]` → `[N, oH, oW, C]`, as torch.nn.functional.avg_pool2d. Throws `RangeError` for windows that
 * do not fit.
 *
 * ```ts
 * const x = new Tensor(gpu, [1, 1, 4, 1], gpu.upload(Float32Array.of(1, 3, 5, 9)));
 * await avgPool2d(x, { kernel: [1, 2] }).read(); // → [2, 7]
 * ```
 */
export function avgPool2d(x: Tensor, options: PoolWindow & AverageOptions): Tensor {
  const { gpu } = x;
  const shape = shapeOf(x, options);
  const { oh, ow } = windowPoolOutput('avgPool2d', shape);
  return apply(gpu, {
    op: 'avgPool2d',
    inputs: [x],
    shape: [shape.n, oh, ow, shape.c],
    forward: (y) => windowAverageForward(gpu, { x: x.storage, y }, shape, options),
    backward: (dy, [dx]) => {
      if (dx) windowAverageBackward(gpu, { dy, dx }, shape, options);
    },
  });
}

function shapeOf(
  x: Tensor,
  { kernel, stride = kernel, padding = 0, dilation = 1, ceilMode = false }: MaxPoolOptions,
): WindowPoolShape {
  const [n = 0, h = 0, w = 0, c = 0] = x.shape;
  const window = { kernel: pairOf(kernel), stride: pairOf(stride), dilation: pairOf(dilation) };
  return { n, h, w, c, ...window, padding: sidesOf(padding), ceil: ceilMode };
}

/** The window as max-pool's own kernels take it; undefined where it is one that they do not know. */
function plainWindow({
  kernel,
  stride = kernel,
  padding = 0,
  dilation = 1,
  ceilMode = false,
}: MaxPoolOptions) {
  const [[height, width], [down, across], sides] = [pairOf(kernel), pairOf(stride), sidesOf(padding)];
  const isSquare = height === width && down === across && sides.every((side) => side === sides[0]);
  const isKnown = isSquare && pairOf(dilation).every((size) => size === 1) && !ceilMode;
  return isKnown && sides[0] * 2 <= height ? { kernel: height, stride: down, padding: sides[0] } : undefined;
}
