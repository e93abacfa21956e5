/** The ResNets as modules, in the paper's order, with torchvision's names: its weights load as they are. */
import { plainMaxPool2d, type Tensor } from '../../autograd/index.ts';
import type { Gpu } from '../../gpu/index.ts';
import {
  BatchNorm2d,
  PlainConv2d,
  convNorm,
  headStage,
  Linear,
  Module,
  Network,
  type Stages,
} from '../../nn/index.ts';
import {
  geometries,
  HEAD,
  INPUT_SIZE,
  type BlockGeometry,
  type BasicBody,
  type BottleneckBody,
  type ConvNormGeometry,
  type Geometry,
  type StageGeometry,
} from './geometry.ts';

/** What `--tune` calls the parts of every member. */
export const resnetStages: Stages = [
  { name: 'stem', modules: ['conv1', 'bn1'] },
  { name: 'layer1', modules: ['layer1'] },
  { name: 'layer2', modules: ['layer2'] },
  { name: 'layer3', modules: ['layer3'] },
  { name: 'layer4', modules: ['layer4'] },
  headStage(HEAD),
];

const convolution = (gpu: Gpu, geometry: ConvNormGeometry): PlainConv2d => {
  const { inChannels, outChannels, kernel, stride, padding } = geometry;
  return new PlainConv2d(gpu, inChannels, outChannels, { kernel, stride, padding });
};

/** The 1×1 projection of a shortcut whose shape changes; its parts are named 0 and 1. */
class Downsample extends Module {
  readonly 0: PlainConv2d;
  readonly 1: BatchNorm2d;

  constructor(gpu: Gpu, geometry: ConvNormGeometry) {
    super();
    this[0] = convolution(gpu, geometry);
    this[1] = new BatchNorm2d(gpu, geometry.outChannels);
  }

  forward(x: Tensor): Tensor {
    return convNorm(this[0], this[1], x);
  }
}

/** Two 3×3 convolutions and a shortcut around them: y = relu(F(x) + shortcut(x)). */
class BasicBlock extends Module {
  readonly conv1: PlainConv2d;
  readonly bn1: BatchNorm2d;
  readonly conv2: PlainConv2d;
  readonly bn2: BatchNorm2d;
  readonly downsample?: Downsample;

  constructor(gpu: Gpu, [first, second]: BasicBody, shortcut?: ConvNormGeometry) {
    super();
    this.conv1 = convolution(gpu, first);
    this.bn1 = new BatchNorm2d(gpu, first.outChannels);
    this.conv2 = convolution(gpu, second);
    this.bn2 = new BatchNorm2d(gpu, second.outChannels);
    if (shortcut) this.downsample = new Downsample(gpu, shortcut);
  }

  forward(x: Tensor): Tensor {
    const hidden = convNorm(this.conv1, this.bn1, x, { relu: true });
    const residual = this.downsample?.forward(x) ?? x;
    return convNorm(this.conv2, this.bn2, hidden, { residual, relu: true });
  }
}

/** A 3×3 convolution between two 1×1 ones, which spare it most of the channels, and a shortcut around the three. */
class Bottleneck extends Module {
  readonly conv1: PlainConv2d;
  readonly bn1: BatchNorm2d;
  readonly conv2: PlainConv2d;
  readonly bn2: BatchNorm2d;
  readonly conv3: PlainConv2d;
  readonly bn3: BatchNorm2d;
  readonly downsample?: Downsample;

  constructor(gpu: Gpu, [first, second, third]: BottleneckBody, shortcut?: ConvNormGeometry) {
    super();
    this.conv1 = convolution(gpu, first);
    this.bn1 = new BatchNorm2d(gpu, first.outChannels);
    this.conv2 = convolution(gpu, second);
    this.bn2 = new BatchNorm2d(gpu, second.outChannels);
    this.conv3 = convolution(gpu, third);
    this.bn3 = new BatchNorm2d(gpu, third.outChannels);
    if (shortcut) this.downsample = new Downsample(gpu, shortcut);
  }

