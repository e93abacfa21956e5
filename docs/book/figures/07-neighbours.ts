/** Chapter 7: how far a cat's features move when its neighbour in the batch is swapped, in either mode of batch norm. */
import { readFileSync } from 'node:fs';
import { Tensor } from '../../../src/autograd/index.ts';
import { decodeImage, normalize, WHITE } from '../../../src/data/index.ts';
import { BatchNorm2d } from '../../../src/nn/index.ts';
import { loadNetwork } from '../../../src/train/index.ts';
import { readWeights } from '../../../src/weights/index.ts';
import type { Bench } from '../exercises/exercise.ts';
import { box, drawing, line, text } from './svg.ts';

const root = new URL('../../../', import.meta.url);
const CAT = '1f431';
const neighbours = {
  'a dog': '1f436',
  'a slice of pizza': '1f355',
  'the moon': '1f319',
  'a black square': '2b1b',
};

const pixelsOf = (code: string): Float32Array => {
  const png = readFileSync(new URL(`node_modules/emoji-datasource-google/img/google/64/${code}.png`, root));
  return normalize(decodeImage(png, { background: WHITE }).data);
};
const distance = (a: Float32Array, b: Float32Array): number =>
  Math.hypot(...a.map((value, i) => value - (b[i] ?? NaN))) / Math.hypot(...a);

/** The distances in one mode, to two digits, so that they are the same on every adapter. */
async function distances(bench: Bench, mode: 'batch' | 'running'): Promise<number[]> {
  const gpu = await bench.gpu();
  const file = new URL('weights/resnet18-emoji.safetensors', root);
  const { model } = await loadNetwork(gpu, readWeights(readFileSync(file), file.pathname), file.pathname);
  for (const parameter of model.parameters()) parameter.requiresGrad = false;
  for (const module of model.modules()) if (module instanceof BatchNorm2d) module.frozenStatistics = mode;
  model.train();
  const catBeside = async (code: string) => {
    const pixels = Float32Array.of(...pixelsOf(CAT), ...pixelsOf(code));
    const x = () => new Tensor(gpu, [2, 64, 64, 3], gpu.upload(pixels));
    return (await gpu.scope(() => model.features(x()).read())).subarray(0, model.featureCount);
  };
  const beside = await catBeside(CAT);
  const found: number[] = [];
  for (const code of Object.values(neighbours)) found.push(distance(beside, await catBeside(code)));
  model.dispose();
  return found.map((value) => Math.round(value * 100) / 100);
}

export default async function swapped(bench: Bench): Promise<string> {
  const [running, batch] = [await distances(bench, 'running'), await distances(bench, 'batch')];
  const [left, top, row, unit] = [156, 62, 42, 600];
  const percent = (value: number) => `${Math.round(value * 100)} %`;
  const bars = Object.keys(neighbours).flatMap((name, i) => {
    const y = top + i * row;
    const [still = NaN, moved = NaN] = [running[i], batch[i]];
    return [
      text([left - 12, y + 22], name, { anchor: 'end' }),
      box([left, y + 2], Math.max(2, still * unit), 13, 'blue', true),
      text([left + still * unit + 10, y + 14], percent(still), { size: 13, ink: 'blue' }),
      box([left, y + 18], moved * unit, 13, 'orange', true),
      text([left + moved * unit + 10, y + 30], percent(moved), { size: 13, ink: 'orange' }),
    ];
  });
  const bottom = top + Object.keys(neighbours).length * row;
  return drawing(
    {
      height: bottom + 44,
      title: 'A cat, and who lies beside it',
      description: `The cat's features move by ${batch.map(percent).join(', ')} of their length with the batch's statistics, and by ${running.map(percent).join(', ')} with running ones.`,
    },
    [
      text([12, 24], "How far a cat's features move if its neighbour, a second cat, is swapped for"),
      ...bars,
      line([[left, top - 4], [left, bottom]]), // prettier-ignore
      text([left, bottom + 28], 'running statistics', { ink: 'blue' }),
      text([left + 150, bottom + 28], "the batch's statistics", { ink: 'orange' }),
      text([688, bottom + 28], 'in shares of their length', { anchor: 'end', ink: 'faint' }),
    ],
  );
}
