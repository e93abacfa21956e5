/**
 * One training step at work: what each dispatch of its record takes, how far the weights move, how large gradients and activations are. All
 * of it is read from the engine while it trains on real photos; what is only looked at is done in a step of its own, before those that
 * are timed.
 */
import type { ImageSet } from '../../data/index.ts';
import type { DispatchTime, Part, Storage } from '../../gpu/index.ts';
import { BINS, magnitudes } from '../../kernels/reduce/index.ts';
import { isInStage, type Network, type Parameter } from '../../nn/index.ts';
import { sizeOf } from '../../autograd/index.ts';
import type { TrainConfig } from '../settings/config.ts';
import { stepOf, type StepOptions } from './step.ts';

export interface MeasuredStep {
  /** The mean loss of the batch before the step. */
  readonly loss: number;
  /** Milliseconds of whole steps, from the first line of JavaScript until the loss is back: a number a round. */
  readonly wall: readonly number[];
  /** GPU time of each dispatch in milliseconds, the mean over rounds; null where the adapter has no timestamps. */
  readonly dispatches: readonly { readonly kernel: string; readonly milliseconds: number }[] | null;
  /** Those that are trained. */
  readonly parameters: readonly MeasuredParameter[];
  /** How large each operation's result is, in their order: counts by powers of two (kernels/reduce/magnitudes.wgsl.ts). */
  readonly activations: readonly Uint32Array[];
}

/** Euclidean norms over all numbers of a parameter. */
export interface MeasuredParameter {
  readonly name: string;
  readonly stage: string | undefined;
  readonly gradient: number;
  /** Before the step. */
  readonly weight: number;
  /** Of what the step changes. */
  readonly update: number;
}

export interface MeasureStepOptions extends StepOptions {
  /** Ends after as many milliseconds of timed rounds, but not before three of them. */
  readonly milliseconds?: number;
}

const LEAST_ROUNDS = 3;
const MOST_ROUNDS = 50;

/** Takes steps of the first phase on the batch that `images` are; the network is another one afterwards. */
export async function measureStep(
  model: Network,
  config: TrainConfig,
  images: ImageSet,
  { milliseconds = 2000, ...options }: MeasureStepOptions = {},
): Promise<MeasuredStep> {
  const { gpu } = model;
  const step = stepOf(model, config, images, options);
  const looked = await lookedAt(model, step);
  const wall: number[] = [];
  const profiles: (readonly DispatchTime[])[] = [];
  const begin = performance.now();
  for (let round = 0; round < MOST_ROUNDS; round++) {
    if (round >= LEAST_ROUNDS && performance.now() - begin > milliseconds) break;
    const start = performance.now();
    await step();
    wall.push(performance.now() - start);
    const profile = await gpu.profileDispatches(step);
    if (profile) profiles.push(profile);
  }
  return { ...looked, wall, dispatches: meanOf(profiles) };
}

/** A step with eyes open; it compiles what the others run. */
async function lookedAt(model: Network, step: () => Promise<{ readonly loss: number }>) {
  const { gpu } = model;
  const trained = [...model.namedParameters()].filter(([, { requiresGrad }]) => requiresGrad);
  const before = await Promise.all(trained.map(([, parameter]) => parameter.read()));
  const counts: Promise<Float32Array>[] = [];
  gpu.onPart = ({ pass, output }: Part) => {
    if (pass === 'forward') counts.push(countsOf(output));
  };
  const countsOf = ({ storage: x, shape }: { storage: Storage; shape: readonly number[] }) => {
    const counts = gpu.temporary(BINS * 4, 'magnitudes');
    magnitudes(gpu, { x, counts }, sizeOf(shape));
    return gpu.read(counts);
  };
  const { loss } = await step().finally(() => (gpu.onPart = undefined));
  const activations = (await Promise.all(counts)).map((bits) => new Uint32Array(bits.buffer));
  const parameters: MeasuredParameter[] = [];
  for (const [i, [name, parameter]] of trained.entries())
    parameters.push({ name, ...(await movedBy(parameter, before[i])), stage: stageOf(model, name) });
  return { loss, activations, parameters };
}

async function movedBy(parameter: Parameter, before: Float32Array = new Float32Array()) {
  const after = await parameter.read();
  const gradient = (await parameter.readGradient()) ?? new Float32Array();
  return {
    gradient: norm(gradient),
    weight: norm(before),
    update: norm(after.map((value, i) => value - (before[i] ?? 0))),
  };
}

const stageOf = (model: Network, name: string): string | undefined =>
  model.stages.find((stage) => isInStage(name, stage))?.name;

const norm = (values: Float32Array): number =>
  Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));

/** Dispatch by dispatch over all rounds. */
function meanOf(rounds: readonly (readonly DispatchTime[])[]): MeasuredStep['dispatches'] {
  const [first] = rounds;
  if (!first) return null;
  return first.map(({ name }, i) => ({
    kernel: name,
    milliseconds: rounds.reduce((sum, round) => sum + (round[i]?.milliseconds ?? 0), 0) / rounds.length,
  }));
}
