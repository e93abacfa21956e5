/**
 * What a network makes of an image on its way to the answer: the result of every operation of a forward pass, as the engine computes
 * it. The pass is listened to (gpu/part.ts), so that this knows of no particular network, and what was a layer's input is what the
 * engine gave it.
 */
import type { Tensor } from '../../autograd/index.ts';
import type { Part, Storage, Window } from '../../gpu/index.ts';
import { BatchNorm2d, type Module, type Network } from '../../nn/index.ts';

/** Where a layer's number in the list of inputs would be: the image itself. */
export const IMAGE = -1;

/** An operation of the forward pass with its result. */
export interface SeenLayer {
  /** The module's name (`layer1.0.conv1`), or the operation's where it has no parameters. */
  readonly name: string;
  /** Autograd's name for it. */
  readonly op: string;
  /** `[H, W, C]`, or `[C]` behind the average over all places. */
  readonly shape: readonly number[];
  /** What it takes: numbers of earlier layers, or `IMAGE`; the first is what it changes, a second one is added to that. */
  readonly inputs: readonly number[];
  readonly window: Window | undefined;
  /** Whether negative results were set to 0. */
  readonly relu: boolean;
  /** In the order of `shape`. */
  readonly values: Float32Array;
  /** What holds its parameters, if it has any. */
  readonly module: Module | undefined;
}

export interface SeenImage {
  /** What the network was given: normalised colours `[H, W, 3]`. */
  readonly input: { readonly shape: readonly [number, number, number]; readonly values: Float32Array };
  /** In the order in which they were computed. */
  readonly layers: readonly SeenLayer[];
}

/**
 * Runs the network on one normalised image [1, H, W, 3], which `image` records, in evaluation mode. Batch norm follows its convolution as
 * an operation of its own, so that the sums of a convolution are there to be seen. Mode and fusion are as before afterwards.
 */
export async function seeLayers(model: Network, image: () => Tensor): Promise<SeenImage> {
  const { gpu, training } = model;
  const names = new Map<object, string>();
  for (const [name, parameter] of model.namedParameters()) names.set(parameter, name);
  const norms = model.modules().filter((module) => module instanceof BatchNorm2d);
  const fused = norms.map((norm) => norm.fused);
  model.eval();
  for (const norm of norms) norm.fused = false;
  try {
    return await gpu.scope(async () => {
      const parts: { readonly part: Part; readonly values: Promise<Float32Array> }[] = [];
      const before = gpu.onPart;
      const x = image();
      const input = x.read();
      gpu.onPart = (part) => void parts.push({ part, values: gpu.read(part.output.storage) });
      try {
        model.forward(x);
      } finally {
        gpu.onPart = before;
      }
      const [, height = 0, width = 0] = x.shape;
      const shape = [height, width, 3] as const;
      const found = layersOf(model, names, x.storage, parts);
      const values = await Promise.all(parts.map(({ values }) => values));
      return {
        input: { shape, values: await input },
        layers: found.map((layer, i) => ({ ...layer, values: values[i] ?? new Float32Array() })),
      };
    });
  } finally {
    norms.forEach((norm, i) => (norm.fused = fused[i] ?? true));
    model.train(training);
  }
}

function layersOf(
  model: Network,
  names: ReadonlyMap<object, string>,
  image: Storage,
  parts: readonly { readonly part: Part }[],
): Omit<SeenLayer, 'values'>[] {
  const modules = model.modules();
  const made = new Map<Storage, number>([[image, IMAGE]]);
  return parts.map(({ part: { application, output } }, index) => {
    const { op, inputs, window, relu = false } = application;
    const parameter = inputs.find((input) => names.has(input));
    const from = inputs.flatMap(({ storage }) => made.get(storage) ?? []);
    made.set(output.storage, index);
    return {
      name: (parameter && names.get(parameter)?.replace(/\.[^.]*$/, '')) ?? op,
      ...{ op, window, relu, shape: output.shape.slice(1), inputs: from },
      module: modules.find((one) => Object.values(one).includes(parameter)),
    };
  });
}

/** A layer's module where it is a batch norm. */
export const normOf = ({ op, module }: SeenLayer): BatchNorm2d | undefined =>
  op === 'batchNorm' && module instanceof BatchNorm2d ? module : undefined;
