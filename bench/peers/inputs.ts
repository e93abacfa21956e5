// What every engine is given: one ResNet-18 and one batch, written once to a safetensors file that all of them load, so
// that they cannot differ in what they compute. Values are drawn so that activations keep their order of magnitude
// through the depth of the network: logits that overflow or vanish would compare as equal whatever was computed.
import { createRandom, type Random } from '../../src/random.ts';
import type { HostTensor, StateDict } from '../../src/weights/index.ts';

export const CLASSES = 1000;

/** Names of the batch in the file, beside torchvision's names of the network. */
export const IMAGES = 'images';
export const LABELS = 'labels';

/** torchvision's state_dict of a ResNet-18, and `images` `[batch, size, size, 3]` with `labels` `[batch]`. */
export function makeInputs({ batch, size }: { readonly batch: number; readonly size: number }): StateDict {
  const random = createRandom(batch, size);
  const tensors = new Map(Array.from(resnet18Shapes(), ([name, shape]) => [name, draw(name, shape, random)]));
  tensors.set(
    IMAGES,
    tensor([batch, size, size, 3], () => 2 * random.uniform() - 1),
  );
  tensors.set(
    LABELS,
    tensor([batch], () => random.below(CLASSES)),
  );
  return tensors;
}

function* resnet18Shapes(): Generator<readonly [name: string, shape: readonly number[]]> {
  yield* convolution('conv1', 'bn1', [64, 3, 7, 7]);
  let channels = 64;
  for (const [stage, out] of [64, 128, 256, 512].entries()) {
    for (const block of [0, 1]) {
      const prefix = `layer${stage + 1}.${block}`;
      yield* convolution(`${prefix}.conv1`, `${prefix}.bn1`, [out, channels, 3, 3]);
      yield* convolution(`${prefix}.conv2`, `${prefix}.bn2`, [out, out, 3, 3]);
      if (channels !== out) {
        yield* convolution(`${prefix}.downsample.0`, `${prefix}.downsample.1`, [out, channels, 1, 1]);
      }
      channels = out;
    }
  }
  yield ['fc.weight', [CLASSES, channels]];
  yield ['fc.bias', [CLASSES]];
}

function* convolution(conv: string, norm: string, shape: readonly [number, number, number, number]) {
  yield [`${conv}.weight`, shape] as const;
  for (const part of ['weight', 'bias', 'running_mean', 'running_var']) {
    yield [`${norm}.${part}`, [shape[0]]] as const;
  }
}

function draw(name: string, shape: readonly number[], random: Random): HostTensor {
  const { scale, offset } = distribution(name, shape);
  return tensor(shape, () => offset + scale * (2 * random.uniform() - 1));
}

/** Convolutions have He's deviation for their fan in; the last norm of a block is small, as what it is added to grows. */
function distribution(name: string, shape: readonly number[]): { scale: number; offset: number } {
  if (shape.length === 4) return { scale: Math.sqrt(6 / sizeOf(shape.slice(1))), offset: 0 };
  if (name.startsWith('fc.')) return { scale: 1 / Math.sqrt(512), offset: 0 };
  if (name.endsWith('bn2.weight')) return { scale: 0.15, offset: 0.3 };
  if (name.endsWith('weight') || name.endsWith('running_var')) return { scale: 0.5, offset: 1 };
  return { scale: 0.1, offset: 0 };
}

function tensor(shape: readonly number[], value: () => number): HostTensor {
  return { shape, data: Float32Array.from({ length: sizeOf(shape) }, value) };
}

const sizeOf = (shape: readonly number[]): number => shape.reduce((product, side) => product * side, 1);
