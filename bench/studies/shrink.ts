// What decoding large JPEGs at a part of their size saves, and what it changes: in pixels, and in the answers of a network with ImageNet's
// weights. PHOTOS are named NNNN_…, by their class; they are enlarged to 4000 × 3000 and saved as JPEGs of quality 90.
//
//   node bin/run.mjs bench/studies/shrink.ts resnet18.pth PHOTOS
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeFile, type Transform } from '../../src/data/index.ts';
import { nodeFiles } from '../../src/platform/node/files.ts';
import { nodeHost } from '../../src/platform/node/host.ts';
import { exitCleanly } from '../../src/platform/node/index.ts';
import { decoderOf } from '../../src/platform/node/photos/decoders.ts';
import { openSharp } from '../../src/platform/node/photos/sharp.ts';
import { classifyPhotos, createClassifier } from '../../src/run/model/classifier.ts';
import { readWeightsFile } from '../../src/run/model/weights-file.ts';
import { median } from '../../src/bench/statistics.ts';

const SIZE = { width: 4000, height: 3000 };
const SIZES = [160, 224, 256];
const SHRINK_FROM = 4;
/** Every so many-th photo's pixels are compared. */
const EVERY = 10;

const [weights, folder] = process.argv.slice(2);
const { sharp } = openSharp();
if (!sharp || !weights || !folder) throw new Error('Name weights and a folder of photos, and install sharp.');
const names = (await readdir(folder)).filter((name) => /^\d{4}_.*\.jpg$/.test(name)).sort();
const scratch = await mkdtemp(join(tmpdir(), 'graft-shrink-'));
try {
  for (const name of names) {
    const photo = sharp(await readFile(join(folder, name))).resize({ ...SIZE, fit: 'fill' });
    await writeFile(join(scratch, name), await photo.jpeg({ quality: 90 }).toBuffer());
  }
  for (const size of SIZES) await comparePixels(size);
  await compareAnswers(weights);
} finally {
  await rm(scratch, { recursive: true, force: true });
}
await exitCleanly(0);

async function comparePixels(size: number): Promise<void> {
  const decode = decoderOf('sharp');
  const whole: Transform = { kind: 'resize', width: size, height: size };
  const [means, greatest, times]: [number[], number[], [number[], number[]]] = [[], [], [[], []]];
  for (const name of names.filter((_, i) => i % EVERY === 0)) {
    const images: Uint8Array[] = [];
    for (const [way, transform] of [whole, { ...whole, shrinkFrom: SHRINK_FROM }].entries()) {
      const start = process.cpuUsage();
      const result = await decodeFile(nodeFiles, join(scratch, name), transform, decode);
      const { user, system } = process.cpuUsage(start);
      if (!result.ok) throw new Error(`${name} ${result.reason}`);
      times[way as 0 | 1].push((user + system) / 1000);
      images.push(result.image.data);
    }
    const [a = new Uint8Array(), b = a] = images;
    const off = Array.from(a, (value, i) => Math.abs(value - (b[i] ?? NaN)));
    means.push(off.reduce((sum, one) => sum + one, 0) / off.length);
    greatest.push(off.reduce((most, one) => Math.max(most, one), 0));
  }
  const [slow, fast] = times.map((list) => median(list).toFixed(0)) as [string, string];
  console.log(
    `${size} px: ${slow} → ${fast} ms of processor time a photo; off by ${median(means).toFixed(2)} levels in the mean (${Math.min(...means).toFixed(2)}–${Math.max(...means).toFixed(2)}), ${Math.max(...greatest)} at most`,
  );
}

async function compareAnswers(file: string): Promise<void> {
  const host = nodeHost({ onBadAutotuned: () => undefined });
  const { gpu } = await host.openGpu();
  const classifier = await createClassifier(gpu, await readWeightsFile(host.files, file));
  const paths = names.map((name) => join(scratch, name));
  const answers: number[][] = [];
  let furthest = 0;
  const shares: (readonly number[])[] = [];
  for (const shrinkFrom of [undefined, SHRINK_FROM]) {
    const model = { ...classifier, transform: { ...classifier.transform, shrinkFrom } };
    const own: number[] = [];
    for await (const photo of classifyPhotos(host, model, paths)) {
      if (photo.reason !== undefined) throw new Error(`${photo.path} ${photo.reason}`);
      const before = shrinkFrom === undefined ? undefined : shares[own.length];
      if (before)
        photo.shares.forEach(
          (share, i) => (furthest = Math.max(furthest, Math.abs(share - (before[i] ?? NaN)))),
        );
      else shares.push(photo.shares);
      own.push(photo.shares.indexOf(Math.max(...photo.shares)));
    }
    answers.push(own);
  }
  const [whole = [], smaller = []] = answers;
  const right = (own: readonly number[]) =>
    own.filter((answer, i) => answer === Number(names[i]?.slice(0, 4))).length;
  const same = whole.filter((answer, i) => answer === smaller[i]).length;
  console.log(
    `${right(whole)} of ${names.length} right from whole photos, ${right(smaller)} from smaller ones; ${same} answers are the same, and no probability moved by more than ${furthest.toFixed(3)}`,
  );
}
