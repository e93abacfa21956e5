/**
 * The real commands as child processes, with what people give them: good folders, bad folders, broken weights, wrong
 * options, Ctrl-C. Each ends with a clear message and the right exit code, and leaves no half-written file.
 */
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readSafetensors, writeSafetensors, type StateDict } from '../src/weights/index.ts';
import { expectFailure, graft, picture, Workshop, type Run, type RunOptions } from './support/cli.ts';

let shop: Workshop;
let home: string;
let weights: string;
let photos: string;
let state: StateDict;
/** A new place for each test's model. */
let output: string;
let tests = 0;

beforeAll(async () => {
  shop = await Workshop.open();
  ({ home } = shop);
  ({ path: weights, state } = await shop.weights());
  photos = await shop.photos('photos', { red: 6, blue: 6 });
});
beforeEach(() => {
  output = join(home, `run-${++tests}`, 'model.safetensors');
});
afterAll(() => shop.close());

const run = (command: string, args: readonly string[], onOut?: RunOptions['onOut']): Promise<Run> =>
  graft([command, ...args], onOut ? { onOut } : {});
const save = (name: string, data: Uint8Array | string) => shop.save(name, data);
const folder = (name: string, classes: Readonly<Record<string, number>>) => shop.photos(name, classes);

const small = ['--size', '32', '--batch-size', '4', '--epochs', '1'];
const train = (...args: string[]) =>
  run('train', ['--data', photos, '--weights', weights, '--output', output, ...small, ...args]);

describe('train', () => {
  it('trains, tells what it does in plain lines, and writes a model that predicts', async () => {
    const mixed = await folder('mixed', { red: 6, blue: 6 });
    await save('mixed/red/notes.jpg', 'not a photo');
    await save('mixed/blue/empty.png', '');
    const { code, out, err } = await train('--data', mixed, '--epochs', '2', '--bn', 'batch');
    expect(err).toBe('');
    expect(code).toBe(0);
    expect(out).not.toMatch(/[\r\x1b]/);
    expect(out).toMatch(/^device /m);
    expect(out).toMatch(/red +\d+ +\d+\n/);
    expect(out).toContain('2 skipped');
    expect(out).toContain('red/notes.jpg is a text file, not an image');
    expect(out).toContain('blue/empty.png is empty (0 bytes)');
    expect(out).toMatch(/parameters +1,026 trained, 11,176,512 frozen/);
    expect(out.match(/^epoch [12]\/2 +train .* val .*$/gm)).toHaveLength(2);
    expect(out.split('\n').every((line) => line.length <= 80 || line.includes(home))).toBe(true);

    const { tensors, metadata } = readSafetensors(await readFile(output), output);
    expect(JSON.parse(metadata['classes'] ?? '')).toEqual(['blue', 'red']);
    expect(metadata).toMatchObject({ arch: 'resnet18', format: 'pt', image_size: '32' });
    expect([...tensors.keys()].sort()).toEqual([...state.keys()].sort());

    const bad = await save('bad.jpg', 'hello');
    const predicted = await run('predict', [
      ...['--model', output, join(mixed, 'red/0.png'), bad, join(mixed, 'blue/0.png'), '--top', '2'],
    ]);
    expect(predicted.code).toBe(1);
    expect(predicted.err).toMatch(/^error: .*bad\.jpg is a text file, not an image$/m);
    expect(predicted.out).toMatch(/red\/0\.png\n +\d+\.\d % {2}(red|blue)\n/);
    expect(predicted.out).toContain('blue/0.png\n');
  });

  it('trains a single logit with bce, without augmentation on features computed once', async () => {
    const { code, out, err } = await train('--loss', 'bce', '--augment', 'none');
    expect(err).toBe('');
    expect(code).toBe(0);
    expect(out).toContain('the frozen trunk ran over 12 photos once');
    const { metadata, tensors } = readSafetensors(await readFile(output), output);
    expect(metadata['loss']).toBe('bce');
    expect(tensors.get('fc.weight')?.shape).toEqual([1, 512]);
    const predicted = await run('predict', ['--model', output, join(photos, 'red/0.png')]);
    expect(predicted.out).toMatch(/red\/0\.png {2} *\d+\.\d % {2}(red|blue)\n/);
    expect(predicted.code).toBe(0);
  });

  it('stops when the loss is no number, and leaves the model of before', async () => {
    await mkdir(dirname(output), { recursive: true });
    await writeFile(output, 'the model of before');
    const failed = await train('--lr', '1e30', '--tune', 'all');
    expectFailure(failed, /loss is (NaN|Infinity) at step 2 of epoch 1: training has diverged/);
    expect(await readFile(output, 'utf8')).toBe('the model of before');
  });

  it('on Ctrl-C finishes the step, keeps the best model and says where', async () => {
    let interrupted = false;
    const endless = [
      '--data',
      photos,
      '--weights',
      weights,
      '--output',
      output,
      ...small,
      '--epochs',
      '99999',
    ];
    const { code, out, err } = await run('train', endless, (out, kill) => {
      if (interrupted || !/^epoch .*train/m.test(out)) return;
      interrupted = true;
      kill('SIGINT');
    });
    expect(code).toBe(130);
    expect(err).toContain('Stopping after this step');
    expect(out).toContain(`written     ${output}`);
    expect(await readdir(dirname(output))).toEqual(['model.safetensors']);
    const { tensors } = readSafetensors(await readFile(output), output);
    expect(tensors.size).toBe(state.size);
  });

  it('on Ctrl-C within the first epoch keeps the steps that were done', async () => {
    const { code, out } = await interrupted(['SIGTERM']);
    expect(code).toBe(130);
    expect(out).toContain(`written     ${output} (as it was when stopped, not validated)`);
    expect(await readdir(dirname(output))).toEqual(['model.safetensors']);
    expect(readSafetensors(await readFile(output), output).tensors.size).toBe(state.size);
  });

  it('on a second Ctrl-C quits at once, and leaves no half of a model', async () => {
    const { code } = await interrupted(['SIGINT', 'SIGINT']);
    expect(code).toBe(130);
    const left = await readdir(dirname(output));
    for (const name of left) readSafetensors(await readFile(join(dirname(output), name)), name);
  });
});

