/**
 * A run's life in any face: trained whole; trained, stopped and gone on with; evaluated, with its report. It is told over a host and
 * imports nothing of Node or of a browser. What comes back is plain data, which a page can send to a test.
 */
import { fileTree } from '../../src/data/file-tree.ts';
import { encodePng, type FileSystem } from '../../src/data/index.ts';
import type { Gpu } from '../../src/gpu/index.ts';
import { resnet18 } from '../../src/networks/index.ts';
import { createRandom } from '../../src/random.ts';
import { evaluateModel } from '../../src/run/evaluate.ts';
import type { RunHost } from '../../src/run/host.ts';
import { judgeRun as judgeAgain } from '../../src/run/judge-run.ts';
import { predict } from '../../src/run/predict.ts';
import { readAnswers, type StoredAnswers } from '../../src/run/store/answers.ts';

import { runFiles, type RunFile } from '../../src/run/store/folder.ts';
import { train, type TrainRequest } from '../../src/run/train.ts';
import type { TrainConfig } from '../../src/train/index.ts';
import { readSafetensors, writeSafetensors } from '../../src/weights/index.ts';

/** The folder of the photos, and the file of the network that runs start from. */
const PHOTOS = 'photos';
export const WEIGHTS = 'weights.safetensors';
const [PHOTOS_OF_A_CLASS, SIDE] = [6, 24];

/** Photos of two classes, mostly red and mostly blue, and a network with random weights. */
export async function storyFiles(gpu: Gpu): Promise<FileSystem> {
  const model = resnet18(gpu, 10);
  model.initialise(createRandom(1));
  const weights = writeSafetensors(await model.stateDict(), { dtype: 'f32' });
  model.dispose();
  const photos = ['red', 'blue'].flatMap((name, label) =>
    Array.from({ length: PHOTOS_OF_A_CLASS }, (_, i) => {
      const bytes = photo(label, i);
      return [`${PHOTOS}/${name}/${i}.png`, () => Promise.resolve(bytes)] as const;
    }),
  );
  return fileTree([...photos, [WEIGHTS, () => Promise.resolve(weights)]]);
}

function photo(label: number, seed: number): Uint8Array {
  const random = createRandom(label, seed);
  const data = new Uint8Array(SIDE * SIDE * 3);
  data.forEach((_, i) => (data[i] = i % 3 === (label === 0 ? 0 : 2) ? 255 : random.below(100)));
  return encodePng({ width: SIDE, height: SIDE, data });
}

/** Augmented, with a block of the network trained, so that a resumed run has moments, statistics and random draws to go on with. */
const GIVEN: Partial<TrainConfig> = {
  data: PHOTOS,
  weights: WEIGHTS,
  tune: 'layer4.1',
  augment: 'standard',
  size: 32,
  batchSize: 4,
  epochs: 2,
};

export const request = (more: Partial<TrainRequest>): TrainRequest => ({
  given: GIVEN,
  commands: (run) => [{ purpose: 'Look at it', command: `open ${run}` }],
  ...more,
});

/** How a run ended. */
export interface Chapter {
  readonly run: string;
  readonly stopped: boolean;
  readonly epochs: number;
  /** The kinds of what was told, each once. */
  readonly told: readonly string[];
}

/** Trains to the end, or stops after so many steps. */
export async function trainRun(host: RunHost, name: string, stopAfter = Infinity): Promise<Chapter> {
  return told(host, request({ name }), stopAfter);
}

/** Goes on with a run. */
export async function resumeRun(host: RunHost, name: string): Promise<Chapter> {
  return told(host, request({ given: {}, resume: host.store.place(name) }));
}

async function told(host: RunHost, request: TrainRequest, stopAfter = Infinity): Promise<Chapter> {
  const controller = new AbortController();
  const kinds = new Set<string>();
  let steps = 0;
  const result = await train(host, request, {
    signal: controller.signal,
    tell(event) {
      kinds.add(event.kind);
      if (event.kind === 'step' && ++steps === stopAfter) controller.abort();
    },
  });
  if (result.kind !== 'trained') throw new Error('The run was stopped before it trained.');
  const { run, stopped, history } = result;
  return { run, stopped, epochs: history.length, told: [...kinds] };
}

/** Trains for ever, telling of each step, until whatever runs it is gone. */
export function trainUntilKilled(host: RunHost, name: string, onStep: () => void): Promise<unknown> {
  return train(host, request({ name, checkpointSeconds: 0 }), {
    signal: new AbortController().signal,
    tell: ({ kind }) => kind === 'step' && onStep(),
  });
}

/** Why a run that trains what there is not is refused, and a model without names for its classes. */
export async function refusals(host: RunHost): Promise<readonly string[]> {
  const controls = { tell: () => undefined, signal: new AbortController().signal };
  const reason = (promise: Promise<unknown>) =>
    promise.then(
      () => 'none',
      (error: unknown) => String(error),
    );
  return [
    await reason(train(host, request({ name: 'refused', given: { ...GIVEN, tune: 'layer9' } }), controls)),
    await reason(evaluateModel(host, { model: WEIGHTS, data: PHOTOS }, controls)),
  ];
}

/** A checksum of the tensors in one of a run's models. */
export async function modelOf(host: RunHost, name: string, file: 'best' | 'last'): Promise<string> {
  const { tensors } = readSafetensors(await fileOf(host, name, file), file);
  const hash = host.sha256();
  for (const [key, { data }] of tensors) {
    hash.update(new TextEncoder().encode(`${key}\0`));
    hash.update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
  return hash.hex();
}

export async function textOf(host: RunHost, name: string, file: RunFile): Promise<string> {
  return new TextDecoder().decode(await fileOf(host, name, file));
}

async function fileOf(host: RunHost, name: string, file: RunFile): Promise<Uint8Array> {
  const run = await host.store.look(host.store.place(name));
  if (!run) throw new Error(`There is no run ${name}.`);
  return run.read(runFiles[file]);
}

/** What a run kept of its model's answers, and what the model says when it is asked again. */
export async function answersOf(
  host: RunHost,
  name: string,
): Promise<readonly (StoredAnswers | undefined)[]> {
  const run = host.store.place(name);
  const reader = await host.store.look(run);
  const kept = reader && (await readAnswers(reader));
  const controls = { tell: () => undefined, signal: new AbortController().signal };
  return [kept, await judgeAgain(host, run, kept?.epoch ?? 0, controls)];
}

/** What a run's model says of all photos. */
export async function judgeRun(host: RunHost, name: string) {
  const model = host.store.place(name);
  const controls = { tell: () => undefined, signal: new AbortController().signal };
  const { confusion, loss, mistakes } = await evaluateModel(host, { model, data: PHOTOS }, controls);
  const first = await predict(host, { model, photos: [`${PHOTOS}/red/0.png`], top: 2 }).next();
  const ranked = first.done ? [] : first.value.ranked;
  return {
    ...{ counts: Array.from(confusion.counts), classes: confusion.classes, loss, mistakes: mistakes.length },
    ranked: ranked.map((one) => one.class).sort(),
    shares: ranked.reduce((sum, { probability }) => sum + probability, 0),
  };
}
