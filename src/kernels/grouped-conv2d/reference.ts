/** Convolution in groups as its definition says, in plain loops over float64: what the kernels are checked against. */
import { elementsOf, groupedOutput, type GroupedConv2dShape } from './shape.ts';

type Numbers = ArrayLike<number>;

/** Calls `visit` with the flat indices of every (x, weight, y) triple that the convolution multiplies and adds. */
function forEachProduct(
  shape: GroupedConv2dShape,
  visit: (x: number, weight: number, y: number) => void,
): void {
  const { n, h, w, c, k, groups, kernel, stride, dilation, padding } = shape;
  const { oh, ow } = groupedOutput(shape);
  const [channels, outputs] = [c / groups, k / groups];
  for (let image = 0; image < n; image++)
    for (let oy = 0; oy < oh; oy++)
      for (let ox = 0; ox < ow; ox++)
        for (let i = 0; i < kernel[0]; i++)
          for (let j = 0; j < kernel[1]; j++) {
            const iy = oy * stride[0] + i * dilation[0] - padding[0];
            const ix = ox * stride[1] + j * dilation[1] - padding[1];
            if (iy < 0 || iy >= h || ix < 0 || ix >= w) continue;
            for (let ki = 0; ki < k; ki++) {
              const first = Math.floor(ki / outputs) * channels;
              for (let ci = 0; ci < channels; ci++)
                visit(
                  ((image * h + iy) * w + ix) * c + first + ci,
                  ((i * kernel[1] + j) * channels + ci) * k + ki,
                  ((image * oh + oy) * ow + ox) * k + ki,
                );
            }
          }
}

export function forward(x: Numbers, weight: Numbers, shape: GroupedConv2dShape): Float64Array {
  const y = new Float64Array(elementsOf(shape).y);
  forEachProduct(shape, (i, j, o) => (y[o]! += x[i]! * weight[j]!)); // in range, here and below
  return y;
}

export function backwardData(dy: Numbers, weight: Numbers, shape: GroupedConv2dShape): Float64Array {
  const dx = new Float64Array(elementsOf(shape).x);
  forEachProduct(shape, (i, j, o) => (dx[i]! += dy[o]! * weight[j]!));
  return dx;
}

export function backwardWeight(x: Numbers, dy: Numbers, shape: GroupedConv2dShape): Float64Array {
  const dWeight = new Float64Array(elementsOf(shape).weight);
  forEachProduct(shape, (i, j, o) => (dWeight[j]! += x[i]! * dy[o]!));
  return dWeight;
}
