/** MobileNetV3 as modules, with torchvision's names: its weights load as they are. */
import { hardSigmoid, hardSwish, relu } from '../../autograd/activations.ts';
import { gate } from '../../autograd/gate.ts';
import { groupedConv2d } from '../../autograd/grouped-conv2d.ts';
import { cast, globalAvgPool, linear, type Tensor } from '../../autograd/index.ts';
import type { Gpu } from '../../gpu/index.ts';
import {
  BatchNorm2d,
  convNorm,
  Linear,
  Module,
  Network,
  Parameter,
  PlainConv2d,
  type Owned,
  type Stages,
} from '../../nn/index.ts';
import { Dropout } from '../../nn/dropout.ts';
import { initialiseKernel, normal } from '../../nn/init.ts';
import type { Random } from '../../random.ts';
import {
  DROPOUT,
  EPSILON,
  isSqueeze,
  MOMENTUM,
  type Activation,
  type BlockGeometry,
  type ConvNormGeometry,
  type Geometry,
  type Part,
  type SqueezeGeometry,
} from './geometry.ts';
import { INPUT_SIZE } from './stages.ts';

/** A convolution of each channel by itself (Howard et al. 2017). It stays in f32, as its kernels know no f16. */
class Depthwise extends Module {
  readonly weight: Parameter;

  constructor(
    gpu: Gpu,
    private readonly channels: number,
    private readonly window: { readonly kernel: number; readonly stride: number; readonly padding: number },
  ) {
    super();
    this.weight = new Parameter(gpu, [channels, 1, window.kernel, window.kernel], 'OIHW');
  }

  forward(x: Tensor): Tensor {
    const { stride, padding } = this.window;
    return groupedConv2d(cast(x, 'f32'), this.weight, { stride, padding, groups: this.channels });
  }

  override initialise(random: Random): void {
    initialiseKernel(this.weight, random);
  }
}

/** A convolution, batch norm and activation; the first two are named 0 and 1. */
class ConvNorm extends Module {
  readonly 0: PlainConv2d | Depthwise;
  readonly 1: BatchNorm2d;
  private readonly activation: Activation;

  constructor(gpu: Gpu, { inChannels, outChannels, activation, ...size }: ConvNormGeometry) {
    super();
    const { kernel, stride, padding, groups } = size;
    const window = { kernel, stride, padding };
    this[0] =
      groups === 1
        ? new PlainConv2d(gpu, inChannels, outChannels, window)
        : new Depthwise(gpu, inChannels, window);
    this[1] = new BatchNorm2d(gpu, outChannels, { eps: EPSILON, momentum: MOMENTUM });
    this.activation = activation;
  }

  /** The residual is added where there is no activation. */
  forward(x: Tensor, residual?: Tensor): Tensor {
    const { 0: conv, 1: norm } = this;
    const then = {
      residual: residual && cast(residual, conv.weight.dtype),
      relu: this.activation === 'relu',
    };
    const y = conv instanceof Depthwise ? norm.forward(conv.forward(x), then) : convNorm(conv, norm, x, then);
    return this.activation === 'hardSwish' ? hardSwish(cast(y, 'f32')) : y;
  }
}

/** A matrix [out, in] that files have as a convolution's weight. */
class PointwiseWeight extends Parameter {
  override readonly fileShape: readonly number[];

  constructor(gpu: Gpu, outChannels: number, inChannels: number) {
    super(gpu, [outChannels, inChannels]);
    this.fileShape = [outChannels, inChannels, 1, 1];
  }
}

/** A convolution of 1×1 on a single pixel with its bias: a fully connected layer. */
class Pointwise extends Module {
  readonly weight: Parameter;
  readonly bias: Parameter;

  constructor(gpu: Gpu, inChannels: number, outChannels: number) {
    super();
    this.weight = new PointwiseWeight(gpu, outChannels, inChannels);
    this.bias = new Parameter(gpu, [outChannels]);
  }

  /** x `[N, inChannels]` → `[N, outChannels]` */
  forward(x: Tensor): Tensor {
    return linear(x, this.weight, this.bias);
  }

  override initialise(random: Random): void {
    initialiseKernel(this.weight, random);
    this.bias.load({ shape: this.bias.fileShape, data: new Float32Array(this.bias.size) });
  }
}

