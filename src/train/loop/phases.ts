/**
 * A run is one phase or, unfreezing gradually (Howard and Ruder 2018), two: first the fresh head alone, whose random
 * values would send large gradients into the trunk, then everything that is to be trained.
 */
import { headOf, isInStage, type Network, type Stages } from '../../nn/index.ts';
import {
  decayGroups,
  learningRateFactor,
  makeOptimizer,
  type Optimizer,
  type ParameterGroup,
} from '../../optim/index.ts';
import type { TrainSettings } from '../settings/config.ts';
import { TrainingError } from '../errors.ts';

export interface Phase {
  /** Counts from 0. */
  readonly index: number;
  /** What is trained, as `freeze` takes it. */
  readonly tune: string;
  readonly epochs: number;
  /** The schedule's base rate; every phase has the whole schedule. */
  readonly learningRate: number;
}

/** The share of a gradual run's epochs in which the head is trained alone. */
const HEAD_SHARE = 1 / 3;
/** What the rate is multiplied by once the trunk is trained too. */
const UNFROZEN_RATE = 1 / 2;

/**
 * The phases of a run of a network with these stages. Throws `TrainingError` if there are too few epochs for two, or the
 * head is all that is trained.
 */
export function planPhases({ tune, gradual, epochs, lr }: TrainSettings, stages: Stages): readonly Phase[] {
  if (!gradual) return [{ index: 0, tune, epochs, learningRate: lr }];
  const head = headOf(stages);
  if (tune === head.name || head.modules.includes(tune))
    throw new TrainingError(
      'gradual trains the head first and then more; with tune "head" nothing more would follow.',
    );
  if (epochs < 2)
    throw new TrainingError(
      'gradual needs two epochs or more: one for the head alone and one for all trained parts.',
    );
  const headEpochs = Math.max(1, Math.round(epochs * HEAD_SHARE));
  return [
    { index: 0, tune: head.name, epochs: headEpochs, learningRate: lr },
    { index: 1, tune, epochs: epochs - headEpochs, learningRate: lr * UNFROZEN_RATE },
  ];
}

/**
 * The trained parameters of `model` with the rates of their stages: the head's is 1, and each stage nearer the input
 * learns at `layerDecay` times that of the one after it (discriminative fine-tuning, Howard and Ruder 2018). Throws
 * `RangeError` for a network whose stages lack a parameter.
 */
export function rateGroups(model: Network, layerDecay: number): ParameterGroup[] {
  const named = [...model.namedParameters()].filter(([, { requiresGrad }]) => requiresGrad);
  const [stray] = named.find(([name]) => !model.stages.some((stage) => isInStage(name, stage))) ?? [];
  if (stray) throw new RangeError(`${stray} is in none of the network's stages and would not be trained.`);
  return [...model.stages]
    .reverse()
    .map((stage, depth) => ({
      parameters: named.filter(([name]) => isInStage(name, stage)).map(([, parameter]) => parameter),
      learningRateScale: layerDecay ** depth,
    }))
    .filter(({ parameters }) => parameters.length > 0);
}

/**
 * The optimizer that `settings` name, over the trained parameters of `model`, at the phase's rate. Throws
 * `UnknownNameError` if there is none of that name.
 */
export function createOptimizer(
  model: Network,
  { learningRate }: Phase,
  { optimizer, momentum, weightDecay, layerDecay }: TrainSettings,
): Optimizer {
  const groups = decayGroups(rateGroups(model, layerDecay));
  return makeOptimizer(optimizer, groups, { learningRate, momentum, weightDecay });
}

/** The learning rate by step of the phase, counted from 0. */
export function learningRates(
  { epochs, learningRate }: Phase,
  steps: number,
  { schedule, warmupEpochs }: TrainSettings,
): (step: number) => number {
  const totalSteps = epochs * steps;
  const warmupSteps = Math.min(totalSteps, Math.round(warmupEpochs * steps));
  const plan = { name: schedule, totalSteps, warmupSteps };
  return (step) => learningRate * learningRateFactor(plan, step);
}
