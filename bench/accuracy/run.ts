// npm run accuracy -- DIR… : what graft's defaults make of folders of photos, over several seeds, beside what PyTorch makes of the same
// photos by its customary recipes. Shows a table, and with --write puts its rows into docs/accuracy.md.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command, InvalidArgumentError } from 'commander';
import { format } from 'prettier';
import { nodeHost } from '../../src/platform/node/host.ts';
import { exitCleanly } from '../../src/platform/node/index.ts';
import type { OpenedGpu } from '../../src/run/host.ts';
import type { FeatureStore, TrainConfig } from '../../src/train/index.ts';
import { openSet, type Few, type PhotoSet } from './photos.ts';
import { tables, withRow, withTables, type Row } from './table.ts';
import { recipesFor, trainGraft, trainTorch, type Trained } from './trainers.ts';

const here = (file: string): string => fileURLToPath(new URL(file, import.meta.url));
const RESULTS = here('results.json');
const PAGE = here('../../docs/accuracy.md');

interface Options {
  readonly weights: string;
  readonly seeds: number;
  readonly tune?: string;
  readonly size?: number;
  readonly few?: Few;
  readonly torch: boolean;
  readonly write: boolean;
}

const whole = (text: string): number => {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1) throw new InvalidArgumentError('It is a whole number from 1.');
  return number;
};
const fewOf = (text: string): Few => {
  const [train, valid, ...more] = text.split(':').map(Number);
  if (!train || !valid || more.length > 0)
    throw new InvalidArgumentError('It is two numbers, such as 60:40.');
  return { train, valid };
};

const command = new Command('npm run accuracy --')
  .description(
    'Trains on folders of photos with several seeds, in graft and, where it is installed, in PyTorch.',
  )
  .argument('<dir...>', 'folders of photos, as graft train takes them')
  .requiredOption('--weights <file>', 'a ResNet-18 in PyTorch’s format, with which both sides begin')
  .option('--seeds <n>', 'models a set', whole, 5)
  .option('--tune <parts>', 'what graft trains; by default it chooses')
  .option('--size <pixels>', 'height and width that graft’s network sees; by default it chooses', whole)
  .option('--few <train:valid>', 'take the first so many photos of each class', fewOf)
  .option('--no-torch', 'leave PyTorch out')
  .option('--write', 'put the rows into docs/accuracy.md', false);
command.parse();
const options = command.opts<Options>();

/** All runs of the process share one device. */
let opened: Promise<OpenedGpu> | undefined;
const node = nodeHost({ onBadAutotuned: (reason) => process.stderr.write(`${reason}\n`) });
/** The seeds of a set differ in the head alone, and share what the trunk makes of the photos, as PyTorch's models do. */
const features = new Map<string, Float32Array<ArrayBuffer>>();
const store: FeatureStore = {
  find: (name) => Promise.resolve(features.get(name)?.slice()),
  keep: (name, values) => Promise.resolve(void features.set(name, values.slice())),
};
const host = {
  ...node,
  openGpu: () => (opened ??= node.openGpu()),
  openFeatures: () => Promise.resolve(store),
};
const scratch = await mkdtemp(join(tmpdir(), 'graft-accuracy-'));
try {
  for (const dir of command.args) {
    features.clear();
    const set = await openSet(host, dir, { few: options.few, scratch });
    const row = await measure(set);
    process.stdout.write(`${tables([row])}\n`);
    if (options.write) await write(row);
  }
} finally {
  await rm(scratch, { recursive: true, force: true });
}
await exitCleanly(0);

async function measure(set: PhotoSet): Promise<Row> {
  const { train, valid, classes } = set.found.folder;
  const seeds = Array.from({ length: options.seeds }, (_, i) => i + 1);
  const weights = resolve(options.weights);
  const graft: Trained[] = [];
  let config: TrainConfig | undefined;
  for (const seed of seeds) {
    const { tune, size } = options;
    const model = await trainGraft(host, {
      data: set.dir,
      weights,
      seed,
      tune,
      size,
    } as Partial<TrainConfig>);
    const { last, best, seconds } = model;
    config = model.config;
    graft.push({ last, best, seconds });
    tell(set.name, 'graft', seed, model);
  }
  if (!config) throw new Error('Nothing was trained.');
  const recipes = recipesFor(config.tune);
  const torch = options.torch
    ? await trainTorch(set, { weights, recipes, seeds }, (row) => tell(set.name, row.recipe, row.seed, row))
    : undefined;
  return {
    ...{ set: set.name, train: train.length, valid: valid.length, classes: classes.length },
    ...{ tune: config.tune, isChosen: options.tune === undefined, size: config.size, epochs: config.epochs },
    graft,
    torch: Object.fromEntries(torch ?? []),
  };
}

function tell(set: string, who: string, seed: number, { last, best, seconds }: Trained): void {
  process.stderr.write(
    `${set}, ${who}, seed ${seed}: ${last.toFixed(3)} after the last epoch, ${best.toFixed(3)} at best, ${seconds.toFixed(0)} s\n`,
  );
}

async function write(row: Row): Promise<void> {
  const rows = withRow(JSON.parse(await readFile(RESULTS, 'utf8')) as Row[], row);
  await writeFile(RESULTS, await format(JSON.stringify(rows), { parser: 'json', printWidth: 110 }));
  const page = withTables(await readFile(PAGE, 'utf8'), tables(rows));
  await writeFile(PAGE, await format(page, { parser: 'markdown', printWidth: 140 }));
}
