/** Pools over windows as plain loops: what the kernels are tested against. */
import { windowPoolOutput, type AverageOptions, type WindowPoolShape } from './shape.ts';

type Numbers = ArrayLike<number>;

/** Calls `visit` for each element of y with its flat index and those of the pixels of x that its window sees, in row order. */
function forEachWindow(
  shape: WindowPoolShape,
  visit: (at: number, seen: readonly number[], row: number, column: number) => void,
): void {
  const { n, h, w, c, kernel, stride, dilation, padding } = shape;
  const { oh, ow } = windowPoolOutput('reference', shape);
  let at = 0;
  for (let image = 0; image < n; image++)
    for (let oy = 0; oy < oh; oy++)
      for (let ox = 0; ox < ow; ox++)
        for (let channel = 0; channel < c; channel++) {
          const seen: number[] = [];
          for (let r = 0; r < kernel[0]; r++)
            for (let s = 0; s < kernel[1]; s++) {
              const iy = oy * stride[0] - padding[0] + r * dilation[0];
              const ix = ox * stride[1] - padding[1] + s * dilation[1];
              if (iy >= 0 && iy < h && ix >= 0 && ix < w)
                seen.push(((image * h + iy) * w + ix) * c + channel);
            }
          visit(at++, seen, oy, ox);
        }
}

/** The maxima, and the flat index in x that each came from: −∞ and none where a window sees padding alone. */
export function max(x: Numbers, shape: WindowPoolShape) {
  const { oh, ow } = windowPoolOutput('reference', shape);
  const y = new Float64Array(shape.n * oh * ow * shape.c).fill(-Infinity);
  const source = new Int32Array(y.length).fill(-1);
  forEachWindow(shape, (at, seen) => {
    seen.forEach((from, i) => {
      const value = x[from]!; // inside the image
      if (i > 0 && !(value > y[at]!) && !Number.isNaN(value)) return;
      y[at] = value;
      source[at] = from;
    });
  });
  return { y, source };
}

export function maxBackward(dy: Numbers, source: Int32Array, size: number): Float64Array {
  const dx = new Float64Array(size);
  source.forEach((from, i) => {
    if (from >= 0) dx[from]! += dy[i]!; // in range by construction
  });
  return dx;
}

/** What a window's sum is divided by. */
function divisorOf(
  { h, w, kernel, stride, padding }: WindowPoolShape,
  { countIncludePad = true, divisorOverride }: AverageOptions,
  [seen, row, column]: readonly [seen: number, row: number, column: number],
): number {
  if (divisorOverride !== undefined) return divisorOverride;
  if (!countIncludePad) return Math.max(1, seen);
  const along = (axis: 0 | 1, at: number, length: number) => {
    const start = at * stride[axis] - padding[axis];
    return Math.min(start + kernel[axis], length + padding[axis === 0 ? 2 : 3]) - start;
  };
  return along(0, row, h) * along(1, column, w);
}

export function average(x: Numbers, shape: WindowPoolShape, options: AverageOptions): Float64Array {
  const { oh, ow } = windowPoolOutput('reference', shape);
  const y = new Float64Array(shape.n * oh * ow * shape.c);
  forEachWindow(shape, (at, seen, row, column) => {
    const sum = seen.reduce((sum, from) => sum + x[from]!, 0);
    y[at] = sum / divisorOf(shape, options, [seen.length, row, column]);
  });
  return y;
}

export function averageBackward(dy: Numbers, shape: WindowPoolShape, options: AverageOptions): Float64Array {
  const dx = new Float64Array(shape.n * shape.h * shape.w * shape.c);
  forEachWindow(shape, (at, seen, row, column) => {
    const share = dy[at]! / divisorOf(shape, options, [seen.length, row, column]);
    for (const from of seen) dx[from]! += share;
  });
  return dx;
}
