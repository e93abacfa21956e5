/** The convolution that knows all: groups, dilation, a bias, and windows that differ by axis. Apart from `PlainConv2d`, which ResNets have. */
import { conv2d } from '../autograd/conv2d.ts';
import {
  cast,
  plainOptions,
  type Conv2dOptions as ConvolutionOptions,
  type Tensor,
} from '../autograd/index.ts';
import type { Gpu } from '../gpu/index.ts';
import { pairOf, type PerAxis } from '../kernels/sliding.ts';
import type { Random } from '../random.ts';
import { initialiseKernel } from './init.ts';
import { Module } from './module.ts';
import { Parameter } from './parameter.ts';

/** As torch.nn.Conv2d's, with its defaults. */
export interface Conv2dOptions extends ConvolutionOptions {
  /** The window's height and width. */
  readonly kernel: PerAxis;
  /** Whether a number is added to each channel; true by default. Before batch norm, which has one of its own, say false. */
  readonly bias?: boolean;
}

/**
 * Convolution: x `[N, H, W, inChannels]` → `[N, oH, oW, outChannels]`.
 *
 * ```ts
 * const blur = new Conv2d(gpu, 1, 1, { kernel: 3, padding: 1, bias: false });
 * blur.weight.load({ shape: [1, 1, 3, 3], data: new Float32Array(9).fill(1 / 9) });
 * const x = new Tensor(gpu, [1, 3, 3, 1], gpu.upload(Float32Array.of(0, 0, 0, 0, 9, 0, 0, 0, 0)));
 * await blur.forward(x).read(); // → [1, 1, 1, 1, 1, 1, 1, 1, 1]
 * ```
 */
export class Conv2d extends Module {
  readonly weight: Parameter;
  readonly bias?: Parameter;
  /** What the operation is told. */
  readonly options: ConvolutionOptions;

  /** Throws `RangeError` where the channels do not come in as many groups as are asked for. */
  constructor(
    gpu: Gpu,
    inChannels: number,
    outChannels: number,
    { kernel, bias = true, ...options }: Conv2dOptions,
  ) {
    super();
    const { groups = 1 } = options;
    if (inChannels % groups !== 0 || outChannels % groups !== 0)
      throw new RangeError(
        `Conv2d: ${inChannels} channels in and ${outChannels} out do not come in ${groups} groups.`,
      );
    this.options = options;
    this.weight = new Parameter(gpu, [outChannels, inChannels / groups, ...pairOf(kernel)], 'OIHW');
    if (bias) this.bias = new Parameter(gpu, [outChannels]);
  }

  /** x `[N, H, W, inChannels]` → `[N, oH, oW, outChannels]`; throws `RangeError` for another number of channels. */
  forward(x: Tensor): Tensor {
    return conv2d(cast(x, this.weight.dtype), this.weight, { ...this.options, bias: this.bias });
  }

  /** Stays in f32 where its kernels know no f16: with a bias, in groups, dilated, and with windows that differ by axis. */
  override half(): this {
    if (!this.bias && plainOptions(this.options)) this.weight.half();
    return this;
  }

  /** As `PlainConv2d`, and a bias of 0. */
  override initialise(random: Random): void {
    const { weight, bias } = this;
    initialiseKernel(weight, random);
    bias?.load({ shape: bias.fileShape, data: new Float32Array(bias.size) });
  }
}
