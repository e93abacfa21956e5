/** `graft train` and `graft lr-find` as processes, from start to report: what they print and what they leave. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readSafetensors } from '../src/weights/index.ts';
import { expectFailure } from './support/cli.ts';
import { SMALL, TrainShop } from './support/train-shop.ts';

let shop: TrainShop;
beforeAll(async () => {
  shop = await TrainShop.open();
});
beforeEach(() => shop.nextRun());
afterAll(() => shop.close());

describe('train', () => {
  it('trains, tells what it does in plain lines, and leaves a run that predicts', async () => {
    const mixed = await shop.photos('mixed', { red: 6, blue: 6 });
    await shop.save('mixed/red/notes.jpg', 'not a photo');
    await shop.save('mixed/blue/empty.png', '');
    const { code, out, err } = await shop.train('--data', mixed, '--epochs', '2', '--bn', 'batch');
    expect(err).toBe('');
    expect(code).toBe(0);
    expect(out).not.toMatch(/[\r\x1b]/);
    expect(out).toMatch(/^device /m);
    expect(out).toMatch(/red +\d+ +\d+\n/);
    expect(out).toContain('2 skipped');
    expect(out).toContain('red/notes.jpg is a text file, not an image');
    expect(out).toContain('blue/empty.png is empty (0 bytes)');
    expect(out).toMatch(/^chosen +tune head for \d+ training photos/m);
    expect(out).toMatch(/parameters +1,026 trained, 11,176,512 frozen/);
    expect(out).toMatch(
      /^settings +32 px, batches of 4, 2 epochs, adam at 0\.01 \(one-cycle\),\s+weight\s+decay 0\.05, no\s+augmentation, /m,
    );
    expect(out).toMatch(/^ +train loss +right +val loss +right +time\nepoch 1\/2 +\d+\.\d+ +\d+\.\d % /m);
    expect(out.match(/^epoch [12]\/2 .* s(?: {2}best)?$/gm)).toHaveLength(2);
    expect(out).toContain(`graft predict --model runs/${shop.name} PHOTO.jpg`);
    expect(out.split('\n').every((line) => line.length <= 80 || line.includes(shop.home))).toBe(true);

    expect((await readdir(shop.inRun())).sort()).toEqual([
      ...[
        'answers.json',
        'batch.png',
        'best.safetensors',
        'calibration.json',
        'classes.json',
        'config.json',
        'data.json',
        'familiar.safetensors',
      ],
      ...['history.csv', 'history.jsonl', 'last.safetensors', 'report.html', 'training-answers.json'],
    ]);
    expect((await readFile(shop.inRun('history.csv'), 'utf8')).trim().split('\n')).toHaveLength(3);
    const { tensors, metadata } = readSafetensors(await readFile(shop.inRun('best.safetensors')), 'best');
    expect(JSON.parse(metadata['classes'] ?? '')).toEqual(['blue', 'red']);
    expect(metadata).toMatchObject({ arch: 'resnet18', format: 'pt', image_size: '32' });
    expect([...tensors.keys()].sort()).toEqual([...shop.state.keys()].sort());

    const bad = await shop.save('bad.jpg', 'hello');
    const predicted = await shop.run([
      ...['predict', '--model', `runs/${shop.name}`, '--top', '2'],
      ...[join(mixed, 'red/0.png'), bad, join(mixed, 'blue/0.png')],
    ]);
    expect(predicted.code).toBe(1);
    expect(predicted.err).toMatch(/^error: .*bad\.jpg is a text file, not an image$/m);
    expect(predicted.out).toMatch(/red\/0\.png\n +\d+\.\d % {2}(red|blue)\n/);
  });

  it('takes a config file, trains a single logit on features computed once, and writes what it is asked to', async () => {
    const config = {
      data: shop.data,
      weights: shop.pretrained,
      loss: 'bce',
      size: 32,
      'batch-size': 4,
      epochs: 9,
      tensorboard: true,
    };
    await shop.save('config.json', JSON.stringify(config));
    const { code, out, err } = await shop.run([
      ...['train', '--config', 'config.json', '--name', shop.name, '--epochs', '2'],
      ...['--output', 'models/bce.safetensors', '--show-batch', 'batch.png'],
    ]);
    expect(err).toBe('');
    expect(code).toBe(0);
    expect(out).toContain('the frozen trunk ran over 12 photos once');
    expect(out).toContain('epoch 2/2');
    const { metadata, tensors } = readSafetensors(
      await readFile(join(shop.home, 'models/bce.safetensors')),
      'the output',
    );
    expect(metadata['loss']).toBe('bce');
    expect(tensors.get('fc.weight')?.shape).toEqual([1, 512]);
    expect(await readdir(shop.inRun('tensorboard'))).toEqual([
      expect.stringMatching(/^events\.out\.tfevents/),
    ]);
    expect((await readFile(join(shop.home, 'batch.png'))).subarray(1, 4).toString()).toBe('PNG');
  });

  it('trains on the drawings that come with graft, and compares with random weights', async () => {
    const args = ['train', '--weights', shop.pretrained, '--epochs', '1', '--size', '32'];
    const { code, out, err } = await shop.run(args);
    expect(err).toBe('');
    expect(code).toBe(0);
    expect(out).toMatch(/^ {2}animal +\d+ +\d+$/m);
    expect(out).toMatch(/^ {2}random weights +\d+\.\d % +\d/m);
    expect(out).toContain('graft train --data photos');
  });

  it('trains with a class of one photo', async () => {
    const data = await shop.photos('rare', { rare: 1, usual: 3 });
    const { code, out } = await shop.train('--data', data);
    expect(code).toBe(0);
    expect(out).toMatch(/rare +1 +0\n/);
  });

  it('stops when the loss is no number, and leaves the model of before', async () => {
    const output = await shop.save('before.safetensors', 'the model of before');
    const wild = ['--lr', '1e30', '--tune', 'all', '--clip-grad', 'none'];
    const failed = await shop.train(...wild, '--output', output);
    expectFailure(failed, /loss is (NaN|Infinity) at step \d of epoch 1: training has diverged/);
    expect(await readFile(output, 'utf8')).toBe('the model of before');
  });
});

describe('lr-find', () => {
  it('suggests a rate, shows the curve, and gives both to programs', async () => {
    const args = ['lr-find', '--data', shop.data, '--weights', shop.pretrained, ...SMALL, '--steps', '12'];
    const { code, out } = await shop.run([...args, '--from', '1e-5', '--label-smoothing', '0.05']);
    expect(code).toBe(0);
    expect(out).toContain(
      `graft train --data ${shop.data} --size 32 --weights ${shop.pretrained} --epochs 1 --batch-size 4 --lr `,
    );
    expect(out).toMatch(/--lr \S+ --label-smoothing 0\.05\n$/);
    const flat = await shop.run([...args, '--from', '1e-9', '--to', '1e-8']);
    expect(flat.out).toMatch(/^inconclusive at no rate did the loss fall by more than \d/m);
    expect(flat.out).not.toMatch(/▲|suggested|--lr \d/);
    expect(out).toMatch(/^suggested +\d/m);
    expect(out).toContain('▲');
    const json = await shop.run([...args, '--json']);
    const search = JSON.parse(json.out) as { suggestion: number; points: unknown[]; inconclusive: boolean };
    expect(search.inconclusive).toBe(false);
    expect(search.suggestion).toBeGreaterThan(0);
    expect(search.points.length).toBeGreaterThan(9);
    expectFailure(await shop.run(['lr-find']), '--data is missing', 2);
  });
});
