/**
 * The contract of a classifier: all that fine-tuning needs to know of a network, whatever is inside. It has a trunk, which
 * turns images into features, a head, which turns features into logits, and stages by which people speak of its parts.
 */
import { globalAvgPool, type Tensor } from '../autograd/index.ts';
import type { Gpu } from '../gpu/index.ts';
import type { Linear } from './layers.ts';
import { isWithin, Module } from './module.ts';

/** A part of a network that is trained or frozen as one: what people call it, and its modules by their names. */
export interface Stage {
  /** Such as `layer4`; that of the last stage is always `head`. */
  readonly name: string;
  /** Beginnings of the names of its parameters, such as `conv1` and `bn1`. */
  readonly modules: readonly string[];
}

/** From the input to the head, which is the last: `stem`, `layer1`, …, `head`. Every parameter lies in one of them. */
export type Stages = readonly [Stage, ...Stage[], Stage];

/**
 * A classifier. A subclass names its stages and gives its head and its last activation:
 *
 * ```ts
 * class Small extends Network {
 *   readonly inputSize = 32;
 *   readonly stages = [{ name: 'stem', modules: ['conv', 'bn'] }, headStage('fc')] as const;
 *   readonly conv: Conv2d;
 *   readonly bn: BatchNorm2d;
 *   readonly fc: Linear;
 *   constructor(readonly gpu: Gpu, classes: number) {
 *     super();
 *     this.conv = new Conv2d(gpu, 3, 16, { kernel: 3, stride: 2, padding: 1, bias: false });
 *     this.bn = new BatchNorm2d(gpu, 16);
 *     this.fc = new Linear(gpu, 16, classes);
 *   }
 *   get head() { return this.fc; }
 *   activation(x: Tensor) { return convNorm(this.conv, this.bn, x, { relu: true }); }
 * }
 * ```
 */
export abstract class Network extends Module {
  abstract readonly gpu: Gpu;
  /** Height and width in pixels of the images that its published weights were trained on. */
  abstract readonly inputSize: number;
  abstract readonly stages: Stages;
  /** The last layer, made fresh for other classes. A getter: it is a module under its own name already. */
  abstract get head(): Linear;

  /** Normalised images `[N, H, W, 3]` → the trunk's last activation `[N, h, w, C]`: the last that tells places apart. */
  abstract activation(x: Tensor): Tensor;

  /** The last activation `[N, h, w, C]` → features `[N, featureCount]`; the mean over each image, where a network says no other. */
  pool(activation: Tensor): Tensor {
    return globalAvgPool(activation);
  }

  /** Normalised images `[N, H, W, 3]` → features `[N, featureCount]`: all but the head. */
  features(x: Tensor): Tensor {
    return this.pool(this.activation(x));
  }

  /** Normalised images `[N, H, W, 3]` → logits `[N, classes]`. */
  forward(x: Tensor): Tensor {
    return this.logits(this.features(x));
  }

  /**
   * Features `[N, featureCount]` → logits `[N, classes]`: the head, and before it what a network does to features in training
   * alone, such as dropout.
   */
  logits(features: Tensor): Tensor {
    return this.head.forward(features);
  }

  /** How many logits it gives. */
  get classes(): number {
    return this.head.outFeatures;
  }

  /** How many features the trunk gives for an image. */
  get featureCount(): number {
    return this.head.inFeatures;
  }
}

/**
 * The stage of a head that is the property `module`.
 *
 * ```ts
 * headStage('fc'); // → { name: 'head', modules: ['fc'] }
 * ```
 */
export const headStage = (module: string): Stage => ({ name: 'head', modules: [module] });

/** The stage that is trained first of all, and made fresh for other classes. */
export const headOf = (stages: Stages): Stage => stages[stages.length - 1] ?? stages[0];

/** The trunk's last stage: the first that is trained besides the head. */
export const lastStageOf = (stages: Stages): Stage => stages[stages.length - 2] ?? stages[0];

/** Whether a parameter of this name lies in the stage. */
export const isInStage = (name: string, { modules }: Stage): boolean =>
  modules.some((module) => isWithin(name, module));
