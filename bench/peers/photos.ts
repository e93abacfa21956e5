// Whole programs on a folder of photos, from the start of their process to its end, when the model is written: `graft train`
// with nothing decided but where to begin, and the program that graft grew from, in PyTorch. What their models are worth is
// part of the result.
import { spawn } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readSafetensors } from '../../src/weights/index.ts';
import { ENGINES, pythonWithTorch } from './engines.ts';
import type { Measured } from './measure.ts';
import { environment } from './peer.ts';

/** A program that trains, and what it says of its model once it has ended. */
interface Trainer {
  readonly name: string;
  readonly title: string;
  command(run: Run): readonly [program: string, ...words: string[]];
  accuracy(run: Run, output: string): number;
}

interface Run {
  readonly data: string;
  readonly weights: string;
  /** Where the model goes; its folder is the program's working directory. */
  readonly model: string;
}

const here = (file: string): string => fileURLToPath(new URL(file, import.meta.url));

const graft: Trainer = {
  name: 'graft',
  title: ENGINES.graft.title,
  command: ({ data, weights, model }) => [
    process.execPath,
    here('../../bin/graft.mjs'),
    ...['train', '--tune', 'auto', '--data', data, '--weights', weights, '--output', model],
  ],
  accuracy({ model }) {
    const { metadata } = readSafetensors(readFileSync(model), model);
    return Number(metadata['val_accuracy']);
  },
};

const seed = (python: string): Trainer => ({
  name: 'seed',
  title: "the seed's program in PyTorch",
  command: ({ data, weights, model }) => [python, here('seed_program.py'), data, weights, '--output', model],
  accuracy: (_run, output) => lastAccuracy(output),
});

/** The accuracy after the last epoch, which is the written model's; throws if the program told of none. */
export function lastAccuracy(output: string): number {
  const last = [...output.matchAll(/^epoch \d+ .*accuracy ([\d.]+)/gm)].at(-1)?.[1];
  if (last === undefined) throw new Error("The seed's program told of no epoch.");
  return Number(last);
}

/**
 * Trains with both programs in `rounds` alternating rounds on `data` (train/ and test/, one folder of photos per class),
 * writing into `folder`. Without PyTorch there is only graft. Throws if something is missing or a program fails.
 */
export async function measurePhotos(
  { data, weights }: { readonly data: string; readonly weights: string },
  { rounds, folder }: { readonly rounds: number; readonly folder: string },
): Promise<Measured> {
  for (const path of [join(data, 'train'), join(data, 'test'), weights]) {
    if (!statSync(path, { throwIfNoEntry: false })) throw new Error(`There is no ${path}.`);
  }
  const python = pythonWithTorch();
  if (python === undefined) console.log(`- without the seed's program: ${ENGINES.torch.missing()}`);
  const trainers = [graft, ...(python === undefined ? [] : [seed(python)])];
  const times = new Map<Trainer, number[]>(trainers.map((trainer) => [trainer, []]));
  const accuracies = new Map<Trainer, number[]>(trainers.map((trainer) => [trainer, []]));
  for (let round = 1; round <= rounds; round++) {
    process.stderr.write(`photos, round ${round} of ${rounds}:`);
    for (const trainer of trainers) {
      process.stderr.write(` ${trainer.name}`);
      const run = {
        data: resolve(data),
        weights: resolve(weights),
        model: join(folder, `${trainer.name}-${round}`),
      };
      const start = performance.now();
      const output = await finish(trainer.command(run), folder);
      times.get(trainer)?.push(performance.now() - start);
      accuracies.get(trainer)?.push(trainer.accuracy(run, output));
    }
    process.stderr.write('\n');
  }
  const results = trainers.map((trainer) => ({
    engine: trainer.title,
    times: times.get(trainer) ?? [],
    accuracies: accuracies.get(trainer) ?? [],
  }));
  return { engines: [], agreements: [], results };
}

/** Runs a program to its end and resolves to what it printed; throws with that where it failed. */
async function finish(
  [program, ...words]: readonly [program: string, ...words: string[]],
  folder: string,
): Promise<string> {
  const child = spawn(program, words, { cwd: folder, env: environment(), stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text: Buffer) => (output += text));
  const code = await new Promise((ended, failed) => child.once('error', failed).once('close', ended));
  if (code !== 0) throw new Error(`${program} ${words.join(' ')} ended with code ${code}.\n${output}`);
  return output;
}
