// The kernels that are compiled: each variant that a GPU can get, made by the factories that the engine itself calls.
// Adding one is a line.
import type { Kernel } from '../../src/gpu/index.ts';
import { tiledBackwardData } from '../../src/kernels/conv2d/tiled/backward-data.wgsl.ts';
import { tiledBackwardWeight } from '../../src/kernels/conv2d/tiled/backward-weight.wgsl.ts';
import { tiledForward } from '../../src/kernels/conv2d/tiled/forward.wgsl.ts';
import { tiledProductKernel } from '../../src/kernels/conv2d/winograd/product.wgsl.ts';
import {
  imageToTiles,
  tilesToImage,
  tilesToWeight,
  weightToTiles,
} from '../../src/kernels/conv2d/winograd/transforms.wgsl.ts';
import { depthwiseBackwardData } from '../../src/kernels/grouped-conv2d/depthwise/backward-data.wgsl.ts';
import { depthwiseBackwardWeight } from '../../src/kernels/grouped-conv2d/depthwise/backward-weight.wgsl.ts';
import { depthwiseForward } from '../../src/kernels/grouped-conv2d/depthwise/forward.wgsl.ts';
import { matmulKernel } from '../../src/kernels/linear/matmul.wgsl.ts';
import type { Source } from './spirv.ts';

/** Something to compile, and the bar that it is held against: a product's, or no more than that nothing spills. */
export interface Candidate extends Source {
  readonly bar: 'product' | 'no spills' | 'none';
}

const kernel = ({ name, code }: Kernel, bar: Candidate['bar'], note = ''): Candidate => ({
  name: name + note,
  code,
  entryPoint: 'main',
  bar,
});
/** A matrix product in the widest sense: its hot loop must be nearly all multiply-adds. */
const product = (made: Kernel, note?: string): Candidate => kernel(made, 'product', note);

/**
 * One that is shown and not checked: no product at all, or one for the odd sizes that ResNet-18's layers do not have, which
 * reads single elements or keeps out what lies past the end of a short sum; or the small tile of the weight's gradient.
 */
const aside = (made: Kernel, note?: string): Candidate => kernel(made, 'none', note);

/** One that memory bounds: what it keeps in registers must fit. */
const walk = (made: Kernel): Candidate => kernel(made, 'no spills');

const wide = ['64×64', '128×64'] as const;
const small = '32×32';

export const KERNELS: readonly Candidate[] = [
  ...wide.flatMap((tile) => [
    product(tiledForward(tile, true, true, 'none', 'f32')),
    product(tiledForward(tile, true, true, 'norm', 'f32')),
    product(tiledForward(tile, true, true, 'norm + residual', 'f32')),
    product(tiledForward(tile, true, true, 'norm + residual', 'f16')),
    product(tiledBackwardData(tile, 1, true, true)),
    product(tiledBackwardData(tile, 2, true, true)),
    product(tiledBackwardWeight(tile, true, true)),
    ...(['plain', 'transposed'] as const).flatMap((left) => [
      product(tiledProductKernel(tile, left, true)),
      product(tiledProductKernel(tile, left, false)),
    ]),
  ]),
  product(tiledForward(small, true, true, 'none', 'f32')),
  product(tiledForward(small, true, true, 'norm + residual', 'f32')),
  product(tiledBackwardData(small, 1, true, true)),
  product(tiledBackwardData(small, 2, true, true)),
  product(tiledProductKernel(small, 'plain', true)),
  product(tiledProductKernel(small, 'transposed', true)),
  aside(tiledProductKernel(small, 'plain', false)),
  aside(tiledProductKernel(small, 'transposed', false)),
  aside(tiledBackwardWeight(small, true, true)),
  aside(tiledForward(small, false, true, 'norm', 'f32'), ' (three channels)'),
  aside(tiledBackwardWeight(small, false, true), ' (three channels)'),
  product(matmulKernel('inner vec4', 'inner vec4', true)),
  product(matmulKernel('inner vec4', 'outer vec4', false)),
  product(matmulKernel('outer vec4', 'outer vec4', false)),
  aside(matmulKernel('inner', 'inner', true)),
  aside(imageToTiles(4, 'input', 'by tile', 'f32')),
  aside(imageToTiles(4, 'gradient', 'by tile', 'f32')),
  aside(tilesToImage(4, 'norm + residual', 'f32')),
  aside(weightToTiles(4, 'forwards', 'f32')),
  aside(weightToTiles(4, 'backwards', 'f32')),
  aside(tilesToWeight(4)),
  ...([1, 2] as const).flatMap((stride) => [
    walk(depthwiseForward(4, 3, 3, stride, stride, 2)),
    walk(depthwiseForward(1, 5, 5, stride, stride, 4)),
    walk(depthwiseBackwardData(4, 3, 3, stride, stride, stride === 1 ? 2 : 1)),
    walk(depthwiseBackwardData(1, 5, 5, stride, stride, stride === 1 ? 4 : 1)),
    walk(depthwiseBackwardWeight(4, 3, 3, stride, stride, 2)),
    walk(depthwiseBackwardWeight(1, 5, 5, stride, stride, 4)),
  ]),
];
