/**
 * linear's products by conv2d's kernels: a row of features is a picture of one pixel. A convolution's weight lies [C, K], linear's
 * [outFeatures, inFeatures], so linear is a 1×1 convolution of outFeatures to inFeatures channels, gone through backwards. Storages and shapes are those that
 * linearForward and linearBackward take, and have checked.
 */
import type { Gpu, Storage } from '../../gpu/index.ts';
import {
  conv2dBackwardData,
  conv2dBackwardWeight,
  conv2dForward,
  type Conv2dShape,
} from '../conv2d/index.ts';
import * as subgroup from '../conv2d/subgroup/algorithms.ts';
import { addBias } from './bias.ts';
import type { LinearShape } from './shape.ts';

type Storages<Name extends string> = Readonly<Record<Name, Storage>>;

const convolution = ({ n, inFeatures, outFeatures }: LinearShape): Conv2dShape => ({
  ...{ n, h: 1, w: 1, c: outFeatures, k: inFeatures },
  ...{ r: 1, s: 1, stride: 1, padding: 0 },
});

/** As fast as what conv2d would choose for so few rows, and compiled in a quarter of the time. */
const few = subgroup.backwardData['2×16'];

/** y = x·weightᵀ [+ bias]. */
export function forward(
  gpu: Gpu,
  { x, weight, bias, y }: Storages<'x' | 'weight' | 'y'> & { readonly bias?: Storage | undefined },
  shape: LinearShape,
): void {
  const sizes = convolution(shape);
  const algorithm = few.suits(gpu, sizes) ? few : undefined;
  conv2dBackwardData(gpu, { dy: x, weight, dx: y }, sizes, algorithm);
  if (bias) addBias(gpu, { bias, y }, { rows: shape.n, columns: shape.outFeatures });
}

/** dx = dy·weight. */
export function backwardInput(
  gpu: Gpu,
  { dy, weight, dx }: Storages<'dy' | 'weight' | 'dx'>,
  shape: LinearShape,
): void {
  conv2dForward(gpu, { x: dy, weight, y: dx }, convolution(shape));
}

/** dWeight = dyᵀ·x. */
export function backwardWeight(
  gpu: Gpu,
  { dy, x, dWeight }: Storages<'dy' | 'x' | 'dWeight'>,
  shape: LinearShape,
): void {
  conv2dBackwardWeight(gpu, { x: dy, dy: x, dWeight }, convolution(shape));
}
