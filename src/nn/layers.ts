/** The layers of convolutional networks, as small as they are in the papers; names and initial values are torchvision's. */
import type { Gpu } from '../gpu/index.ts';
import * as ops from '../autograd/index.ts';
import type { Tensor } from '../autograd/index.ts';
import type { Random } from '../random.ts';
import { initialiseKernel, uniform } from './init.ts';
import type { Conv2d } from './conv2d.ts';
import { Module } from './module.ts';
import { Buffer, Counter, Parameter } from './parameter.ts';

/**
 * The convolution of networks such as ResNet: `Conv2d` with one group, no dilation or bias, and a window that is the same on both axes.
 * It brings along less of the engine.
 *
 * ```ts
 * const double = new PlainConv2d(gpu, 1, 1, { kernel: 1 });
 * double.weight.load({ shape: [1, 1, 1, 1], data: Float32Array.of(2) });
 * await double.forward(new Tensor(gpu, [1, 1, 2, 1], gpu.upload(Float32Array.of(1, 3)))).read(); // → [2, 6]
 * ```
 */
export class PlainConv2d extends Module {
  readonly weight: Parameter;
  readonly bias?: undefined;
  readonly options: ops.PlainOptions;

  constructor(
    gpu: Gpu,
    inChannels: number,
    outChannels: number,
    { kernel, ...options }: ops.PlainOptions & { readonly kernel: number },
  ) {
    super();
    this.options = options;
    this.weight = new Parameter(gpu, [outChannels, inChannels, kernel, kernel], 'OIHW');
  }

  /** x `[N, H, W, inChannels]` → `[N, oH, oW, outChannels]`; throws `RangeError` for another number of channels. */
  forward(x: Tensor): Tensor {
    return ops.plainConv2d(ops.cast(x, this.weight.dtype), this.weight, this.options);
  }

  override half(): this {
    this.weight.half();
    return this;
  }

  override initialise(random: Random): void {
    initialiseKernel(this.weight, random);
  }
}

/** What may follow batch norm in the same kernel. */
export interface AfterNorm {
  readonly residual?: Tensor | undefined;
  readonly relu?: boolean;
}

/**
 * Batch normalisation over the last axis (Ioffe and Szegedy 2015), with what may follow it in the same kernel: adding a
 * residual and ReLU. In training it uses the batch's statistics, except where it is frozen (see `frozenStatistics`).
 *
 * ```ts
 * const norm = new BatchNorm2d(gpu, 1);
 * norm.initialise(); // scale 1, shift 0
 * const x = new Tensor(gpu, [1, 1, 2, 1], gpu.upload(Float32Array.of(300, 700)));
 * await norm.forward(x, { relu: true }).read(); // → [0, 1]
 * ```
 */
export class BatchNorm2d extends Module {
  readonly weight: Parameter;
  readonly bias: Parameter;
  readonly runningMean: Buffer;
  readonly runningVar: Buffer;
  readonly numBatchesTracked: Counter;
  readonly eps: number;
  readonly momentum: number;
  /**
   * What a layer with frozen parameters does in training: `running` keeps it as it was trained, which is best practice
   * for fine-tuning; `batch` is PyTorch's `model.train()`, where it normalises by the batch and its statistics move.
   */
  frozenStatistics: 'running' | 'batch' = 'running';
  /**
   * Whether running statistics are applied within the kernel of the convolution before. Off, the two run one after the
   * other to the same numbers: for comparing them.
   */
  fused = true;

  /** `eps` is added to the variance, and `momentum` is the share of the batch in the running statistics. */
  constructor(gpu: Gpu, channels: number, { eps = 1e-5, momentum = 0.1 } = {}) {
    super();
    this.eps = eps;
    this.momentum = momentum;
    this.weight = new Parameter(gpu, [channels]);
    this.bias = new Parameter(gpu, [channels]);
    this.runningMean = new Buffer(gpu, [channels], 0);
    this.runningVar = new Buffer(gpu, [channels], 1);
    this.numBatchesTracked = new Counter();
  }

