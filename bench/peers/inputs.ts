// What every engine is given: one ResNet-18 and one batch, written once to a safetensors file that all of them load, so
// that they cannot differ in what they compute. Values are drawn so that activations keep their order of magnitude
// through the depth of the network: logits that overflow or vanish would compare as equal whatever was computed.
import { networks } from '../../src/networks/index.ts';
import { createRandom, type Random } from '../../src/random.ts';
import { isBatchCount, type HostTensor, type StateDict } from '../../src/weights/index.ts';

export const CLASSES = 1000;

/** Names of the batch in the file, beside torchvision's names of the network. */
export const IMAGES = 'images';
export const LABELS = 'labels';

/** torchvision's state_dict of a ResNet-18, and `images` `[batch, size, size, 3]` with `labels` `[batch]`. */
export function makeInputs({ batch, size }: { readonly batch: number; readonly size: number }): StateDict {
  const random = createRandom(batch, size);
  const shapes = [...networks.resnet18.stateShapes(CLASSES)].filter(([name]) => !isBatchCount(name));
  const tensors = new Map(shapes.map(([name, shape]) => [name, draw(name, shape, random)] as const));
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