/** Runs a long training and sends it signals, half a second apart, from when its first step is under way. */
function interrupted(signals: readonly NodeJS.Signals[]): Promise<Run> {
  let sent = false;
  const args = [
    '--data',
    photos,
    '--weights',
    weights,
    '--output',
    output,
    '--size',
    '128',
    '--epochs',
    '99',
  ];
  return run('train', args, (out, kill) => {
    if (sent || !/^parameters/m.test(out)) return;
    sent = true;
    signals.forEach((signal, i) => setTimeout(() => kill(signal), 500 * i));
  });
}

describe('train refuses', () => {
  it.each([
    [['--batch-size', '0'], "'--batch-size <n>' argument '0' is invalid. It must be a whole number from 1"],
    [['--lr', 'NaN'], "'--lr <rate>' argument 'NaN' is invalid. It must be a number greater than 0"],
    [['--epochs', '2.5'], 'It must be a whole number of at least 1'],
    [['--valid-fraction', '1'], 'It must be a number between 0 and 1'],
    [['--loss', 'hinge'], 'Allowed choices are cross-entropy, bce'],
    [['--learning-rate', '1'], "unknown option '--learning-rate'"],
    [['more'], 'too many arguments'],
  ])('the options %j', async (args, message) => {
    const failed = await train(...args);
    expectFailure(failed, /^error: /, 2);
    expect(failed.err).toContain(message);
  });

  it('to start without weights, and says where to get some', async () => {
    const failed = await run('train', ['--data', photos]);
    expectFailure(failed, '--weights is missing', 2);
    expect(failed.err).toContain('download.pytorch.org/models/resnet18-f37072fd.pth');
  });

  it('a folder that cannot be trained on', async () => {
    expectFailure(await train('--data', join(home, 'nowhere')), /There is no folder .*nowhere/);
    expectFailure(await train('--data', await folder('empty', {})), 'holds no class folders');
    expectFailure(await train('--data', await folder('single', { only: 2 })), 'one class only, "only"');
    await save('broken/a/1.jpg', 'text');
    await save('broken/a/2.jpg', '');
    await save('broken/b/1.png', picture(0, 0).subarray(0, 90));
    await save('broken/b/2.png', '\x89PNG');
    const broken = await train('--data', join(home, 'broken'));
    expectFailure(broken, 'None of the 4 photos');
    expect(broken.err).toContain('1.jpg is a text file, not an image');
  });

  it('weights that are broken or of another network', async () => {
    const good = await readFile(weights);
    const cut = await save('cut.safetensors', good.subarray(0, good.length / 2));
    expectFailure(await train('--weights', cut), /cut\.safetensors: .*(cut short|damaged)/s);
    const text = await save('text.pth', 'not found');
    expectFailure(await train('--weights', text), 'it is a text file');
    expectFailure(await train('--weights', join(home, 'none.pth')), /There is no weights file .*none\.pth/);
    expectFailure(await train('--weights', home), 'is a folder');
    const changed = new Map(state);
    changed.delete('bn1.bias');
    changed.set('extra', { shape: [1], data: new Float32Array(1) });
    changed.set('conv1.weight', { shape: [64, 3, 3, 3], data: new Float32Array(1728) });
    const other = await save('other.safetensors', writeSafetensors(changed, { dtype: 'f16' }));
    const failed = await train('--weights', other);
    expectFailure(failed, 'the weights do not fit the network');
    expect(failed.err).toContain('"bn1.bias"');
    expect(failed.err).toContain('"extra"');
    expect(failed.err).toContain('expected [64, 3, 7, 7] × found [64, 3, 3, 3]');
  });

  it('parts that the network has not, and bce for more than two classes', async () => {
    expectFailure(await train('--tune', 'layer9'), '"layer9" is no part of the network');
    const three = await folder('three', { a: 2, b: 2, c: 2 });
    expectFailure(await train('--data', three, '--loss', 'bce'), 'there are 3: use --loss cross-entropy', 2);
  });

  it('an output that cannot be written, before it trains', async () => {
    expectFailure(await train('--output', home), 'is a folder');
    expectFailure(await train('--output', '/dev/null'), '"/dev/null" is a device or a pipe');
    expectFailure(await train('--output', '/proc/nowhere/model'), '/proc/nowhere cannot be written to');
    expectFailure(await train('--output', join(weights, 'model')), /cannot be written/);
  });
});

describe('predict', () => {
  it('refuses a head whose classes nobody named', async () => {
    const failed = await run('predict', ['--model', weights, join(photos, 'red/0.png')]);
    expectFailure(failed, /has 10 classes and does not name them/);
  });

  it('needs a model and images', async () => {
    expectFailure(await run('predict', ['x.jpg']), "required option '--model <path>' not specified", 2);
    expectFailure(await run('predict', ['--model', weights]), "missing required argument 'photos'", 2);
    expectFailure(await run('predict', ['--model', 'none', 'x.jpg']), 'There is no weights file none');
  });
});
