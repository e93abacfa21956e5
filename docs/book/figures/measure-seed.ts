/**
 * Measures chapter 16's figure: the recipe `seed`, epoch by epoch, judged as graft judges and as the program that it follows does.
 *
 *     node --import tsx docs/book/figures/measure-seed.ts PHOTOS WEIGHTS SIZE EPOCHS
 *
 * PHOTOS holds train/cats, train/dogs and one more folder with the photos to judge by; WEIGHTS is a pretrained ResNet-18. Writes
 * 16-seed.json: for each epoch the logits of all cats and of all dogs that are judged.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { format } from 'prettier';
import { decodeImage, imageSet, resizeTo, type ImageSet } from '../../../src/data/index.ts';
import { createGpu, exitCleanly, openAdapter } from '../../../src/platform/node/index.ts';
import {
  chooseStrategy,
  fineTune,
  InputSource,
  loadWithFreshHead,
  transformsFor,
} from '../../../src/train/index.ts';
import { readWeights } from '../../../src/weights/index.ts';

const SEED = 1;
const [folder = '', weights = '', size = '128', epochs = '15'] = process.argv.slice(2);
const CLASSES = ['cats', 'dogs'];

const gpu = await createGpu(await openAdapter());
const file = readWeights(readFileSync(weights), weights);
const side = Number(size);
const judging = readdirSync(folder).find((part) => part !== 'train') ?? '';
const room = transformsFor(side, 'seed').train;
const sets = {
  train: photosIn('train', room.kind === 'resize' ? room.width : side),
  valid: photosIn(judging, side),
};
const counts = CLASSES.map((_, label) => sets.train.labels.filter((of) => of === label).length);
const facts = { images: sets.train.count, classes: 2, counts };
const { config } = chooseStrategy({ recipe: 'seed', size: side, epochs: Number(epochs), seed: SEED }, facts);
const { model } = await loadWithFreshHead(gpu, file, { source: weights, outputs: 1, seed: SEED });
const source = new InputSource(model, sets, config);

const { labels } = sets.valid;
/** Logits of the epoch under way, as validation reads them batch by batch. */
let read: Promise<Float32Array>[] = [];
const measured: Promise<{ readonly cats: number[]; readonly dogs: number[] }>[] = [];
await fineTune(
  model,
  async (phase) => {
    const { train, valid } = await source.forPhase(phase);
    const overheard: typeof valid = {
      ...valid,
      logits(indices, epoch) {
        const batch = valid.logits(indices, epoch);
        read.push(batch.read());
        return batch;
      },
    };
    return { train, valid: overheard };
  },
  config,
  {
    onEpoch({ epoch, train, valid }) {
      measured.push(byClass(read));
      read = [];
      console.log(`epoch ${epoch}: loss ${train.loss.toFixed(4)}, accuracy ${valid.accuracy}`);
    },
  },
);
const epochsDone = await Promise.all(measured);
const result = { set: basename(folder), size: side, trained: sets.train.count, epochs: epochsDone };
const url = new URL('16-seed.json', import.meta.url);
writeFileSync(url, await format(JSON.stringify(result), { parser: 'json', printWidth: 110 }));
await exitCleanly(0);

async function byClass(batches: readonly Promise<Float32Array>[]) {
  const rounded = (await Promise.all(batches)).flatMap((batch) =>
    Array.from(batch, (logit) => Math.round(logit * 1e4) / 1e4),
  );
  const [cats = [], dogs = []] = [0, 1].map((label) => rounded.filter((_, i) => labels[i] === label));
  return { cats, dogs };
}

/** The photos of a part as squares of `side` pixels, cats first. */
function photosIn(part: string, side: number): ImageSet {
  const found = CLASSES.flatMap((name, label) =>
    readdirSync(join(folder, part, name))
      .sort()
      .map((photo) => ({ path: join(folder, part, name, photo), label })),
  );
  const data = new Uint8Array(found.length * side * side * 3);
  found.forEach(({ path }, i) =>
    data.set(resizeTo(decodeImage(readFileSync(path)), side, side).data, i * side * side * 3),
  );
  const labels = Int32Array.from(found, ({ label }) => label);
  return imageSet({ height: side, width: side, data, labels, paths: found.map(({ path }) => path) });
}
