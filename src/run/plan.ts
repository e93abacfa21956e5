/**
 * A run before it is started: what would be chosen for these photos and why, and what each choice of trained stages costs. Nothing is
 * decoded, trained or kept.
 */
import { GpuError, type Gpu } from '../gpu/index.ts';
import { isNetworkName, networks, type NetworkName } from '../networks/index.ts';
import { headOf, isInStage, isWithin, type Stage, type Stages } from '../nn/index.ts';
import {
  chooseStrategy,
  costOf,
  largestBatch,
  outputsFor,
  settingDefaults,
  type RunCost,
  type Strategy,
  type TrainConfig,
} from '../train/index.ts';
import type { RunHost } from './host.ts';
import { checkClasses, factsOf, findPhotos } from './photos.ts';
import { divisionFor } from './settings.ts';

/** A stage of the network, and how many parameters it has. */
export interface PlannedStage {
  readonly name: string;
  readonly parameters: number;
  /** Whether it is trained, in part at least. */
  readonly isTrained: boolean;
  /** Whether it would be if nobody said. */
  readonly isChosen: boolean;
}

/** What it costs to train the network from one stage on. */
export interface PlannedScope {
  /** The first stage that is trained. */
  readonly from: string;
  /** The setting that trains it and all stages after it. */
  readonly tune: string;
  /** The settings that go with it. */
  readonly config: TrainConfig;
  /** Undefined where a batch of these settings is larger than the adapter can take. */
  readonly cost: RunCost | undefined;
}

export interface RunPlan {
  readonly architecture: NetworkName;
  readonly title: string;
  readonly photos: { readonly train: number; readonly valid: number; readonly classes: number };
  /** From the input to the head. */
  readonly stages: readonly PlannedStage[];
  /** What a run of what was given is, with the reasons. */
  readonly chosen: Strategy;
  /** What would be trained if nobody said. */
  readonly auto: string;
  /** Of what was given. */
  readonly cost: RunCost | undefined;
  /** Training from each stage on, from the head alone to all. */
  readonly scopes: readonly PlannedScope[];
  /** The largest batch that needs no more than the budget; undefined where none does. */
  readonly fits: number | undefined;
}

export interface PlanRequest {
  readonly given: Partial<TrainConfig>;
  /** Its name in the registry. */
  readonly architecture: string;
  /** The size in pixels that the network learned at, where its file says so. */
  readonly learnedSize?: number | undefined;
  /** The most bytes that may be taken on the GPU. */
  readonly budgetBytes: number;
}

/**
 * Plans a run of what was given on the host's photos. Throws `DataError` or `RunError` where there are none or too few, and `TrainingError`
 * where settings do not go together.
 */
export async function planRun(
  host: Pick<RunHost, 'files' | 'decoders' | 'drawings' | 'openGpu'>,
  { given, architecture, learnedSize, budgetBytes }: PlanRequest,
): Promise<RunPlan> {
  if (!isNetworkName(architecture)) throw new RangeError(`There is no network "${architecture}".`);
  const wanted = { weights: settingDefaults.weights, ...given };
  const found = await findPhotos(host, wanted.data ?? null, divisionFor(wanted));
  const { gpu } = await host.openGpu();
  const { classes, valid } = found.folder;
  const facts = { ...(await factsOf(host, found, wanted)), learnedSize };
  const { stages, title, ready } = networks[architecture];
  await ready();
  const chosen = chooseStrategy(wanted, facts, stages);
  checkClasses(classes, chosen.config.loss);
  const auto = chooseStrategy({ ...wanted, tune: 'auto' }, facts, stages).config.tune;
  const photos = { train: facts.images, valid: valid.length, classes: classes.length };
  const outputs = outputsFor({ classes, loss: chosen.config.loss });
  const sizes = parametersByStage(gpu, architecture, outputs);
  const costs = (config: TrainConfig) => knownCost(gpu, architecture, config, photos);
  const cost = (config: TrainConfig) => whereBound(() => costs(config));
  return {
    ...{ architecture, title, photos, chosen, auto },
    stages: stages.map((stage, i) => ({
      name: stage.name,
      parameters: sizes[i] ?? 0,
      isTrained: trains(chosen.config.tune, stage, stages),
      isChosen: trains(auto, stage, stages),
    })),
    cost: cost(chosen.config),
    scopes: stages.map((stage, i) => {
      const tune = tuneFrom(i, stages);
      // The head alone cannot be trained first and then more.
      const given = stage === headOf(stages) ? { ...wanted, tune, gradual: false } : { ...wanted, tune };
      const { config } = chooseStrategy(given, facts, stages);
      return { from: stage.name, tune, config, cost: cost(config) };
    }),
    fits: largestBatch((batchSize) => costs({ ...chosen.config, batchSize }).bytes, budgetBytes),
  };
}

/** What `tune` says to train the stage of that index and all after it. */
export function tuneFrom(index: number, stages: Stages): string {
  if (index === 0) return 'all';
  const names = stages.slice(index, -1).map(({ name }) => name);
  return names.length === 0 ? headOf(stages).name : names.join(',');
}

/** Whether `tune` trains any of a stage. */
function trains(tune: string, { name, modules }: Stage, stages: Stages): boolean {
  if (name === headOf(stages).name) return true;
  const parts = tune.split(',').map((part) => part.trim());
  const isOf = (part: string) => modules.some((module) => isWithin(part, module) || isWithin(module, part));
  return parts.some((part) => part === 'all' || part === name || isOf(part));
}

function parametersByStage(gpu: Gpu, architecture: NetworkName, outputs: number): readonly number[] {
  const { create, stages } = networks[architecture];
  const { result } = gpu.rehearseScopes(() => [...create(gpu, outputs).namedParameters()]);
  return stages.map((stage) =>
    result.reduce((sum, [name, { size }]) => (isInStage(name, stage) ? sum + size : sum), 0),
  );
}

/** Costs that were told before on a device: a form asks for most of them again after every click. */
const costsOf = new WeakMap<Gpu, Map<string, RunCost>>();
/** More are forgotten. */
const MOST_COSTS = 500;

function knownCost(
  gpu: Gpu,
  ...request: Parameters<typeof costOf> extends [Gpu, ...infer Rest] ? Rest : never
): RunCost {
  let known = costsOf.get(gpu);
  if (!known || known.size > MOST_COSTS) costsOf.set(gpu, (known = new Map()));
  const key = JSON.stringify(request);
  const cost = known.get(key) ?? costOf(gpu, ...request);
  known.set(key, cost);
  return cost;
}

/** What a batch costs; undefined for one that is more than the adapter can take. */
function whereBound(cost: () => RunCost): RunCost | undefined {
  try {
    return cost();
  } catch (error) {
    if (error instanceof GpuError) return undefined;
    throw error;
  }
}
