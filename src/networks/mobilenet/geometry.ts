/**
 * MobileNetV3 (Howard et al. 2019, "Searching for MobileNetV3", tables 1 and 2) as numbers, from which the modules, the names and
 * shapes of a weights file and the ONNX graph are made. Names and details are torchvision's, which differs from the paper in where
 * it rounds the channels of a squeeze.
 */

export type MobileNetName = 'mobilenet_v3_large' | 'mobilenet_v3_small';

/** ReLU or hard swish, or nothing. */
export type Activation = 'relu' | 'hardSwish' | undefined;

/** A convolution without bias, the batch norm behind it, and what comes last. The window is square, its sides in pixels. */
export interface ConvNormGeometry {
  /** Names of the two, such as `features.1.block.0.0` and `features.1.block.0.1`. */
  readonly name: string;
  readonly norm: string;
  readonly inChannels: number;
  readonly outChannels: number;
  readonly kernel: number;
  readonly stride: number;
  readonly padding: number;
  /** As many as there are channels where it is depthwise, else 1. */
  readonly groups: number;
  readonly activation: Activation;
}

/** What weighs a block's channels by the whole image: two convolutions of 1×1 on its mean (Hu et al. 2018). */
export interface SqueezeGeometry {
  /** Such as `features.1.block.1`; the convolutions are its `fc1` and `fc2`. */
  readonly name: string;
  readonly channels: number;
  readonly squeezed: number;
}

export type Part = ConvNormGeometry | SqueezeGeometry;
export const isSqueeze = (part: Part): part is SqueezeGeometry => 'squeezed' in part;

/** An inverted residual: more channels, a depthwise convolution of these, perhaps a squeeze, and back to few channels. */
export interface BlockGeometry {
  /** Such as `features.1`; its parts are `block.0`, `block.1`, … of it. */
  readonly name: string;
  readonly parts: readonly Part[];
  /** Whether its input is added to what it computes. */
  readonly isResidual: boolean;
  readonly stride: number;
}

export interface Geometry {
  readonly stem: ConvNormGeometry;
  readonly blocks: readonly BlockGeometry[];
  /** The convolution behind the blocks. */
  readonly last: ConvNormGeometry;
  /** What the layer behind the average pool makes of `last`'s channels, and the head classifies by. */
  readonly features: number;
}

/** The layer before the head, and the head. */
export const HIDDEN = 'classifier.0';
export const HEAD = 'classifier.3';
/** Of all its batch norms. */
export const EPSILON = 1e-3;
export const MOMENTUM = 0.01;
/** The share of the features that training drops before the head. */
export const DROPOUT = 0.2;

/** Kernel, expanded channels, output channels, whether it squeezes, its activation, stride: the paper's columns. */
type Row = readonly [number, number, number, 0 | 1, 'relu' | 'hardSwish', 1 | 2];

const RE = 'relu';
const HS = 'hardSwish';

const members: Readonly<Record<MobileNetName, readonly [features: number, ...rows: Row[]]>> = {
  mobilenet_v3_large: [
    1280,
    [3, 16, 16, 0, RE, 1],
    [3, 64, 24, 0, RE, 2],
    [3, 72, 24, 0, RE, 1],
    [5, 72, 40, 1, RE, 2],
    [5, 120, 40, 1, RE, 1],
    [5, 120, 40, 1, RE, 1],
    [3, 240, 80, 0, HS, 2],
    [3, 200, 80, 0, HS, 1],
    [3, 184, 80, 0, HS, 1],
    [3, 184, 80, 0, HS, 1],
    [3, 480, 112, 1, HS, 1],
    [3, 672, 112, 1, HS, 1],
    [5, 672, 160, 1, HS, 2],
    [5, 960, 160, 1, HS, 1],
    [5, 960, 160, 1, HS, 1],
  ],
  mobilenet_v3_small: [
    1024,
    [3, 16, 16, 1, RE, 2],
    [3, 72, 24, 0, RE, 2],
    [3, 88, 24, 0, RE, 1],
    [5, 96, 40, 1, HS, 2],
    [5, 240, 40, 1, HS, 1],
    [5, 240, 40, 1, HS, 1],
    [5, 120, 48, 1, HS, 1],
    [5, 144, 48, 1, HS, 1],
    [5, 288, 96, 1, HS, 2],
    [5, 576, 96, 1, HS, 1],
    [5, 576, 96, 1, HS, 1],
  ],
};

