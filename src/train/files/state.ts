/**
 * The complete state of a run: a run that continues from it ends in the same bits as one that was never interrupted.
 * What is random depends on counters alone (seed, epoch, index), so progress, weights and the optimizer's moments are
 * all. They travel in one safetensors file, which is also a model that predicts, alone or with the trunk that another file has (trunk.ts).
 */
import type { OptimizerState } from '../../optim/index.ts';
import { WeightsError, writeSafetensors, type SafetensorsFile, type StateDict } from '../../weights/index.ts';
import { encodeCard, type ModelCard } from './checkpoint.ts';
import type { EpochEvent } from '../loop/events.ts';
import type { BatchMetrics, Metrics } from '../loop/metrics.ts';
import type { TrainConfig } from '../settings/config.ts';
import { encodeSettings } from './settings.ts';
import { encodeTrunk, withoutTrunk, type Trunk } from './trunk.ts';

/** JSON-able. Once all steps of an epoch are done, its validation is next. */
export interface TrainingProgress {
  /** Index of the phase under way; the number of phases once the run is over. */
  readonly phase: number;
  /** Epochs of that phase that are done. */
  readonly phaseEpochs: number;
  /** The epoch under way, counted from 1 over all phases. */
  readonly epoch: number;
  /** Optimizer steps done in it. */
  readonly step: number;
  /** Over the images of those steps. */
  readonly sums: LossSums;
  /** Spent on those steps. */
  readonly trainSeconds: number;
  readonly best: { readonly epoch: number; readonly valid: Metrics } | null;
  /** Epochs of the phase since its best, for early stopping. */
  readonly epochsSinceBest: number;
  readonly history: readonly EpochEvent[];
}

/** Sums over images; `loss` is that of their losses. */
export type LossSums = BatchMetrics;

export const emptySums: LossSums = { loss: 0, correct: 0, count: 0 };

/** Before the first step. */
export const startOfRun: TrainingProgress = {
  ...{ phase: 0, phaseEpochs: 0, epoch: 1, step: 0, sums: emptySums, trainSeconds: 0 },
  ...{ best: null, epochsSinceBest: 0, history: [] },
};

export interface TrainingState {
  readonly progress: TrainingProgress;
  readonly model: StateDict;
  /**
   * Undefined where a phase begins, since each phase has its own optimizer; a run that is over keeps the last one's.
   */
  readonly optimizer: OptimizerState | undefined;
}

const OPTIMIZER = 'optimizer.';
const isOptimizers = (name: string): boolean => name.startsWith(OPTIMIZER);

/**
 * The state as a safetensors file, which `loadNetwork` reads as the model that `card` describes. The `settings` that
 * were trained with are stored with it, so that the run is not continued with others. A `trunk` that another file has is left out.
 */
export function encodeTrainingState(
  { progress, model, optimizer }: TrainingState,
  card: ModelCard,
  settings?: TrainConfig,
  trunk?: Trunk,
): Uint8Array {
  const moments = Object.entries(optimizer?.tensors ?? {}).map(
    ([name, data]) => [OPTIMIZER + name, { shape: [data.length], data }] as const,
  );
  const metadata = {
    ...encodeCard(card),
    progress: JSON.stringify(progress),
    ...(settings && encodeSettings(settings)),
    ...(optimizer && { optimizer_steps: String(optimizer.steps) }),
    ...(trunk && encodeTrunk(trunk)),
  };
  const kept = trunk ? withoutTrunk(model, trunk) : model;
  return writeSafetensors(new Map([...kept, ...moments]), { dtype: 'f32', metadata });
}

/**
 * The state in a file that `encodeTrainingState` wrote. `source` is the file's name in messages. Throws `WeightsError`
 * for a file without progress, as a model's is, and for progress that no run can have.
 */
export function decodeTrainingState({ tensors, metadata }: SafetensorsFile, source: string): TrainingState {
  const { progress, optimizer_steps: steps } = metadata;
  const fail = (problem: string) =>
    new WeightsError(source, problem, "Resume from a run's last.safetensors, as training wrote it");
  if (progress === undefined) throw fail('it is not a checkpoint of a run: its metadata has no "progress"');
  const value = parse(progress);
  if (!isProgress(value)) throw fail('its metadata "progress" is damaged');
  const moments = [...tensors].filter(([name]) => isOptimizers(name));
  const hasSteps = steps !== undefined && /^\d+$/.test(steps);
  if (hasSteps !== moments.length > 0) throw fail("the optimizer's state in it is incomplete");
  return {
    progress: value,
    model: modelTensors(tensors),
    optimizer: hasSteps
      ? {
          steps: Number(steps),
          tensors: Object.fromEntries(
            moments.map(([name, { data }]) => [name.slice(OPTIMIZER.length), data]),
          ),
        }
      : undefined,
  };
}

/** Whether a file is the state of a run before its first step: its head is as it was drawn, and nobody trained it. */
export function isBeforeTraining({ metadata: { progress } }: Pick<SafetensorsFile, 'metadata'>): boolean {
  const value = progress === undefined ? undefined : parse(progress);
  return isProgress(value) && value.phase === 0 && value.phaseEpochs === 0 && value.step === 0;
}

/** What belongs to the model among the tensors of a file. */
export function modelTensors(tensors: StateDict): StateDict {
  return new Map([...tensors].filter(([name]) => !isOptimizers(name)));
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

type Check = (value: unknown) => boolean;

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const has =
  (fields: Readonly<Record<string, Check>>): Check =>
  (value) =>
    isObject(value) && Object.entries(fields).every(([name, check]) => check(value[name]));
const isNumber: Check = (value) => typeof value === 'number' && Number.isFinite(value);
const isCount: Check = (value) => Number.isSafeInteger(value) && Number(value) >= 0;
const isMetrics = has({ loss: isNumber, accuracy: isNumber, count: isCount });
const isEpoch = has({
  epoch: isCount,
  phase: isCount,
  train: isMetrics,
  valid: isMetrics,
  learningRate: isNumber,
  isBest: (value) => typeof value === 'boolean',
  trainSeconds: isNumber,
  validSeconds: isNumber,
  imagesPerSecond: isNumber,
});
const isProgressShape = has({
  phase: isCount,
  phaseEpochs: isCount,
  epoch: (value) => isCount(value) && value !== 0,
  step: isCount,
  sums: has({ loss: isNumber, correct: isNumber, count: isCount }),
  trainSeconds: isNumber,
  best: (value) => value === null || has({ epoch: isCount, valid: isMetrics })(value),
  epochsSinceBest: isCount,
  history: (value) => Array.isArray(value) && value.every(isEpoch),
});
const isProgress = (value: unknown): value is TrainingProgress => isProgressShape(value);
