/**
 * The ResNets (He et al. 2016, "Deep Residual Learning for Image Recognition", table 1) as numbers: the one table of what
 * they are made of. The modules, the names and shapes of a weights file, the ONNX graph and the shapes that kernels are
 * tested with all come from it, so it knows nothing of any of them. Names are torchvision's.
 */

/** What tells one member of the family from another. */
export interface Member {
  /** What people call it. */
  readonly title: string;
  readonly block: keyof typeof bodies;
  /** Blocks in each of the four stages. */
  readonly blocks: readonly [number, number, number, number];
  /** What a bottleneck's inner convolutions are wider by (Zagoruyko and Komodakis 2016); 1 by default. */
  readonly wider?: number;
}

const basic = { block: 'basic' } as const;
const bottleneck = { block: 'bottleneck' } as const;

/** The family. */
const members = {
  resnet18: { title: 'ResNet-18', ...basic, blocks: [2, 2, 2, 2] },
  resnet34: { title: 'ResNet-34', ...basic, blocks: [3, 4, 6, 3] },
  resnet50: { title: 'ResNet-50', ...bottleneck, blocks: [3, 4, 6, 3] },
  resnet101: { title: 'ResNet-101', ...bottleneck, blocks: [3, 4, 23, 3] },
  resnet152: { title: 'ResNet-152', ...bottleneck, blocks: [3, 8, 36, 3] },
  wide_resnet50_2: { title: 'Wide ResNet-50-2', ...bottleneck, blocks: [3, 4, 6, 3], wider: 2 },
  wide_resnet101_2: { title: 'Wide ResNet-101-2', ...bottleneck, blocks: [3, 4, 23, 3], wider: 2 },
} as const satisfies Readonly<Record<string, Member>>;

export type ResNetName = keyof typeof members;

/** A convolution without bias and the batch norm behind it. The window is square, its sides in pixels. */
export interface ConvNormGeometry {
  /** Names of the two, such as `layer2.0.conv1` and `layer2.0.bn1`. */
  readonly name: string;
  readonly norm: string;
  readonly inChannels: number;
  readonly outChannels: number;
  readonly kernel: number;
  readonly stride: number;
  readonly padding: number;
}

/**
 * y = relu(body(x) + shortcut(x)). ReLU follows each of the body's convolutions but the last; without a shortcut x is added as
 * it is.
 */
export interface BlockGeometry {
  /** Such as `layer2.0`. */
  readonly name: string;
  readonly body: Body;
  /** A projection, where the shape changes. */
  readonly shortcut?: ConvNormGeometry;
}

/** The convolutions of a basic block and of a bottleneck, one after the other. */
export type BasicBody = readonly [ConvNormGeometry, ConvNormGeometry];
export type BottleneckBody = readonly [ConvNormGeometry, ConvNormGeometry, ConvNormGeometry];
export type Body = BasicBody | BottleneckBody;

/** Blocks at one resolution. */
export interface StageGeometry {
  /** Such as `layer2`. */
  readonly name: string;
  readonly outChannels: number;
  readonly blocks: readonly BlockGeometry[];
}

export interface Geometry {
  readonly title: string;
  readonly stem: ConvNormGeometry;
  /** The max-pool behind the stem. */
  readonly pool: { readonly kernel: 3; readonly stride: 2; readonly padding: 1 };
  readonly stages: readonly [StageGeometry, StageGeometry, StageGeometry, StageGeometry];
  /** What the average pool leaves for the head. */
  readonly features: number;
}

/** The name of the fully connected layer. */
export const HEAD = 'fc';
/** Sides in pixels of the images that torchvision's weights were trained on. */
export const INPUT_SIZE = 224;

/** What a block is made from: its stage works with `width` channels, and a bottleneck with `wider` times as many. */
interface Width {
  readonly name: string;
  readonly inChannels: number;
  readonly width: number;
  readonly wider: number;
  readonly stride: number;
}