  forward(x: Tensor): Tensor {
    let hidden = convNorm(this.conv1, this.bn1, x, { relu: true });
    hidden = convNorm(this.conv2, this.bn2, hidden, { relu: true });
    const residual = this.downsample?.forward(x) ?? x;
    return convNorm(this.conv3, this.bn3, hidden, { residual, relu: true });
  }
}

type Block = BasicBlock | Bottleneck;

const createBlock = (gpu: Gpu, { body, shortcut }: BlockGeometry): Block =>
  body.length === 2 ? new BasicBlock(gpu, body, shortcut) : new Bottleneck(gpu, body, shortcut);

/** Blocks at one resolution, named 0, 1, …; the first may halve it. */
class Layer extends Module {
  private readonly blocks: () => readonly Block[];

  constructor(gpu: Gpu, geometry: StageGeometry) {
    super();
    const blocks = geometry.blocks.map((block) => createBlock(gpu, block));
    Object.assign(this, blocks); // properties 0, 1, …: their names
    this.blocks = () => blocks;
  }

  forward(x: Tensor): Tensor {
    return this.blocks().reduce((hidden, block) => block.forward(hidden), x);
  }
}

/**
 * A residual network (He et al. 2015, "Deep residual learning for image recognition") for so many classes, with torchvision's names and order.
 *
 * ```ts
 * const model = resnet18(gpu, 2);
 * model.initialise(createRandom(1));
 * const images = new Tensor(gpu, [1, 32, 32, 3], gpu.upload(new Float32Array(32 * 32 * 3)));
 * model.eval().forward(images).shape; // → [1, 2]
 * model.featureCount; // → 512
 * ```
 */
export class ResNet extends Network {
  readonly inputSize = INPUT_SIZE;
  readonly stages = resnetStages;
  readonly conv1: PlainConv2d;
  readonly bn1: BatchNorm2d;
  readonly layer1: Layer;
  readonly layer2: Layer;
  readonly layer3: Layer;
  readonly layer4: Layer;
  readonly fc: Linear;
  private readonly window: Geometry['pool'];

  /** Parameters are undefined until `initialise` or `loadStateDict`. */
  constructor(
    readonly gpu: Gpu,
    { stem, pool, stages, features }: Geometry,
    classes: number,
  ) {
    super();
    this.conv1 = convolution(gpu, stem);
    this.bn1 = new BatchNorm2d(gpu, stem.outChannels);
    this.window = pool;
    this.layer1 = new Layer(gpu, stages[0]);
    this.layer2 = new Layer(gpu, stages[1]);
    this.layer3 = new Layer(gpu, stages[2]);
    this.layer4 = new Layer(gpu, stages[3]);
    this.fc = new Linear(gpu, features, classes);
  }

  get head(): Linear {
    return this.fc;
  }

  /** Normalised images `[N, H, W, 3]` → `[N, H/32, W/32, featureCount]`: 512 with basic blocks, 2,048 with bottlenecks. */
  activation(x: Tensor): Tensor {
    let hidden = convNorm(this.conv1, this.bn1, x, { relu: true });
    hidden = plainMaxPool2d(hidden, this.window);
    hidden = this.layer1.forward(hidden);
    hidden = this.layer2.forward(hidden);
    hidden = this.layer3.forward(hidden);
    return this.layer4.forward(hidden);
  }
}

/**
 * ResNet-18: 11.7 million parameters with 1000 classes; 1.8 billion multiplications per image of 224 px. Parameters are undefined until `initialise` or
 * `loadStateDict`.
 *
 * ```ts
 * [...resnet18(gpu, 2).stateShapes()].at(-1); // → ['fc.bias', [2]]
 * ```
 */
export const resnet18 = (gpu: Gpu, classes = 1000): ResNet => new ResNet(gpu, geometries.resnet18, classes);

/**
 * ResNet-34: 21.8 million parameters with 1000 classes; 3.7 billion multiplications per image of 224 px. The deeper ones are in `networks`.
 *
 * ```ts
 * resnet34(gpu, 2).parameters('layer3').length; // → 39
 * ```
 */
export const resnet34 = (gpu: Gpu, classes = 1000): ResNet => new ResNet(gpu, geometries.resnet34, classes);
