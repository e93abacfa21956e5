// The two sides of an accuracy table. graft trains as `graft train` does, with nothing decided but photos, weights and seed; PyTorch by
// the customary recipes of bench/peers/torch_accuracy.py.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { RunHost } from '../../src/run/host.ts';
import { MemoryStore } from '../../src/run/store/memory.ts';
import { train } from '../../src/run/train.ts';
import type { TrainConfig } from '../../src/train/index.ts';
import { pythonWithTorch } from '../peers/engines.ts';
import type { PhotoSet } from './photos.ts';

/** A model of one seed. Accuracies are shares of the validation photos. */
export interface Trained {
  /** After the last epoch. */
  readonly last: number;
  /** After the best epoch, which is chosen by the photos that it is judged by. */
  readonly best: number;
  /** Reading photos included. */
  readonly seconds: number;
}

/** Trains as `graft train` does; what is `given` is decided, and the rest chosen. Resolves to the settings, too. */
export async function trainGraft(
  host: RunHost,
  given: Partial<TrainConfig>,
): Promise<Trained & { readonly config: TrainConfig }> {
  const store = new MemoryStore();
  let config: TrainConfig | undefined;
  const start = performance.now();
  const result = await train(
    { ...host, store },
    { given, name: 'accuracy', keepFeatures: true, commands: () => [] },
    {
      tell: (event) => void (event.kind === 'chosen' && (config = event.config)),
      signal: new AbortController().signal,
    },
  );
  const seconds = (performance.now() - start) / 1000;
  const last = result.kind === 'trained' ? result.history.at(-1) : undefined;
  if (result.kind !== 'trained' || !last || !result.best || !config)
    throw new Error('The run was not trained.');
  return { last: last.valid.accuracy, best: result.best.valid.accuracy, seconds, config };
}

/** Recipes by what graft trained of the network: heads beside heads, the last stage beside the last stage. */
export function recipesFor(tune: string): readonly string[] {
  if (tune === 'head') return ['squash 160, hot', 'squash 224', 'short side 224', '256 to 224'];
  return tune === 'all' ? ['all 160'] : ['layer4 160', 'layer4 224'];
}

interface TorchRow extends Trained {
  readonly recipe: string;
  readonly seed: number;
}

/** PyTorch's models of each recipe and seed; undefined where there is no PyTorch. Throws where the program fails. */
export async function trainTorch(
  { found: { folder } }: PhotoSet,
  job: { readonly weights: string; readonly recipes: readonly string[]; readonly seeds: readonly number[] },
  tell: (row: TorchRow) => void,
): Promise<ReadonlyMap<string, readonly Trained[]> | undefined> {
  const python = pythonWithTorch();
  if (python === undefined) return undefined;
  const script = fileURLToPath(new URL('../peers/torch_accuracy.py', import.meta.url));
  // OpenBLAS of Debian 12 mistakes newer processors for old ones where this is set.
  const child = spawn(python, [script], {
    env: { ...process.env, OPENBLAS_CORETYPE: '' },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = new Promise((done, failed) => child.once('error', failed).once('close', done));
  const rows = (part: 'train' | 'valid') => folder[part].map(({ path, label }) => [path, label]);
  const { classes } = folder;
  child.stdin.end(
    JSON.stringify({ classes: classes.length, train: rows('train'), valid: rows('valid'), ...job }),
  );
  const results = new Map<string, Trained[]>(job.recipes.map((recipe) => [recipe, []]));
  for await (const line of createInterface(child.stdout)) {
    const row = JSON.parse(line) as TorchRow;
    const { last, best, seconds } = row;
    results.get(row.recipe)?.push({ last, best, seconds });
    tell(row);
  }
  const code = await ended;
  if (code !== 0) throw new Error(`torch_accuracy.py ended with code ${String(code)}.`);
  return results;
}
