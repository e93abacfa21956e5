// Floating-point operations of ResNet-18 and MobileNetV3-Small, counted as direct convolutions and matrix products; all else is small beside them.
import { resnet18Cases } from '../../kernels/conv2d/cases.ts';
import { conv2dFlops } from '../../kernels/conv2d/index.ts';
import type { NetworkSize } from '../../networks/resnet/activations.ts';
import { geometries as mobileNets, isSqueeze, type Part } from '../../networks/mobilenet/geometry.ts';
import { geometries } from '../../networks/resnet/geometry.ts';

/** What a step trains, or nothing: a forward pass. */
export type Trained = 'nothing' | 'head' | 'layer4' | 'all';

const FEATURES = geometries.resnet18.features;

/**
 * Operations of a forward pass, or of a training step with it: a trained convolution costs as much again for the gradient of its
 * weight, and again for that of its input where anything before it is trained.
 */
export function resnet18Flops(size: NetworkSize, classes: number, trained: Trained): number {
  const head = 2 * size.batch * FEATURES * classes;
  const isTrained = (name: string) => trained === 'all' || (trained === 'layer4' && name.includes('layer4'));
  // The first trained layers stop the way back: the stem, or the two convolutions that read what layer3 gives.
  const isFirst = (name: string) =>
    trained === 'all' ? name === 'resnet18-stem' : name.startsWith('resnet18-layer4.0.');
  const convolutions = resnet18Cases(size).reduce((sum, conv) => {
    const passes = isTrained(conv.name) ? (isFirst(conv.name) ? 2 : 3) : 1;
    return sum + passes * conv.count * conv2dFlops(conv);
  }, 0);
  const headPasses = { nothing: 1, head: 2, layer4: 3, all: 3 }[trained];
  return convolutions + headPasses * head;
}

/** Operations of a training step of the head on features that are there already. */
export const headFlops = (batch: number, classes: number): number => 2 * (2 * batch * FEATURES * classes);

/**
 * Operations of a forward pass of MobileNetV3-Small, or of a training step of all of it: each convolution and matrix costs as much again for
 * the gradient of its weight, and again for that of its input, which the stem's is not asked for.
 */
export function mobileNetFlops(
  { batch, size }: NetworkSize,
  classes: number,
  trained: 'nothing' | 'all',
): number {
  const { stem, blocks, last, features } = mobileNets.mobilenet_v3_small;
  let side = size;
  const flopsOf = (part: Part): number => {
    if (isSqueeze(part)) return 2 * batch * 2 * part.channels * part.squeezed; // of one pixel
    const { inChannels, outChannels, kernel, stride, groups } = part;
    side = Math.ceil(side / stride);
    return 2 * batch * side ** 2 * outChannels * kernel ** 2 * (inChannels / groups);
  };
  const first = flopsOf(stem);
  const middle = [...blocks.flatMap(({ parts }) => parts), last].reduce(
    (sum, part) => sum + flopsOf(part),
    0,
  );
  const matrices = 2 * batch * (last.outChannels * features + features * classes);
  return trained === 'nothing' ? first + middle + matrices : 2 * first + 3 * (middle + matrices);
}