/** Squeeze and excitation (Hu et al. 2018): each channel times a share that the image's means decide. */
class Squeeze extends Module {
  readonly fc1: Pointwise;
  readonly fc2: Pointwise;

  constructor(gpu: Gpu, { channels, squeezed }: SqueezeGeometry) {
    super();
    this.fc1 = new Pointwise(gpu, channels, squeezed);
    this.fc2 = new Pointwise(gpu, squeezed, channels);
  }

  forward(input: Tensor): Tensor {
    const x = cast(input, 'f32');
    return gate(x, hardSigmoid(this.fc2.forward(relu(this.fc1.forward(globalAvgPool(x))))));
  }
}

type Layer = ConvNorm | Squeeze;

const layerOf = (gpu: Gpu, part: Part): Layer =>
  isSqueeze(part) ? new Squeeze(gpu, part) : new ConvNorm(gpu, part);

/** Modules under the names 0, 1, … */
class Sequence<T extends Module> extends Module {
  readonly all: () => readonly T[];

  constructor(modules: readonly T[]) {
    super();
    this.all = () => modules;
    Object.assign(this, modules);
  }
}

/** An inverted residual (Sandler et al. 2018): y = block(x), to which x is added where both are of one shape. */
class Block extends Module {
  readonly block: Sequence<Layer>;
  private readonly isResidual: boolean;

  constructor(gpu: Gpu, { parts, isResidual }: BlockGeometry) {
    super();
    this.block = new Sequence(parts.map((part) => layerOf(gpu, part)));
    this.isResidual = isResidual;
  }

  forward(x: Tensor): Tensor {
    const layers = this.block.all();
    const residual = this.isResidual ? x : undefined;
    return layers.reduce(
      (hidden, layer, i) => layer.forward(hidden, i === layers.length - 1 ? residual : undefined),
      x,
    );
  }
}

/** A fully connected layer that starts as torchvision's MobileNets do: near 0. */
class Small extends Linear {
  override initialise(random: Random): void {
    const { weight, bias } = this;
    weight.load({ shape: weight.fileShape, data: normal(weight.size, 0.01, random) });
    bias.load({ shape: bias.fileShape, data: new Float32Array(bias.size) });
  }
}

/** What is behind the pool; hard swish, which has no parameters, is 1 of it. */
class Classifier extends Module {
  readonly 0: Small;
  readonly 2 = new Dropout(DROPOUT);
  readonly 3: Small;

  constructor(gpu: Gpu, channels: number, features: number, classes: number) {
    super();
    this[0] = new Small(gpu, channels, features);
    this[3] = new Small(gpu, features, classes);
  }
}

/**
 * MobileNetV3 (Howard et al. 2019) for so many classes. Its features are what the layer behind the pool makes of the means, so that they
 * can be kept where only the head is trained; of them training drops some on the way to the head (`logits`).
 */
export class MobileNetV3 extends Network {
  readonly inputSize = INPUT_SIZE;
  /** In files `features`, which here is the name of what they compute. */
  readonly layers: Sequence<ConvNorm | Block>;
  readonly classifier: Classifier;

  /** Parameters are undefined until `initialise` or `loadStateDict`. */
  constructor(
    readonly gpu: Gpu,
    readonly stages: Stages,
    geometry: Geometry,
    classes: number,
  ) {
    super();
    const { stem, blocks, last, features } = geometry;
    this.layers = new Sequence([
      new ConvNorm(gpu, stem),
      ...blocks.map((block) => new Block(gpu, block)),
      new ConvNorm(gpu, last),
    ]);
    this.classifier = new Classifier(gpu, last.outChannels, features, classes);
  }

  get head(): Linear {
    return this.classifier[3];
  }

  /** Normalised images `[N, H, W, 3]` → `[N, H/32, W/32, C]`: 576 channels of Small, 960 of Large. */
  activation(x: Tensor): Tensor {
    return this.layers.all().reduce((hidden, layer) => layer.forward(hidden), x);
  }

  override pool(activation: Tensor): Tensor {
    return hardSwish(this.classifier[0].forward(globalAvgPool(activation)));
  }

  override logits(features: Tensor): Tensor {
    return this.head.forward(this.classifier[2].forward(features));
  }

  protected override owned(): [string, Owned][] {
    return super.owned().map(([name, owned]) => [name === 'layers' ? 'features' : name, owned]);
  }
}
