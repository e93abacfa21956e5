// What many photos take: the memory of the process, the time, and whether the model comes out the same however little memory its photos
// may take. Linux only, for it reads /proc:
//
//   node bin/run.mjs bench/studies/many-photos.ts WEIGHTS CLASSES --photos 25000 --tune layer4 --size 128 --memory 64 [--rounds 1]
//
// CLASSES is a folder with a folder of JPEGs for each class. N small photos are cut from them, no two with the same bytes, and trained on
// for an epoch, with all memory and with so many MiB of it in turns. GPU memory is the process's own on a software adapter: a run of a
// few of the photos, with the same network and batches, shows how much it takes whatever their number.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { openSharp, type Sharp } from '../../src/platform/node/photos/sharp.ts';

/** As seen from the package, where this is started. */
const GRAFT = resolve('bin/graft.mjs');
/** The photos of the run that shows what the adapter takes, and what a photo measures. */
const FEW = 256;
const SIDES = { width: 192, height: 144 };
/** More than any set takes. */
const ALL_MEMORY = 1_000_000;

/** Writes `count` photos into a folder for each class, cut from those in `source` at places that differ. */
async function makePhotos(sharp: Sharp, source: string, folder: string, count: number): Promise<void> {
  const classes = readdirSync(source).sort();
  const files = classes.map((name) =>
    readdirSync(join(source, name))
      .filter((file) => file.endsWith('.jpg'))
      .sort(),
  );
  for (const name of classes) mkdirSync(join(folder, name), { recursive: true });
  const make = async (i: number) => {
    const label = i % classes.length;
    const [name = '', own = []] = [classes[label], files[label]];
    const index = Math.floor(i / classes.length);
    const cut = Math.floor(index / own.length);
    const path = join(folder, name, `${index}.jpg`);
    if (existsSync(path)) return;
    // Enlarged a little more than needed, and cut at a place of its own.
    const [left, top] = [cut % 48, Math.floor(cut / 48) % 36];
    const bytes = await sharp(readFileSync(join(source, name, own[index % own.length] ?? '')))
      .resize(SIDES.width + 48, SIDES.height + 36, { fit: 'fill' })
      .extract({ left, top, ...SIDES })
      .jpeg({ quality: 85 })
      .toBuffer();
    writeFileSync(path, bytes);
  };
  for (let first = 0; first < count; first += 64)
    await Promise.all(Array.from({ length: Math.min(64, count - first) }, (_, k) => make(first + k)));
}

interface Measured {
  readonly seconds: number;
  /** Of processor time, of all threads. */
  readonly processor: number;
  /** The most memory at any time. */
  readonly mebibytes: number;
  readonly sha256: string;
}

/** Trains in a process of its own, and watches it. */
async function measure(home: string, name: string, args: readonly string[]): Promise<Measured> {
  rmSync(join(home, 'runs', name), { recursive: true, force: true });
  const start = performance.now();
  const child = spawn(process.execPath, [GRAFT, 'train', '--name', name, ...args], {
    cwd: home,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const seen = { mebibytes: 0, processor: 0 };
  const look = () => {
    const status = readIfThere(`/proc/${child.pid}/status`);
    const peak = /VmHWM:\s+(\d+) kB/.exec(status)?.[1];
    if (peak !== undefined) seen.mebibytes = Number(peak) / 1024;
    // After the name in brackets the numbers are the third and following fields; ticks are hundredths of a second.
    const fields = readIfThere(`/proc/${child.pid}/stat`)
      .replace(/^.*\) /s, '')
      .split(' ');
    if (fields.length > 12) seen.processor = (Number(fields[11]) + Number(fields[12])) / 100;
  };
  const timer = setInterval(look, 50);
  const code = await new Promise<number | null>((done) => child.once('exit', done));
  clearInterval(timer);
  if (code !== 0) throw new Error(`graft train ended with ${code}.`);
  const model = readFileSync(join(home, 'runs', name, 'best.safetensors'));
  const sha256 = createHash('sha256').update(model).digest('hex');
  return { ...seen, seconds: (performance.now() - start) / 1000, sha256 };
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return ''; // the process is gone
  }
}

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    photos: { type: 'string', default: '2000' },
    tune: { type: 'string', default: 'layer4' },
    size: { type: 'string', default: '128' },
    memory: { type: 'string', default: '64' },
    rounds: { type: 'string', default: '1' },
    /** MiB of photos on the GPU; on a software adapter that is the process's memory. */
    cache: { type: 'string', default: '0' },
    /** Where photos are kept for the next time. */
    keep: { type: 'string' },
  },
});
const [weights, classes] = positionals;
const { sharp } = openSharp();
if (weights === undefined || classes === undefined || !sharp)
  throw new Error('Name a file of weights and a folder of classes, and install sharp.');
const home = values.keep === undefined ? mkdtempSync(join(tmpdir(), 'graft-many-')) : resolve(values.keep);
try {
  const folders = { few: join(home, 'few'), many: join(home, `many-${values.photos}`) };
  await makePhotos(sharp, resolve(classes), folders.few, FEW);
  await makePhotos(sharp, resolve(classes), folders.many, Number(values.photos));
  const argsFor = (data: string, memory: number | string) => [
    ...['--data', data, '--weights', resolve(weights), '--tune', values.tune, '--size', values.size],
    ...['--epochs', '1', '--batch-size', '32', '--cache', values.cache, '--photo-memory', String(memory)],
  ];
  const show = (what: string, { seconds, processor, mebibytes, sha256 }: Measured) =>
    console.log(
      `${what.padEnd(20)} ${mebibytes.toFixed(0)} MiB  ${seconds.toFixed(1)} s  ${processor.toFixed(1)} s of processor  ${sha256.slice(0, 16)}`,
    );
  show(`${FEW} photos`, await measure(home, 'few', argsFor(folders.few, ALL_MEMORY)));
  for (let round = 0; round < Number(values.rounds); round++) {
    show(`${values.photos}, all memory`, await measure(home, 'all', argsFor(folders.many, ALL_MEMORY)));
    show(
      `${values.photos}, ${values.memory} MiB`,
      await measure(home, 'little', argsFor(folders.many, values.memory)),
    );
  }
} finally {
  if (values.keep === undefined) rmSync(home, { recursive: true, force: true });
}
