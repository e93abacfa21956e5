/**
 * Rung 5: multiply less. Winograd's minimal filtering F(2×2, 3×3), as Lavin and Gray brought it to GPUs ("Fast Algorithms for
 * Convolutional Neural Networks", 2015), computes 2 × 2 outputs of a 3×3 convolution with 16 multiplications where the
 * definition takes 36.
 *
 * In one dimension first. Two outputs of a filter g of three taps over four inputs d are
 *
 *     y0 = d0·g0 + d1·g1 + d2·g2            six multiplications. F(2, 3) makes do with four:
 *     y1 = d1·g0 + d2·g1 + d3·g2
 *
 *     m0 = (d0 − d2) · g0                   y0 = m0 + m1 + m2
 *     m1 = (d1 + d2) · (g0 + g1 + g2)/2     y1 = m1 − m2 − m3
 *     m2 = (d2 − d1) · (g0 − g1 + g2)/2
 *     m3 = (d1 − d3) · g2
 *
 * (Write y0 out: m1 + m2 is d1·g1 + d2·(g0 + g2), and m0 adds d0·g0 and takes d2·g0 away.) As matrices, with ⊙ for the product
 * element by element, y = Aᵀ · (G·g ⊙ Bᵀ·d):
 *
 *          1  0 −1  0            1   0   0
 *     Bᵀ = 0  1  1  0       G =  ½   ½   ½       Aᵀ = 1  1  1  0
 *          0 −1  1  0            ½  −½   ½            0  1 −1 −1
 *          0  1  0 −1            0   0   1
 *
 * In two dimensions do it along the columns and then along the rows: Y = Aᵀ · (G·g·Gᵀ ⊙ Bᵀ·d·B) · A, with 4 × 4 inputs, 16
 * multiplications and 2 × 2 outputs. All but the ⊙ is additions and halves.
 *
 * What makes it fast is the sum over channels. The transform back is linear, so it can wait until the sum is done: for each of
 * the 16 places in a tile, Σc V[tile, c] · U[c, k] is a matrix product, and the rungs of the matmul ladder know how to do that.
 * So this rung has three kernels around 16 products: U from the weights (once, where they are frozen), V from x, y from M.
 *
 * What changes: 2.25 times fewer multiply-adds where nearly all time went. The price: V and M are 4 times as large as x and
 * y, and pass through memory twice, so that the products' intensity falls to what c and k channels give, c · k / (2c + 2k)
 * FLOPs per byte: 16 for 64 channels, 128 for 512. It pays where there are many channels; and it does 3×3 of stride 1 only.
 *
 * Rounding is no worse than on the direct rungs, which one would not expect of sums of sums. The long sums run over c terms
 * here and over 9c there; over ResNet-18's shapes the error's root mean square is 0.6 to 1 times that of one sum in order.
 * (The larger F(4×4, 3×3) has factors of 8 and 1/24 in its matrices, and there the error does grow.)
 *
 * What one sees: up to 2.25 times the kernel that the products use, less the transforms' time. On lavapipe that is a quarter
 * of the whole for 64 channels, and with the rest of the traffic it eats the gain; 256 channels are 1.1 to 1.6 times as fast as the
 * same kernel without Winograd. The 16 products are 16 dispatches here, for the sake of reading; a GPU wants them in one.
 */
import { align, rowOfWorkgroups, type Gpu } from '../../../gpu/index.ts';
import { registerTiled } from '../../linear/ladder/4-register-tiled.wgsl.ts';
import { vec4 } from '../../linear/ladder/5-vec4.wgsl.ts';
import { subgroup } from '../../linear/ladder/6-subgroup.wgsl.ts';
import type { MatmulRung, MatmulShape } from '../../linear/ladder/matmul.ts';
import { widthOf } from '../../vectors.ts';
import { outputSize } from '../shape.ts';
import { filterTransform, inputTransform, outputTransform, THREADS } from './5-winograd.wgsl.ts';
import { checkConv2d, type Conv2dRung } from './convolution.ts';

/** Places in a tile of 4 × 4, and so the number of products. */
const PLACES = 16;

/** The rung of the matmul ladder that computes its products. */
export const productRung = (product: MatmulShape, gpu: Gpu): MatmulRung =>
  [subgroup, vec4].find((each) => each.suits(product, gpu)) ?? registerTiled;

export const winograd: Conv2dRung = {
  name: '5-winograd',
  lesson:
    'F(2×2, 3×3): 16 multiplications where the definition takes 36, as 16 matrix products between transforms.',
  kernels: [filterTransform(4), inputTransform(4), vec4.kernels, outputTransform(4)].flat(),
  needs: 'a 3×3 kernel of stride 1',
  suits: ({ r, s, stride }) => r === 3 && s === 3 && stride === 1,
  run(gpu, storages, shape) {
    checkConv2d(storages, shape);
    if (!winograd.suits(shape, gpu))
      throw new RangeError(
        `conv2d 5-winograd: a ${shape.r}×${shape.s} kernel of stride ${shape.stride} is not 3×3 of stride 1; use another rung.`,
      );
    const { n, c, k } = shape;
    const { oh, ow } = outputSize(shape);
    const [tilesDown, tilesAcross] = [Math.ceil(oh / 2), Math.ceil(ow / 2)];
    const tiles = n * tilesDown * tilesAcross;
    const stack = (elements: number, label: string) => {
      const bytes = align(elements * 4); // of one matrix; a storage can be sliced only at multiples of the alignment
      const storage = gpu.temporary(PLACES * bytes, label);
      return { storage, plane: bytes / 4, matrix: (i: number) => storage.slice(i * bytes, elements * 4) };
    };
    const [u, v, m] = [stack(c * k, 'U'), stack(tiles * c, 'V'), stack(tiles * k, 'M')];
    const [wideC, wideK] = [widthOf(c), widthOf(k)];
    const threads = (elements: number) => rowOfWorkgroups(Math.ceil(elements / THREADS));

    gpu.run(
      filterTransform(wideK),
      { weight: storages.weight, u: u.storage },
      { row: (c * k) / wideK, plane: u.plane / wideK },
      threads((c * k) / wideK),
    );
    gpu.run(
      inputTransform(wideC),
      { x: storages.x, v: v.storage },
      { ...shape, c: c / wideC, tilesDown, tilesAcross, tiles, plane: v.plane / wideC },
      threads((tiles * c) / wideC),
    );
    const product = { rows: tiles, columns: k, depth: c };
    const rung = productRung(product, gpu);
    for (let i = 0; i < PLACES; i++)
      rung.run(gpu, { a: v.matrix(i), b: u.matrix(i), c: m.matrix(i) }, product);
    gpu.run(
      outputTransform(wideK),
      { m: m.storage, y: storages.y },
      { oh, ow, k: k / wideK, tilesDown, tilesAcross, tiles, plane: m.plane / wideK },
      threads((tiles * k) / wideK),
    );
  },
};
