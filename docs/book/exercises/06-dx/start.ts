/** Exercise 6: the gradient of a convolution's input, one pixel of it at a time. It is right as long as the stride is 1. */
import { outputSize, type Conv2dShape } from '../../../../src/kernels/conv2d/index.ts';

/** dy [n, oh, ow, k] and weight [r, s, c, k] → dx [n, h, w, c]. */
export function backwardData(dy: Float32Array, weight: Float32Array, shape: Conv2dShape): Float64Array {
  const { n, h, w, c, k, r, s, padding } = shape;
  const { oh, ow } = outputSize(shape);
  const dx = new Float64Array(n * h * w * c);
  for (let image = 0; image < n; image++)
    for (let row = 0; row < h; row++)
      for (let column = 0; column < w; column++)
        for (let i = 0; i < r; i++)
          for (let j = 0; j < s; j++) {
            // The output that has seen this pixel through weight (i, j):
            const oy = row + padding - i;
            const ox = column + padding - j;
            if (oy < 0 || oy >= oh || ox < 0 || ox >= ow) continue;
            for (let ci = 0; ci < c; ci++)
              for (let ki = 0; ki < k; ki++)
                dx[((image * h + row) * w + column) * c + ci]! +=
                  dy[((image * oh + oy) * ow + ox) * k + ki]! * weight[((i * s + j) * c + ci) * k + ki]!;
          }
  return dx;
}