  /** Which statistics the next call uses. */
  get mode(): 'batch' | 'running' {
    if (!this.training) return 'running';
    const frozen = !this.weight.requiresGrad && !this.bias.requiresGrad;
    return frozen ? this.frozenStatistics : 'batch';
  }

  /** x `[…, channels]` → the same shape. */
  forward(x: Tensor, { residual, relu = false }: AfterNorm = {}): Tensor {
    const { mode, eps, momentum } = this;
    const runningMean = this.runningMean.storage;
    const runningVar = this.runningVar.storage;
    if (mode === 'batch') this.numBatchesTracked.increment();
    const options = { mode, runningMean, runningVar, eps, momentum, residual, relu };
    return ops.batchNorm(x, this.weight, this.bias, options);
  }

  override initialise(): void {
    const shape = this.weight.fileShape;
    this.weight.load({ shape, data: new Float32Array(this.weight.size).fill(1) });
    this.bias.load({ shape, data: new Float32Array(this.bias.size) });
    for (const buffer of [this.runningMean, this.runningVar, this.numBatchesTracked]) buffer.reset();
  }
}

/**
 * A convolution and the batch norm behind it, the usual pair: x `[N, H, W, C]` → `[N, oH, oW, K]`, with a residual added and
 * ReLU applied where `then` says so. With running statistics all of it is one kernel, which saves a pass over the activation
 * and its memory, where the convolution has one group, no bias and a window that is the same on both axes.
 *
 * ```ts
 * const [conv, norm] = [new Conv2d(gpu, 1, 1, { kernel: 1 }), new BatchNorm2d(gpu, 1)];
 * conv.weight.load({ shape: [1, 1, 1, 1], data: Float32Array.of(10) });
 * norm.initialise(); // scale 1, shift 0; by batch the two values are −1 and 1
 * const x = new Tensor(gpu, [1, 1, 2, 1], gpu.upload(Float32Array.of(300, 700)));
 * await convNorm(conv, norm, x, { relu: true }).read(); // → [0, 1]
 * ```
 */
export function convNorm(
  conv: Conv2d | PlainConv2d,
  norm: BatchNorm2d,
  x: Tensor,
  then: AfterNorm = {},
): Tensor {
  const { weight: filter, bias } = conv;
  const plain = bias ? undefined : ops.plainOptions(conv.options);
  if (norm.mode === 'batch' || !norm.fused || !plain) return norm.forward(conv.forward(x), then);
  const statistics = { runningMean: norm.runningMean.storage, runningVar: norm.runningVar.storage };
  return ops.conv2dBatchNorm(ops.cast(x, filter.dtype), { filter, ...plain }, norm.weight, norm.bias, {
    ...statistics,
    eps: norm.eps,
    ...then,
  });
}

/**
 * A fully connected layer: x `[N, inFeatures]` → `[N, outFeatures]`.
 *
 * ```ts
 * const layer = new Linear(gpu, 2, 1);
 * layer.weight.load({ shape: [1, 2], data: Float32Array.of(10, 1) });
 * layer.bias.load({ shape: [1], data: Float32Array.of(100) });
 * const x = new Tensor(gpu, [2, 2], gpu.upload(Float32Array.of(1, 2, 3, 4)));
 * await layer.forward(x).read(); // → [112, 134]
 * ```
 */
export class Linear extends Module {
  readonly weight: Parameter;
  readonly bias: Parameter;

  constructor(
    gpu: Gpu,
    readonly inFeatures: number,
    readonly outFeatures: number,
  ) {
    super();
    this.weight = new Parameter(gpu, [outFeatures, inFeatures]);
    this.bias = new Parameter(gpu, [outFeatures]);
  }

  /** x `[N, inFeatures]` → `[N, outFeatures]`; throws `RangeError` for another number of features. */
  forward(x: Tensor): Tensor {
    return ops.linear(x, this.weight, this.bias);
  }

  /** Uniform within ±1/√inFeatures, weight and bias, as torch.nn.Linear. */
  override initialise(random: Random): void {
    for (const parameter of [this.weight, this.bias]) {
      const data = uniform(parameter.size, 1 / Math.sqrt(this.inFeatures), random);
      parameter.load({ shape: parameter.fileShape, data });
    }
  }
}