/** The convolutions of a block's body, by its kind. */
const bodies = {
  /** Two 3×3 convolutions; the first may halve the resolution. */
  basic: ({ name, inChannels, width, stride }: Width): BasicBody => [
    convNorm(name, 1, { inChannels, outChannels: width, kernel: 3, stride }),
    convNorm(name, 2, { inChannels: width, outChannels: width, kernel: 3, stride: 1 }),
  ],

  /**
   * 1×1 to fewer channels, 3×3, and 1×1 to four times as many. The 3×3 halves the resolution, as in torchvision and unlike
   * in the paper, where the first 1×1 does ("ResNet v1.5").
   */
  bottleneck: ({ name, inChannels, width, wider, stride }: Width): BottleneckBody => {
    const inner = width * wider;
    return [
      convNorm(name, 1, { inChannels, outChannels: inner, kernel: 1, stride: 1 }),
      convNorm(name, 2, { inChannels: inner, outChannels: inner, kernel: 3, stride }),
      convNorm(name, 3, { inChannels: inner, outChannels: 4 * width, kernel: 1, stride: 1 }),
    ];
  },
};

/** The `index`-th convolution of a block, and its norm. */
function convNorm(
  block: string,
  index: number,
  size: Pick<ConvNormGeometry, 'inChannels' | 'outChannels' | 'kernel' | 'stride'>,
): ConvNormGeometry {
  return {
    name: `${block}.conv${index}`,
    norm: `${block}.bn${index}`,
    ...size,
    padding: (size.kernel - 1) / 2,
  };
}

/** The whole network of a member, from input to head. */
export function geometryOf({ title, block, blocks, wider = 1 }: Member): Geometry {
  const stem = {
    name: 'conv1',
    norm: 'bn1',
    inChannels: 3,
    outChannels: 64,
    kernel: 7,
    stride: 2,
    padding: 3,
  };
  let inChannels = stem.outChannels;
  const stage = (index: 0 | 1 | 2 | 3): StageGeometry => {
    const name = `layer${index + 1}`;
    const made = Array.from({ length: blocks[index] }, (_, i) => {
      const stride = index > 0 && i === 0 ? 2 : 1;
      const width = 64 * 2 ** index;
      const one = blockOf(block, { name: `${name}.${i}`, inChannels, width, wider, stride });
      inChannels = lastOf(one.body).outChannels;
      return one;
    });
    return { name, outChannels: inChannels, blocks: made };
  };
  const stages = [stage(0), stage(1), stage(2), stage(3)] as const;
  return { title, stem, pool: { kernel: 3, stride: 2, padding: 1 }, stages, features: inChannels };
}

function blockOf(kind: Member['block'], size: Width): BlockGeometry {
  const { name, inChannels, stride } = size;
  const body = bodies[kind](size);
  const { outChannels } = lastOf(body);
  if (stride === 1 && inChannels === outChannels) return { name, body };
  const [conv, norm] = [`${name}.downsample.0`, `${name}.downsample.1`];
  const shortcut = { name: conv, norm, inChannels, outChannels, kernel: 1, stride, padding: 0 };
  return { name, body, shortcut };
}

const lastOf = (body: Body): ConvNormGeometry => body[body.length - 1] ?? body[0];

/** All members, by torchvision's names. */
export const geometries = Object.fromEntries(
  Object.entries(members).map(([name, member]) => [name, geometryOf(member)]),
) as Readonly<Record<ResNetName, Geometry>>;

/**
 * All pairs of convolution and batch norm in the order in which they are computed: a block's shortcut comes before the last of
 * its body, to which it is added.
 */
export function* convNormsOf({ stem, stages }: Geometry): Generator<ConvNormGeometry> {
  yield stem;
  for (const { body, shortcut } of stages.flatMap(({ blocks }) => blocks)) {
    yield* body.slice(0, -1);
    if (shortcut) yield shortcut;
    yield lastOf(body);
  }
}

/**
 * Names and shapes of the state dict with `outputs` logits, in torchvision's order, batch norm's counts too: known without a
 * GPU, and without the network that has them.
 */
export function stateShapes(
  { stem, stages, features }: Geometry,
  outputs: number,
): Map<string, readonly number[]> {
  const shapes = new Map<string, readonly number[]>();
  const blocks = stages.flatMap(({ blocks }) => blocks);
  const all = [stem, ...blocks.flatMap(({ body, shortcut }) => (shortcut ? [...body, shortcut] : body))];
  for (const { name, norm, inChannels, outChannels, kernel } of all) {
    shapes.set(`${name}.weight`, [outChannels, inChannels, kernel, kernel]);
    for (const part of ['weight', 'bias', 'running_mean', 'running_var'])
      shapes.set(`${norm}.${part}`, [outChannels]);
    shapes.set(`${norm}.num_batches_tracked`, []);
  }
  shapes.set(`${HEAD}.weight`, [outputs, features]);
  shapes.set(`${HEAD}.bias`, [outputs]);
  return shapes;
}
