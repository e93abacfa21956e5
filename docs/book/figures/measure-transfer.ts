/**
 * Measures chapter 1's figure: how well a ResNet-18 tells photos apart after learning from ever more of them, by what is trained.
 *
 *     node --import tsx docs/book/figures/measure-transfer.ts PHOTOS WEIGHTS STEPS COUNTS WAYS
 *
 * PHOTOS holds train/CLASS and one more folder with the photos to judge by; WEIGHTS is a pretrained ResNet-18; counts of photos and ways are
 * joined by commas. Results are added to 01-transfer.json. All ways take the same steps, without augmentation.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { format } from 'prettier';
import { backward, crossEntropy, Tensor } from '../../../src/autograd/index.ts';
import { decodeImage, normalize, resizeTo } from '../../../src/data/index.ts';
import type { Network } from '../../../src/nn/index.ts';
import { Adam } from '../../../src/optim/index.ts';
import { createGpu, exitCleanly, openAdapter } from '../../../src/platform/node/index.ts';
import { createRandom, permutation } from '../../../src/random.ts';
import { loadWithFreshHead } from '../../../src/train/index.ts';
import { readWeights } from '../../../src/weights/index.ts';

const SIDE = 64;
const BATCH = 16;
const SEED = 1;

/** What is trained, by the beginnings of names, with its share of the learning rate; a head alone takes ten times the rate, as by default. */
const ways: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  head: { fc: 10 },
  layer4: { fc: 1, layer4: 0.2 },
  all: { fc: 1, layer4: 0.5, layer3: 0.25, layer2: 0.125, layer1: 0.0625, conv1: 0.03, bn1: 0.03 },
  scratch: { '': 1 },
};

/** A photo as the trained part of the network takes it: pixels, or the features that a frozen trunk has made of them. */
interface Photo {
  readonly values: Float32Array;
  readonly label: number;
}

/** The part of a network that is trained, as a function of its inputs. */
type Part = (x: Tensor) => Tensor;

const [folder = '', weights = '', steps = '', counts = '', asked = ''] = process.argv.slice(2);
const gpu = await createGpu(await openAdapter());
const file = readWeights(readFileSync(weights), weights);
const judging = readdirSync(folder).find((part) => part !== 'train') ?? '';
const train = photosIn('train');
const test = photosIn(judging);
const classes = new Set(train.map(({ label }) => label)).size;

for (const photos of counts.split(',').map(Number))
  for (const way of asked.split(',')) {
    const accuracy = await measure(way, photos);
    console.log(`${photos} photos, ${way}: ${accuracy}`);
    await keep({ set: basename(folder), steps: Number(steps), judged: test.length, way, photos, accuracy });
  }
await exitCleanly(0);

async function keep(result: {
  set: string;
  steps: number;
  judged: number;
  way: string;
  photos: number;
  accuracy: number;
}) {
  const url = new URL('01-transfer.json', import.meta.url);
  const all = JSON.parse(readFileSync(url, 'utf8')) as (typeof result)[];
  const same = (other: typeof result) =>
    other.set === result.set && other.way === result.way && other.photos === result.photos;
  const kept = [...all.filter((other) => !same(other)), result];
  writeFileSync(url, await format(JSON.stringify(kept), { parser: 'json', printWidth: 110 }));
}

/** Photos of all classes in turn, each class in an order drawn by the seed: the first are as many of each as there are. */
function photosIn(part: string): Photo[] {
  const each = readdirSync(join(folder, part))
    .sort()
    .map((name, label) => {
      const names = readdirSync(join(folder, part, name)).sort();
      return [...permutation(names.length, createRandom(SEED))].map((i) => {
        const bytes = readFileSync(join(folder, part, name, names[i] ?? ''));
        return { values: normalize(resizeTo(decodeImage(bytes), SIDE, SIDE).data), label };
      });
    });
  const most = Math.max(...each.map(({ length }) => length));
  return Array.from({ length: most }, (_, i) => each.flatMap((photos) => photos[i] ?? [])).flat();
}

async function measure(way: string, count: number): Promise<number> {
  const random = createRandom(SEED, count);
  const { model } = await loadWithFreshHead(gpu, file, { source: weights, outputs: classes, seed: SEED });
  if (way === 'scratch') model.initialise(random);
  const named = [...model.namedParameters()];
  for (const [, parameter] of named) parameter.requiresGrad = false;
  const groups = Object.entries(ways[way] ?? {}).map(([prefix, learningRateScale]) => {
    const parameters = named.filter(([name]) => name.startsWith(prefix)).map(([, parameter]) => parameter);
    for (const parameter of parameters) parameter.requiresGrad = true;
    return { parameters, learningRateScale };
  });
  model.train();
  const head: Part = (x) => model.head.forward(x);
  const whole: Part = (x) => model.forward(x);
  const isHead = way === 'head'; // its trunk is frozen: once over each photo is enough
  const part = isHead ? head : whole;
  const photos = isHead ? await featuresOf(model, train.slice(0, count)) : train.slice(0, count);
  const judged = isHead ? await featuresOf(model, test) : test;
  const optimizer = new Adam(groups, { decoupled: true, weightDecay: 0.01 });
  let order: number[] = [];
  for (let step = 0; step < Number(steps); step++) {
    if (order.length === 0) order = [...permutation(count, random)];
    const batch = order.splice(0, BATCH).map((i) => photos[i]!); // below count
    optimizer.learningRate = 1e-3 * (1 - step / Number(steps));
    await gpu.scope(() => {
      const labels = gpu.upload(Uint32Array.from(batch, ({ label }) => label));
      const { loss } = crossEntropy(part(tensorOf(batch)), labels);
      optimizer.zeroGrad();
      backward(loss);
      optimizer.step();
    });
  }
  model.eval();
  const right = await rightOf(part, judged);
  optimizer.dispose();
  model.dispose();
  return right / judged.length;
}

async function featuresOf(model: Network, photos: readonly Photo[]): Promise<Photo[]> {
  const found: Photo[] = [];
  for (const batch of parts(photos)) {
    const features = await gpu.scope(() => model.features(tensorOf(batch)).read());
    const size = model.featureCount;
    batch.forEach(({ label }, i) => found.push({ values: features.slice(i * size, (i + 1) * size), label }));
  }
  return found;
}

async function rightOf(part: Part, photos: readonly Photo[]): Promise<number> {
  let right = 0;
  for (const batch of parts(photos)) {
    const logits = await gpu.scope(() => part(tensorOf(batch)).read());
    batch.forEach(({ label }, i) => {
      const row = [...logits.subarray(i * classes, (i + 1) * classes)];
      if (row.indexOf(Math.max(...row)) === label) right++;
    });
  }
  return right;
}

function parts(photos: readonly Photo[]): Photo[][] {
  return Array.from({ length: Math.ceil(photos.length / 50) }, (_, i) => photos.slice(50 * i, 50 * (i + 1)));
}

/** Photos as a batch [n, 64, 64, 3], or features as [n, 512]. */
function tensorOf(batch: readonly Photo[]): Tensor {
  const size = batch[0]?.values.length ?? 0;
  const values = new Float32Array(batch.length * size);
  batch.forEach((photo, i) => values.set(photo.values, i * size));
  const shape = size === SIDE * SIDE * 3 ? [SIDE, SIDE, 3] : [size];
  return new Tensor(gpu, [batch.length, ...shape], gpu.upload(values));
}
