/**
 * The lab: a worker with a device of its own, on which a page tries kernels in any words. It opens the adapter as it starts, answers one
 * question after the other, and is thrown away by the page once it no longer answers or its device is lost.
 */
import { messageOf } from '../../../../src/format.ts';
import { DeviceLostError, type Gpu } from '../../../../src/gpu/index.ts';
import { factsOf, openAdapter, WebGpuError } from '../../../../src/platform/web/adapter.ts';
import { createGpu } from '../../../../src/platform/web/gpu.ts';
import type { Exercise } from '../../../../src/run/exercises/exercise.ts';
import { race } from '../../../../src/run/lab/times.ts';
import type { Stage, Trial } from '../../../../src/run/lab/judgement.ts';
import { Workbench } from '../../../../src/run/lab/workbench.ts';
import type { FromLab, LabCalls, LabFailure, LabRequest } from './protocol.ts';

const send = (message: FromLab) => (postMessage as (message: FromLab) => void)(message);

/** Workbenches keep tensors on the device: of a ladder's rungs at one size a few fit, of anything else the last. */
const KEPT = 12;

function answers(gpu: Gpu): {
  readonly [N in keyof LabCalls]: (
    tell: (stage: Stage) => void,
    ...args: Parameters<LabCalls[N]>
  ) => ReturnType<LabCalls[N]>;
} {
  const benches = new Map<string, Workbench>();
  const benchOf = (trial: Trial) => {
    const key = JSON.stringify([trial.operation, Object.entries(trial.sizes).sort(), trial.algorithm]);
    const bench = benches.get(key) ?? new Workbench(gpu, trial);
    benches.delete(key);
    benches.set(key, bench);
    return bench;
  };
  const tidy = () => {
    for (const [key, bench] of benches) {
      if (benches.size <= KEPT) return;
      bench.close();
      benches.delete(key);
    }
  };
  return {
    async judge(tell, trial, edits, look) {
      const judgement = await benchOf(trial).judge(edits, { look, tell });
      tidy();
      return judgement;
    },
    async race(tell, entrants, options) {
      const opened = entrants.map(({ trial, edits }) => ({ bench: benchOf(trial), edits }));
      for (const { bench } of opened) await bench.open();
      tell('timing');
      const racers = opened.map(({ bench, edits }) => ({
        record: bench.recorder(edits),
        written: bench.written,
      }));
      const times = await race(gpu, racers, options);
      tidy();
      return times;
    },
    async check(tell, name, text) {
      const { examine } = await import('../../../../src/run/exercises/examine.ts');
      return examine(gpu, await exerciseNamed(name), text, tell);
    },
    async timeExercise(tell, name, text) {
      const { timeBoth } = await import('../../../../src/run/exercises/times.ts');
      tell('timing');
      return timeBoth(gpu, await exerciseNamed(name), text);
    },
    async ceilings(tell) {
      const { measureCeilings } = await import('../../../../src/bench/ceilings.ts');
      tell('timing');
      return measureCeilings(gpu);
    },
  };
}

async function exerciseNamed(name: string): Promise<Exercise> {
  const { exercises } = await import('../../../../src/run/exercises/index.ts');
  const exercise = exercises.find((one) => one.name === name);
  if (!exercise) throw new RangeError(`There is no exercise "${name}".`);
  return exercise;
}

function failureOf(error: unknown): LabFailure {
  const message = messageOf(error);
  if (error instanceof WebGpuError) return { kind: 'no-gpu', problem: error.problem, message };
  return { kind: error instanceof DeviceLostError ? 'device-lost' : 'failed', message };
}

async function open(): Promise<ReturnType<typeof answers>> {
  const adapter = await openAdapter();
  const gpu = await createGpu(adapter);
  void gpu.lost.then(({ message }) => send({ closed: { kind: 'device-lost', message } }));
  const { software, subgroupSize } = gpu;
  send({ opened: { adapter: factsOf(adapter).name, traits: { software, subgroupSize } } });
  return answers(gpu);
}

const opening = open();
opening.catch((error: unknown) => send({ closed: failureOf(error) }));

/** One question at a time: what is timed is alone on the device. */
let last: Promise<unknown> = opening;

onmessage = ({ data: { id, name, args } }: MessageEvent<LabRequest>) => {
  const call = async () => {
    const functions = (await opening) as Readonly<
      Record<string, (tell: (stage: Stage) => void, ...args: readonly unknown[]) => Promise<unknown>>
    >;
    return functions[name]?.((stage) => send({ id, stage }), ...args);
  };
  last = last
    .catch(() => undefined)
    .then(call)
    .then(
      (result) => send({ id, result }),
      (error: unknown) => send({ id, failure: failureOf(error) }),
    );
};
