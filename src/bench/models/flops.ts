// Floating-point operations of ResNet-18, counted as direct convolutions and matrix products; all else is small beside them.
import { resnet18Cases } from '../../kernels/conv2d/cases.ts';
import { conv2dFlops } from '../../kernels/conv2d/index.ts';
import type { NetworkSize } from '../../networks/resnet/activations.ts';
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