/** The multiple of 8 that is nearest to so many channels, and no more than a tenth below them: torchvision's `_make_divisible`. */
function divisible(channels: number): number {
  const nearest = Math.max(8, Math.floor((channels + 4) / 8) * 8);
  return nearest < 0.9 * channels ? nearest + 8 : nearest;
}

function convNorm(
  name: string,
  inChannels: number,
  outChannels: number,
  activation: Activation,
  { kernel = 1, stride = 1, groups = 1 } = {},
): ConvNormGeometry {
  const window = { kernel, stride, padding: (kernel - 1) / 2, groups };
  return { name: `${name}.0`, norm: `${name}.1`, inChannels, outChannels, ...window, activation };
}

function blockOf(
  name: string,
  inChannels: number,
  [kernel, expanded, outChannels, squeezes, activation, stride]: Row,
): BlockGeometry {
  const parts: Part[] = [];
  const next = () => `${name}.block.${parts.length}`;
  if (expanded !== inChannels) parts.push(convNorm(next(), inChannels, expanded, activation));
  parts.push(convNorm(next(), expanded, expanded, activation, { kernel, stride, groups: expanded }));
  if (squeezes)
    parts.push({ name: next(), channels: expanded, squeezed: divisible(Math.floor(expanded / 4)) });
  parts.push(convNorm(next(), expanded, outChannels, undefined));
  return { name, parts, isResidual: stride === 1 && inChannels === outChannels, stride };
}

/** All members, by torchvision's names. */
export const geometries = Object.fromEntries(
  Object.entries(members).map(([name, [features, ...rows]]) => {
    let channels = 16;
    const stem = convNorm('features.0', 3, channels, HS, { kernel: 3, stride: 2 });
    const blocks = rows.map((row, i) => {
      const block = blockOf(`features.${i + 1}`, channels, row);
      channels = row[2];
      return block;
    });
    const last = convNorm(`features.${rows.length + 1}`, channels, 6 * channels, HS);
    return [name, { stem, blocks, last, features }];
  }),
) as unknown as Readonly<Record<MobileNetName, Geometry>>;

/**
 * Names and shapes of the state dict with `outputs` logits, in torchvision's order, batch norm's counts too: known without a
 * GPU, and without the network that has them.
 */
export function stateShapes(
  { stem, blocks, last, features }: Geometry,
  outputs: number,
): Map<string, readonly number[]> {
  const shapes = new Map<string, readonly number[]>();
  const add = (name: string, ...shape: readonly number[]) => {
    shapes.set(`${name}.weight`, shape);
    shapes.set(`${name}.bias`, shape.slice(0, 1));
  };
  for (const part of [stem, ...blocks.flatMap(({ parts }) => parts), last]) {
    if (isSqueeze(part)) {
      const { name, channels, squeezed } = part;
      add(`${name}.fc1`, squeezed, channels, 1, 1);
      add(`${name}.fc2`, channels, squeezed, 1, 1);
    } else {
      const { name, norm, inChannels, outChannels, kernel, groups } = part;
      shapes.set(`${name}.weight`, [outChannels, inChannels / groups, kernel, kernel]);
      add(norm, outChannels);
      for (const statistic of ['running_mean', 'running_var'])
        shapes.set(`${norm}.${statistic}`, [outChannels]);
      shapes.set(`${norm}.num_batches_tracked`, []);
    }
  }
  add(HIDDEN, features, last.outChannels);
  add(HEAD, outputs, features);
  return shapes;
}
