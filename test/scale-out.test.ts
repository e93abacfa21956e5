/** A run as a PyTorch program: it trains there what it trains here, with any number of processes, and its result comes back. */
import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseCsv } from '../src/data/csv.ts';
import { parseHistoryCsv, type HistoryEpoch } from '../src/report/history.ts';
import { networks } from '../src/networks/index.ts';
import { createRandom } from '../src/random.ts';
import { writeSafetensors } from '../src/weights/index.ts';
import { expectFailure } from './support/cli.ts';
import { testGpu } from './support/gpu.ts';
import { TrainShop } from './support/train-shop.ts';
import { hasTorch, PYTHON, pythonEnv } from './support/torch.ts';

/** A hundred times less than what was asked for, and a hundred times more than what rounding makes of so few steps. */
const TOLERANCE = 1e-3;

let shop: TrainShop;
beforeAll(async () => {
  shop = await TrainShop.open();
  await shop.photos('shop', { red: 12, blue: 13 });
});
afterAll(() => shop.close());

const inShop = (...parts: string[]) => join(shop.home, ...parts);
const graft = async (...args: string[]): Promise<string> => {
  const { code, out, err } = await shop.run(args);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  return out;
};

/** Trains here and writes the program of it, both called `name`; a later `--weights` goes before the shop's. */
async function trained(name: string, ...settings: string[]): Promise<void> {
  const photos = ['--data', inShop('shop'), '--weights', shop.pretrained, '--name', name];
  await graft('train', ...photos, '--size', '32', '--batch-size', '8', ...settings);
  const said = await graft('scale-out', `runs/${name}`, '--output', name);
  expect(said).toContain(`Wrote ${name}/scale_out.py and its files: runs/${name}, 25 photos.`);
}

interface Ended {
  readonly code: number | null;
  readonly out: string;
}

/** Runs the program called `name`; `stop` is sent once it trains. */
function python(name: string, output: string, stop?: NodeJS.Signals, before: string[] = []): Promise<Ended> {
  const options = ['--output', inShop(output), '--cache', inShop('cache')];
  const child = spawn(PYTHON, [...before, inShop(name, 'scale_out.py'), ...options], { env: pythonEnv });
  let out = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => {
      out += String(chunk);
      if (stop && /process\(es\)/.test(out)) child.kill(stop);
    });
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, out })));
}

/** torchrun, whose defaults PyTorch 1.13 cannot read under Python 3.11: the odd options mean nothing. */
const TORCHRUN = [
  '-m',
  'torch.distributed.run',
  '--redirects',
  '9:1',
  '--tee',
  '9:1',
  '--nproc_per_node',
  '2',
];

async function ended(run: Promise<Ended>): Promise<string> {
  const { code, out } = await run;
  expect(code, out).toBe(0);
  return out;
}

async function history(...folder: string[]): Promise<HistoryEpoch[]> {
  const path = inShop(...folder, 'history.csv');
  return parseHistoryCsv(await readFile(path, 'utf8'), path);
}

/** What must be the same in two histories; the seconds are not. */
const curve = (epochs: readonly HistoryEpoch[]) =>
  epochs.map(({ epoch, train, valid, learningRate, isBest }) => ({
    epoch,
    train,
    valid,
    learningRate,
    isBest,
  }));

function expectSameCurve(ours: readonly HistoryEpoch[], theirs: readonly HistoryEpoch[]): void {
  const close = (value: number) => expect.closeTo(value, 9) as number;
  expect(curve(theirs)).toEqual(
    curve(ours).map(({ train, valid, learningRate, ...rest }) => ({
      ...rest,
      train: { loss: expect.any(Number) as number, accuracy: close(train.accuracy) },
      valid: { loss: expect.any(Number) as number, accuracy: close(valid.accuracy) },
      learningRate: close(learningRate),
    })),
  );
  ours.forEach(({ train, valid }, i) => {
    expect(Math.abs(theirs[i]!.train.loss / train.loss - 1)).toBeLessThan(TOLERANCE); // as many
    expect(Math.abs(theirs[i]!.valid.loss / valid.loss - 1)).toBeLessThan(TOLERANCE);
  });
}

