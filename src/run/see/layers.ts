/**
 * What a network makes of an image on its way to the answer: the result of every operation of a forward pass, as the engine computes
 * it. The pass is listened to (gpu/part.ts), so that this knows of no particular network, and what was a layer's input is what the
 * engine gave it.
 */
import { Tensor } from '../../autograd/index.ts';
import type { Gpu, Part, Storage, Window } from '../../gpu/index.ts';
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

/** A layer of which nothing was computed. */
export type PlannedLayer = Omit<SeenLayer, 'values'>;

/**
 * Runs the network on one normalised image [1, H, W, 3], which `image` records, in evaluation mode. Batch norm follows its convolution as
 * an operation of its own, so that the sums of a convolution are there to be seen. Mode and fusion are as before afterwards.
 */
export function seeLayers(model: Network, image: () => Tensor): Promise<SeenImage> {
  const { gpu } = model;
  return gpu.scope(async () => {
    const x = image();
    const [, height = 0, width = 0] = x.shape;
    const input = x.read();
    const { layers, kept } = record(model, x, ({ output }) => gpu.read(output.storage));
    const values = await Promise.all(kept);
    return {
      input: { shape: [height, width, 3], values: await input },
      layers: layers.map((layer, i) => ({ ...layer, values: values[i] ?? new Float32Array() })),
    };
  });
}

/** The layers that a network would have for images of `side` pixels; for a GPU of paper, on which nothing runs. */
export function planLayers(gpu: Gpu, create: (gpu: Gpu) => Network, side: number): readonly PlannedLayer[] {
  return gpu.rehearseScopes(() => {
    const model = create(gpu);
    const x = new Tensor(gpu, [1, side, side, 3], gpu.temporary(side * side * 12, 'input'));
    return record(model, x, () => undefined).layers;
  }).result;
}

/** Records a forward pass of x, and keeps of each operation what `keep` makes of it. */
function record<T>(
  model: Network,
  x: Tensor,
  keep: (part: Part) => T,
): { readonly layers: readonly PlannedLayer[]; readonly kept: readonly T[] } {
  const { gpu, training } = model;
  const { onPart } = gpu;
  const norms = model.modules().filter((module) => module instanceof BatchNorm2d);
  const fused = norms.map((norm) => norm.fused);
  const parts: Part[] = [];
  const kept: T[] = [];
  model.eval();
  for (const norm of norms) norm.fused = false;
  gpu.onPart = (part) => {
    parts.push(part);
    kept.push(keep(part));
  };
  try {
    model.forward(x);
    return { layers: layersOf(model, x.storage, parts), kept };
  } finally {
    gpu.onPart = onPart;
    norms.forEach((norm, i) => (norm.fused = fused[i] ?? true));
    model.train(training);
  }
}

function layersOf(model: Network, image: Storage, parts: readonly Part[]): PlannedLayer[] {
  const modules = model.modules();
  const names = new Map<object, string>();
  for (const [name, parameter] of model.namedParameters()) names.set(parameter, name);
  const made = new Map<Storage, number>([[image, IMAGE]]);
  return parts.map(({ application, output }, index) => {
    const { op, inputs, window, relu = false } = application;
    const parameter = inputs.find((input) => names.has(input));
    const from = inputs.flatMap(({ storage }) => made.get(storage) ?? []);
    made.set(output.storage, index);
    return {
      name: (parameter && names.get(parameter)?.replace(/\.[^.]*$/, '')) ?? op,
      ...{ op, window, relu, shape: output.shape.slice(1), inputs: from },
      module: parameter && modules.find((one) => Object.values(one).includes(parameter)),
    };
  });
}

/** A layer's module where it is a batch norm. */
export const normOf = ({ op, module }: PlannedLayer): BatchNorm2d | undefined =>
  op === 'batchNorm' && module instanceof BatchNorm2d ? module : undefined;
