/**
 * ResNet-18 and ResNet-34 (He et al. 2016, "Deep Residual Learning for Image Recognition", table 1) with torchvision's
 * structure and parameter names, so that its weights load as they are.
 */
import type { Gpu } from '../gpu/index.ts';
import { globalAvgPool, maxPool2d, type Tensor } from '../autograd/index.ts';
import { BatchNorm2d, Conv2d, Linear } from './layers.ts';
import { Module } from './module.ts';

/** The 1×1 projection of a shortcut whose shape changes; its parts are named 0 and 1. */
class Downsample extends Module {
  readonly 0: Conv2d;
  readonly 1: BatchNorm2d;

  constructor(gpu: Gpu, inChannels: number, outChannels: number, stride: number) {
    super();
    this[0] = new Conv2d(gpu, inChannels, outChannels, { kernel: 1, stride });
    this[1] = new BatchNorm2d(gpu, outChannels);
  }

  forward(x: Tensor): Tensor {
    return this[1].after(this[0], x);
  }
}

/** Two 3×3 convolutions and a shortcut around them: y = relu(F(x) + shortcut(x)). */
export class BasicBlock extends Module {
  readonly conv1: Conv2d;
  readonly bn1: BatchNorm2d;
  readonly conv2: Conv2d;
  readonly bn2: BatchNorm2d;
  readonly downsample?: Downsample;

  constructor(gpu: Gpu, inChannels: number, outChannels: number, stride: number) {
    super();
    this.conv1 = new Conv2d(gpu, inChannels, outChannels, { kernel: 3, stride, padding: 1 });
    this.bn1 = new BatchNorm2d(gpu, outChannels);
    this.conv2 = new Conv2d(gpu, outChannels, outChannels, { kernel: 3, padding: 1 });
    this.bn2 = new BatchNorm2d(gpu, outChannels);
    if (stride !== 1 || inChannels !== outChannels) {
      this.downsample = new Downsample(gpu, inChannels, outChannels, stride);
    }
  }

  forward(x: Tensor): Tensor {
    const hidden = this.bn1.after(this.conv1, x, { relu: true });
    const residual = this.downsample?.forward(x) ?? x;
    return this.bn2.after(this.conv2, hidden, { residual, relu: true });
  }
}

/** Blocks at one resolution, named 0, 1, …; the first may halve it. */
class Stage extends Module {
  private readonly blocks: () => BasicBlock[];

  constructor(gpu: Gpu, inChannels: number, outChannels: number, count: number, stride: number) {
    super();
    const blocks = Array.from({ length: count }, (_, i) =>
      i === 0
        ? new BasicBlock(gpu, inChannels, outChannels, stride)
        : new BasicBlock(gpu, outChannels, outChannels, 1),
    );
    Object.assign(this, blocks); // properties 0, 1, …: their names
    this.blocks = () => blocks;
  }

  forward(x: Tensor): Tensor {
    return this.blocks().reduce((hidden, block) => block.forward(hidden), x);
  }
}

export class ResNet extends Module {
  readonly conv1: Conv2d;
  readonly bn1: BatchNorm2d;
  readonly layer1: Stage;
  readonly layer2: Stage;
  readonly layer3: Stage;
  readonly layer4: Stage;
  readonly fc: Linear;

  /** `blocks` counts the blocks of the four stages. Parameters are undefined until `initialise` or `loadStateDict`. */
  constructor(
    readonly gpu: Gpu,
    blocks: readonly [number, number, number, number],
    readonly classes: number,
  ) {
    super();
    this.conv1 = new Conv2d(gpu, 3, 64, { kernel: 7, stride: 2, padding: 3 });
    this.bn1 = new BatchNorm2d(gpu, 64);
    this.layer1 = new Stage(gpu, 64, 64, blocks[0], 1);
    this.layer2 = new Stage(gpu, 64, 128, blocks[1], 2);
    this.layer3 = new Stage(gpu, 128, 256, blocks[2], 2);
    this.layer4 = new Stage(gpu, 256, 512, blocks[3], 2);
    this.fc = new Linear(gpu, 512, classes);
  }

  /** Normalised images `[N, H, W, 3]` → features `[N, 512]`: all but the head. */
  features(x: Tensor): Tensor {
    let hidden = this.bn1.after(this.conv1, x, { relu: true });
    hidden = maxPool2d(hidden, { kernel: 3, stride: 2, padding: 1 });
    hidden = this.layer1.forward(hidden);
    hidden = this.layer2.forward(hidden);
    hidden = this.layer3.forward(hidden);
    hidden = this.layer4.forward(hidden);
    return globalAvgPool(hidden);
  }

  /** Normalised images `[N, H, W, 3]` → logits `[N, classes]`. */
  forward(x: Tensor): Tensor {
    return this.fc.forward(this.features(x));
  }
}

/** 11.7 million parameters with 1000 classes; 1.8 billion multiplications an image of 224 px. */
export const resnet18 = (gpu: Gpu, classes = 1000): ResNet => new ResNet(gpu, [2, 2, 2, 2], classes);

/** 21.8 million parameters with 1000 classes; 3.7 billion multiplications an image of 224 px. */
export const resnet34 = (gpu: Gpu, classes = 1000): ResNet => new ResNet(gpu, [3, 4, 6, 3], classes);
