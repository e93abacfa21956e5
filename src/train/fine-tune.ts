/**
 * Fine-tuning: epochs of training steps, each epoch judged on the validation inputs, the best model kept. It prints
 * nothing and writes nothing; what happens is told through callbacks, so a terminal and a browser show it their own way.
 */
import { backward } from '../autograd/index.ts';
import { batches } from '../data/index.ts';
import { BatchNorm2d, type ResNet } from '../nn/index.ts';
import { Adam } from '../optim/index.ts';
import type { StateDict } from '../weights/index.ts';
import { lossOf, readMetrics } from './batch.ts';
import { TrainingError } from './errors.ts';
import { evaluate, labelsAt } from './evaluate.ts';
import type { Inputs } from './inputs.ts';
import { combine, isBetter, type BatchMetrics, type LossName, type Metrics } from './metrics.ts';
import { oneAhead } from './one-ahead.ts';

export interface FineTuneOptions {
  readonly epochs: number;
  readonly batchSize: number;
  readonly learningRate: number;
  readonly weightDecay: number;
  readonly loss: LossName;
  /** Decides the order of the inputs. */
  readonly seed: number;
  /** Stops the run between two batches. */
  readonly signal?: AbortSignal | undefined;
  readonly onStep?: ((step: StepEvent) => void) | undefined;
  readonly onEpoch?: ((epoch: EpochEvent) => void) | undefined;
  /** Called, and awaited, whenever validation finds the best model so far: the time to write it down. */
  readonly onBest?: ((best: BestModel) => Promise<void>) | undefined;
}

/** A training step is done. Epochs and steps count from 1. */
export interface StepEvent extends BatchMetrics {
  readonly epoch: number;
  readonly step: number;
  /** Steps in every epoch. */
  readonly steps: number;
}

/** An epoch is done and validated. */
export interface EpochEvent {
  readonly epoch: number;
  /** Over the epoch's steps, each with the weights of its time. */
  readonly train: Metrics;
  readonly valid: Metrics;
  readonly isBest: boolean;
  readonly trainSeconds: number;
  readonly validSeconds: number;
}

export interface BestModel {
  readonly epoch: number;
  readonly valid: Metrics;
  readonly state: StateDict;
}

export interface FineTuneResult {
  readonly history: readonly EpochEvent[];
  /** Undefined where the run was stopped before its first epoch ended; `model` then holds the steps done. */
  readonly best: BestModel | undefined;
  /** Whether the signal stopped it. */
  readonly stopped: boolean;
}

/**
 * Trains those parameters of `model` whose requiresGrad is true. Two runs with the same seed, adapter and driver end in
 * the same bits. Throws `TrainingError` where a loss is not finite, and `RangeError` for options out of range; what
 * `onBest` was given before stays good.
 */
export async function fineTune(
  model: ResNet,
  { train, valid }: { readonly train: Inputs; readonly valid: Inputs },
  options: FineTuneOptions,
): Promise<FineTuneResult> {
  const { epochs, learningRate, weightDecay, signal } = options;
  const optimizer = new Adam(model.parameters(), { learningRate, weightDecay });
  const history: EpochEvent[] = [];
  let best: BestModel | undefined;
  try {
    for (let epoch = 1; epoch <= epochs; epoch++) {
      const start = performance.now();
      const trained = await trainEpoch(model, optimizer, train, epoch, options);
      const middle = performance.now();
      const judged = await evaluate(model, valid, options);
      requireFinite(judged.loss, `The validation loss is ${judged.loss} after epoch ${epoch}`);
      const isBest = !best || isBetter(judged, best.valid);
      const event: EpochEvent = {
        epoch,
        train: trained,
        valid: judged,
        isBest,
        trainSeconds: (middle - start) / 1000,
        validSeconds: (performance.now() - middle) / 1000,
      };
      if (isBest) {
        best = { epoch, valid: judged, state: await model.stateDict(best?.state) };
        await options.onBest?.(best);
      }
      history.push(event);
      options.onEpoch?.(event);
    }
    return { history, best, stopped: false };
  } catch (error) {
    if (!signal?.aborted || error !== signal.reason) throw error;
    return { history, best, stopped: true };
  } finally {
    optimizer.dispose();
  }
}

async function trainEpoch(
  model: ResNet,
  optimizer: Adam,
  inputs: Inputs,
  epoch: number,
  options: FineTuneOptions,
): Promise<Metrics> {
  const { gpu } = model;
  const { batchSize, loss: lossName, seed, signal } = options;
  model.train();
  const { steps } = planEpoch(model, inputs.count, batchSize);
  const order = [...batches(inputs.count, batchSize, { seed, epoch })].slice(0, steps);
  const run = (indices: Uint32Array) =>
    gpu.scope(() => {
      optimizer.zeroGrad();
      const loss = lossOf(inputs.logits(indices, epoch), labelsAt(inputs, indices), lossName);
      backward(loss.loss);
      optimizer.step();
      return readMetrics(gpu, loss, indices.length);
    });
  const done: BatchMetrics[] = [];
  for await (const metrics of oneAhead(order, run, signal)) {
    const step = done.push(metrics);
    requireFinite(metrics.loss, `The loss is ${metrics.loss} at step ${step} of epoch ${epoch}`);
    options.onStep?.({ ...metrics, epoch, step, steps });
  }
  return combine(done);
}

export interface EpochPlan {
  readonly steps: number;
  /** Inputs that an epoch leaves out, another one each time: 0 or 1. */
  readonly leftOut: number;
}

/**
 * How an epoch is cut into batches. A last batch of a single image is left out where batch norm would take its
 * statistics from it: they would say nothing, and at a resolution of 1×1 there would be none.
 */
export function planEpoch(model: ResNet, count: number, batchSize: number): EpochPlan {
  const usesBatch = model
    .modules()
    .some((m) => m instanceof BatchNorm2d && (m.weight.requiresGrad || m.frozenStatistics === 'batch'));
  const leftOut = usesBatch && batchSize > 1 && count > 1 && count % batchSize === 1 ? 1 : 0;
  return { steps: Math.ceil((count - leftOut) / batchSize), leftOut };
}

function requireFinite(loss: number, what: string): void {
  if (Number.isFinite(loss)) return;
  throw new TrainingError(
    `${what}: training has diverged. Try a lower learning rate, or fewer trained layers.`,
  );
}
