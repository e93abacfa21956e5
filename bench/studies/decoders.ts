// How much of a processor's time photos of 12 megapixels take by each decoder of this machine, in turns, and resampling them then. Time on a
// clock would count whatever else the machine does:
//
//   node bin/run.mjs bench/studies/decoders.ts PHOTOS [--rounds 3]
//
// The photos are 20 of those in the folder PHOTOS, enlarged to 4000 × 3000 and saved as JPEGs of quality 90.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { applyTransform } from '../../src/data/resize.ts';
import { decoderOf, decodersHere } from '../../src/platform/node/photos/decoders.ts';
import { openSharp, type Sharp } from '../../src/platform/node/photos/sharp.ts';
import { median } from '../../src/bench/statistics.ts';

const COUNT = 20;
const SIZE = { width: 4000, height: 3000 };
/** What the network sees by default. */
const SEEN = { kind: 'resize', width: 160, height: 160 } as const;

async function enlarged(sharp: Sharp, folder: string): Promise<Buffer[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.jpg')).sort();
  const every = Math.max(1, Math.floor(names.length / COUNT));
  const chosen = names.filter((_, i) => i % every === 0).slice(0, COUNT);
  return Promise.all(
    chosen.map(async (name) =>
      sharp(await readFile(join(folder, name)))
        .resize({ ...SIZE, fit: 'fill' })
        .jpeg({ quality: 90 })
        .toBuffer(),
    ),
  );
}

/** Of all threads, since then. */
function milliseconds(since: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(since);
  return (user + system) / 1000;
}

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: 'string', default: '3' } },
});
const { sharp } = openSharp();
if (!sharp || positionals[0] === undefined) throw new Error('Name a folder of photos, and install sharp.');
const photos = await enlarged(sharp, positionals[0]);
const times = new Map(decodersHere('').map((name) => [name, [] as number[]]));
const resampling: number[] = [];
for (let round = 0; round < Number(values.rounds); round++)
  for (const [name, own] of times) {
    const decode = decoderOf(name);
    for (const photo of photos) {
      const start = process.cpuUsage();
      const image = await decode(photo, {});
      own.push(milliseconds(start));
      const decoded = process.cpuUsage();
      applyTransform(image, SEEN);
      resampling.push(milliseconds(decoded));
    }
  }
const text = (list: readonly number[]) =>
  `${median(list).toFixed(0)} ms a photo (${Math.min(...list).toFixed(0)}–${Math.max(...list).toFixed(0)})`;
for (const [name, own] of times) console.log(`${name.padEnd(12)}${text(own)}`);
console.log(`${'resampling'.padEnd(12)}${text(resampling)}`);