describe.skipIf(!hasTorch('the program of a run'))('a run of its last stage', () => {
  beforeAll(async () => {
    await trained('plain', '--tune', 'layer4', '--augment', 'none', '--lr', '0.001', '--epochs', '1');
  });

  it('trains here what one process trains there, on the very pixels', async () => {
    const out = await ended(python('plain', 'one'));
    expect(out).toContain('decoded 20 photos at 32 px; 20 have the very pixels that graft saw');
    expect(out).toContain('decoded 5 photos at 32 px; 5 have the very pixels that graft saw');
    expectSameCurve(await history('runs', 'plain'), await history('one'));
  });

  it('has the same curve with two processes, which share each batch out', async () => {
    expect(await ended(python('plain', 'two', undefined, TORCHRUN))).toContain('2 process(es) on cpu');
    expectSameCurve(await history('one'), await history('two'));
  });

  it('is stopped and killed, and goes on from its checkpoint to the same end, with another number of processes', async () => {
    const stopped = await python('plain', 'again', 'SIGTERM');
    expect(stopped).toMatchObject({ code: 130, out: expect.stringContaining('goes on from here') as string });
    expect((await python('plain', 'again', 'SIGKILL')).code).toBeNull();
    const rest = await ended(python('plain', 'again', undefined, TORCHRUN));
    expect(rest).toMatch(/goes on at epoch 1, after [12] of its steps/);
    expectSameCurve(await history('one'), await history('again'));
  });

  it('gives a model that says here what it says there, and is exported', async () => {
    const model = inShop('two', 'best.safetensors');
    const [[, , ...classes] = [], ...rows] = parseCsv(await readFile(inShop('two', 'answers.csv'), 'utf8'));
    expect(classes).toEqual(['p_blue', 'p_red']);
    expect(rows).toHaveLength(5);
    const photos = rows.map(([photo = '']) => inShop('shop', photo));
    await graft('predict', '--model', model, '--output', 'found.csv', ...photos);
    const [head = [], ...found] = parseCsv(await readFile(inShop('found.csv'), 'utf8'));
    for (const [i, row] of rows.entries())
      for (const [j, name] of classes.entries())
        expect(Math.abs(Number(found[i]?.[head.indexOf(name)]) - Number(row[2 + j]))).toBeLessThan(1e-3);
    expect(await graft('export', '--model', model, '--format', 'onnx', '--output', 'there.onnx')).toContain(
      'resnet18, onnx',
    );
  });

  it('is refused with other photos, other settings and other weights', async () => {
    const scaleOut = (...args: string[]) => shop.run(['scale-out', 'runs/plain', '--output', 'x', ...args]);
    expectFailure(
      await scaleOut('--data', shop.data),
      'The photos are not those that the run runs/plain was started with',
    );
    const model = inShop('runs', 'plain', 'best.safetensors');
    expect((await scaleOut('--weights', model)).code).toBe(0); // its frozen layers are the same
    const config = inShop('runs', 'plain', 'config.json');
    const text = await readFile(config, 'utf8');
    await shop.save('runs/plain/config.json', text.replace('"lr": 0.001', '"lr": 0.002'));
    expectFailure(await scaleOut(), 'differs from the settings that the run was trained with');
    await shop.save('runs/plain/config.json', text);
  });
});

describe.skipIf(!hasTorch('the program of a run with all settings'))('a run with much to set', () => {
  it('is the same there: two phases, views of features, augmentation, weighted classes, clipped steps', async () => {
    const how = ['--tune', 'layer4', '--gradual', '--epochs', '3', '--augment', 'strong', '--views', '2'];
    const loss = [
      '--loss',
      'bce',
      '--class-weights',
      'balanced',
      '--label-smoothing',
      '0.1',
      '--clip-grad',
      '0.5',
    ];
    const steps = [
      '--optimizer',
      'sgd',
      '--schedule',
      'cosine',
      '--warmup-epochs',
      '0.5',
      '--accumulate',
      '2',
    ];
    await trained(
      'rich',
      ...how,
      ...loss,
      ...steps,
      '--lr',
      '0.01',
      '--layer-decay',
      '0.5',
      '--bn',
      'running',
    );
    const out = await ended(python('rich', 'rich-there'));
    expect(out).toContain('features of 25 photos computed');
    expectSameCurve(await history('runs', 'rich'), await history('rich-there'));
  });
});

describe.skipIf(!hasTorch('the program of a MobileNet'))('a run of a MobileNet', () => {
  beforeAll(async () => {
    const network = networks.mobilenet_v3_small;
    await network.ready();
    const model = network.create(await testGpu(), 2);
    model.initialise(createRandom(1));
    await shop.save('mobile.safetensors', writeSafetensors(await model.stateDict(), { dtype: 'f32' }));
    model.dispose();
    // The head on features first, then the last stage: its batch norm learns, and both drop features.
    const how = ['--tune', 'stage4', '--gradual', '--epochs', '2', '--augment', 'none', '--lr', '0.001'];
    await trained('mobile', '--weights', inShop('mobile.safetensors'), '--accumulate', '2', ...how);
  });

  it('is the same there, its dropout too, by one process and by two', async () => {
    const out = await ended(python('mobile', 'mobile-there'));
    expect(out).toContain('features of 25 photos computed');
    expectSameCurve(await history('runs', 'mobile'), await history('mobile-there'));
    await ended(python('mobile', 'mobile-two', undefined, TORCHRUN));
    expectSameCurve(await history('mobile-there'), await history('mobile-two'));
  });

  it('gives a model that is used here', async () => {
    const model = inShop('mobile-there', 'best.safetensors');
    const said = await graft('export', '--model', model, '--format', 'onnx', '--output', 'mobile.onnx');
    expect(said).toContain('mobilenet_v3_small, onnx');
  });
});
