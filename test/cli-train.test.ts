/**
 * `graft train` and `graft lr-find` as processes: runs from start to report, runs that are stopped and resumed, and what is
 * refused, each with a clear message, the right exit code and no half-written file.
 */
import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readSafetensors, writeSafetensors, type StateDict } from '../src/weights/index.ts';
import { expectFailure, graft, GRAFT, picture, Workshop, type Run, type RunOptions } from './support/cli.ts';

let shop: Workshop;
let home: string;
let weights: string;
let photos: string;
let state: StateDict;
/** Each test's run has a name of its own. */
let name: string;
let tests = 0;

beforeAll(async () => {
  shop = await Workshop.open();
  ({ home } = shop);
  ({ path: weights, state } = await shop.weights());
  photos = await shop.photos('photos', { red: 6, blue: 6 });
});
beforeEach(() => {
  name = `run-${++tests}`;
});
afterAll(() => shop.close());

type OnOut = RunOptions['onOut'];
const run = (args: readonly string[], onOut?: OnOut): Promise<Run> =>
  graft(args, { cwd: home, ...(onOut && { onOut }) });
const small = ['--size', '32', '--batch-size', '4', '--epochs', '1'];
const argsFor = (...args: string[]) => [
  ...['train', '--data', photos, '--weights', weights, '--name', name],
  ...small,
  ...args,
];
const train = (...args: string[]) => run(argsFor(...args));
const resume = (...args: string[]) => run(['train', '--resume', `runs/${name}`, ...args]);
const inRun = (...parts: string[]) => join(home, 'runs', name, ...parts);
const tensorsOf = async (path: string) => readSafetensors(await readFile(path), path).tensors;

/** Asserts that two runs ended in the same bits. */
async function expectSameModels(run: string, other: string): Promise<void> {
  for (const file of ['best.safetensors', 'last.safetensors']) {
    const [expected, found] = [await tensorsOf(join(run, file)), await tensorsOf(join(other, file))];
    expect([...found.keys()]).toEqual([...expected.keys()]);
    for (const [key, { data }] of expected)
      expect(Buffer.compare(bytesOf(data), bytesOf(found.get(key)!.data)), key).toBe(0); // same keys
  }
}

describe('train', () => {
  it('trains, tells what it does in plain lines, and leaves a run that predicts', async () => {
    const mixed = await shop.photos('mixed', { red: 6, blue: 6 });
    await shop.save('mixed/red/notes.jpg', 'not a photo');
    await shop.save('mixed/blue/empty.png', '');
    const { code, out, err } = await train('--data', mixed, '--epochs', '2', '--bn', 'batch');
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
    expect(out.match(/^epoch [12]\/2 +train .* val .*$/gm)).toHaveLength(2);
    expect(out).toContain(`graft predict --model runs/${name} PHOTO.jpg`);
    expect(out.split('\n').every((line) => line.length <= 80 || line.includes(home))).toBe(true);

    expect((await readdir(inRun())).sort()).toEqual([
      ...['batch.png', 'best.safetensors', 'classes.json', 'config.json', 'data.json'],
      ...['history.csv', 'history.jsonl', 'last.safetensors', 'report.html'],
    ]);
    expect((await readFile(inRun('history.csv'), 'utf8')).trim().split('\n')).toHaveLength(3);
    const { tensors, metadata } = readSafetensors(await readFile(inRun('best.safetensors')), 'best');
    expect(JSON.parse(metadata['classes'] ?? '')).toEqual(['blue', 'red']);
    expect(metadata).toMatchObject({ arch: 'resnet18', format: 'pt', image_size: '32' });
    expect([...tensors.keys()].sort()).toEqual([...state.keys()].sort());

    const bad = await shop.save('bad.jpg', 'hello');
    const predicted = await run([
      ...['predict', '--model', `runs/${name}`, join(mixed, 'red/0.png'), bad, join(mixed, 'blue/0.png')],
      ...['--top', '2'],
    ]);
    expect(predicted.code).toBe(1);
    expect(predicted.err).toMatch(/^error: .*bad\.jpg is a text file, not an image$/m);
    expect(predicted.out).toMatch(/red\/0\.png\n +\d+\.\d % {2}(red|blue)\n/);
  });

  it('takes a config file, trains a single logit on features computed once, and writes what it is asked to', async () => {
    const config = {
      data: photos,
      weights,
      loss: 'bce',
      size: 32,
      'batch-size': 4,
      epochs: 9,
      tensorboard: true,
    };
    await shop.save('config.json', JSON.stringify(config));
    const flags = ['--epochs', '2', '--output', 'models/bce.safetensors', '--show-batch', 'batch.png'];
    const { code, out, err } = await run(['train', '--config', 'config.json', '--name', name, ...flags]);
    expect(err).toBe('');
    expect(code).toBe(0);
    expect(out).toContain('the frozen trunk ran over 12 photos once');
    expect(out).toContain('epoch 2/2');
    const { metadata, tensors } = readSafetensors(
      await readFile(join(home, 'models/bce.safetensors')),
      'the output',
    );
    expect(metadata['loss']).toBe('bce');
    expect(tensors.get('fc.weight')?.shape).toEqual([1, 512]);
    expect(await readdir(inRun('tensorboard'))).toEqual([expect.stringMatching(/^events\.out\.tfevents/)]);
    expect((await readFile(join(home, 'batch.png'))).subarray(1, 4).toString()).toBe('PNG');
  });

  it('trains on the drawings that come with graft, and compares with random weights', async () => {
    const { code, out, err } = await run(['train', '--weights', weights, '--epochs', '1', '--size', '32']);
    expect(err).toBe('');
    expect(code).toBe(0);
    expect(out).toMatch(/^ {2}animal +\d+ +\d+$/m);
    expect(out).toMatch(/^ {2}random weights +\d+\.\d % +\d/m);
    expect(out).toContain('graft train --data photos');
  });

  it('trains with a class of one photo', async () => {
    const data = await shop.photos('rare', { rare: 1, usual: 3 });
    const { code, out } = await train('--data', data);
    expect(code).toBe(0);
    expect(out).toMatch(/rare +1 +0\n/);
  });

  it('stops when the loss is no number, and leaves the model of before', async () => {
    const output = await shop.save('before.safetensors', 'the model of before');
    const failed = await train('--lr', '1e30', '--tune', 'all', '--clip-grad', 'none', '--output', output);
    expectFailure(failed, /loss is (NaN|Infinity) at step \d of epoch 1: training has diverged/);
    expect(await readFile(output, 'utf8')).toBe('the model of before');
  });
});

describe('a run that is stopped', () => {
  it.each(['SIGINT', 'SIGHUP'] as const)('by %s finishes the step and can go on', async (signal) => {
    let sent = false;
    const { code, out, err } = await run(argsFor('--epochs', '99999'), (out, kill) => {
      if (sent || !/^epoch .*train/m.test(out)) return;
      sent = true;
      kill(signal);
    });
    expect(code).toBe(130);
    expect(err).toContain('Stopping after this step');
    expect(out).toContain(`graft train --resume runs/${name}`);
    expect(await readdir(inRun())).not.toContain('run.lock');
    expect((await tensorsOf(inRun('best.safetensors'))).size).toBe(state.size);
    expect((await tensorsOf(inRun('last.safetensors'))).size).toBeGreaterThan(state.size);
  });

  it('by a signal while features are computed can go on, to the same bits', async () => {
    const settings = ['--size', '64', '--epochs', '3', '--views', '3', '--augment', 'strong'];
    expect((await train(...settings)).code).toBe(0);
    const whole = inRun();
    name += '-stopped';
    let sent = false;
    const { code, out } = await run(argsFor(...settings), (out, kill) => {
      if (sent || !/^parameters/m.test(out)) return;
      sent = true;
      kill('SIGTERM');
    });
    expect(code).toBe(130);
    expect(out).not.toContain('the frozen trunk ran');
    expect(out).toContain('Stopped before an epoch ended');
    expect(out).toContain(`graft train --resume runs/${name}`);
    expect(await readFile(inRun('report.html'), 'utf8')).toContain('Interrupted after 0 epochs');
    expect((await resume()).code).toBe(0);
    await expectSameModels(whole, inRun());
  });

  it('by a signal while photos are read leaves nothing', async () => {
    let sent = false;
    const { code, out } = await run(argsFor(), (out, kill) => {
      if (sent || !/^device/m.test(out)) return;
      sent = true;
      kill('SIGTERM');
    });
    expect(code).toBe(130);
    expect(out).toContain('Stopped before training; there is nothing to keep.');
    expect(await readdir(join(home, 'runs'))).not.toContain(name);
  });

  it.skipIf(process.platform === 'win32')('by the end of its reader can go on', async () => {
    const words = ['"$0" "$1"', ...argsFor('--epochs', '99999').map((word) => `'${word}'`)];
    const shell = `{ ${words.join(' ')}; echo "code $?" >&2; } | sed '/^epoch/q'`;
    const { stderr } = await promisify(execFile)('/bin/sh', ['-c', shell, process.execPath, GRAFT], {
      cwd: home,
    });
    expect(stderr).toContain('code 130');
    expect((await resume('--epochs', '3')).err).toContain('--epochs was 99999, now 3');
  });

  it('by a second Ctrl-C quits at once, and leaves no half of a model', async () => {
    let sent = false;
    const { code } = await run(argsFor('--size', '128', '--tune', 'all', '--epochs', '99'), (out, kill) => {
      if (sent || !/^parameters/m.test(out)) return;
      sent = true;
      kill('SIGINT');
      setTimeout(() => kill('SIGINT'), 500);
    });
    expect(code).toBe(130);
    for (const file of await readdir(inRun()))
      if (file.endsWith('.safetensors')) await tensorsOf(inRun(file));
  });

  it('by kill -9 at any moment goes on to the same bits', async () => {
    const settings = ['--tune', 'layer4', '--epochs', '2', '--checkpoint-interval', '0', '--gradual'];
    expect((await train(...settings)).code).toBe(0);
    const whole = inRun();
    name += '-killed';
    const delay = Math.random() * 6000;
    let armed = false;
    const killed = await run(argsFor(...settings), (out, kill) => {
      if (armed || !/^parameters/m.test(out)) return;
      armed = true;
      setTimeout(() => kill('SIGKILL'), delay);
    });
    expect([null, 0]).toContain(killed.code);
    const resumed = await resume();
    expect(resumed.code, `killed ${delay} ms after its beginning: ${resumed.err}`).toBe(0);
    await expectSameModels(whole, inRun());
    const epochs = async (dir: string) =>
      (await readFile(join(dir, 'history.csv'), 'utf8'))
        .split('\n')
        .map((line) => line.split(',').slice(0, 5));
    expect(await epochs(inRun())).toEqual(await epochs(whole));
  });

  it('is resumed neither with other settings nor with other photos, classes or files', async () => {
    const data = await shop.photos('changing', { red: 4, blue: 4 });
    expect((await train('--data', data, '--seed', '7')).code).toBe(0);
    const differing = await resume('--epochs', '3', '--lr', '0.5', '--tune', 'auto');
    expectFailure(differing, `The run runs/${name} cannot go on with other settings:`, 2);
    expect(differing.err).toContain('--epochs was 1, now 3');
    expect(differing.err).toMatch(/--lr was \S+, now 0\.5/);
    expect(differing.err).not.toMatch(/--(tune|seed)/);
    expect((await resume()).code).toBe(0); // there is nothing left to train

    await shop.save('changing/red/0.png', picture(1, 77));
    expectFailure(await resume(), /"red" has \d (training|validation) photos? as before, but not the same/);
    await shop.photos('changing/green', { x: 1 });
    expectFailure(await resume(), 'there is a new class "green"');

    await writeFile(inRun('config.json'), '{"epochs": 1');
    expectFailure(await resume(), 'config.json is damaged');
    await writeFile(inRun('config.json'), '{"epochs": "many"}');
    expectFailure(await resume(), 'config.json is damaged: "epochs" is "many". It must be a whole number');
    await writeFile(inRun('config.json'), '{}');
    expectFailure(await resume(), 'config.json is damaged: it has no "weights"');
    expectFailure(await run(['train', '--resume', 'runs/none']), 'There is no run runs/none');
  });

  it('is not written by two processes at once', async () => {
    let second: Promise<Run[]> | undefined;
    const first = await run(argsFor('--epochs', '99999'), (out, kill) => {
      if (second || !/^epoch .*train/m.test(out)) return;
      second = Promise.all([train(), resume()]).finally(() => kill('SIGTERM'));
    });
    const [again, resumed] = (await second) ?? [];
    expectFailure(again!, `runs/${name} is being written by process`); // both were started
    expectFailure(resumed!, `runs/${name} is being written by process`);
    expect(first.code).toBe(130);
    expectFailure(await train(), `runs/${name} is not empty`);
  });
});

describe('train refuses', () => {
  it.each([
    [['--batch-size', '0'], "'--batch-size <n>' argument '0' is invalid. It must be a whole number from 1"],
    [['--lr', 'NaN'], "'--lr <rate>' argument 'NaN' is invalid. It must be a number greater than 0"],
    [['--clip-grad', '-1'], 'It must be a number greater than 0, such as 0.001 or 1e-3, or none.'],
    [['--loss', 'hinge'], 'Allowed choices are cross-entropy, bce'],
    [['--learning-rate', '1'], "unknown option '--learning-rate'"],
    [['more'], 'too many arguments'],
  ])('the options %j', async (args, message) => {
    const failed = await train(...args);
    expectFailure(failed, /^error: /, 2);
    expect(failed.err).toContain(message);
  });

  it('names that are none, and a config file that names no option', async () => {
    expectFailure(await train('--name', '../up'), '--name "../up" is a path', 2);
    await shop.save('wrong.json', '{"epoch": 3}');
    expectFailure(await train('--config', 'wrong.json'), 'Did you mean "epochs"?', 2);
  });

  it('to start where weights can neither be found nor fetched, and says what to do', async () => {
    const env = {
      GRAFT_CACHE: join(home, 'cache'),
      TORCH_HOME: home,
      GRAFT_WEIGHTS_URL: 'http://127.0.0.1:1',
    };
    const failed = await graft(['train', '--data', photos], { cwd: home, env });
    expectFailure(failed, 'There are no weights to start from');
    expect(failed.err).toContain('--weights FILE');
  });

  it('a folder that cannot be trained on', async () => {
    expectFailure(await train('--data', join(home, 'nowhere')), /There is no folder .*nowhere/);
    expectFailure(await train('--data', await shop.photos('single', { only: 2 })), 'one class only, "only"');
    await shop.save('broken/a/1.jpg', 'text');
    await shop.save('broken/a/2.jpg', '');
    await shop.save('broken/b/1.png', picture(0, 0).subarray(0, 90));
    await shop.save('broken/b/2.png', '\x89PNG');
    const broken = await train('--data', join(home, 'broken'));
    expectFailure(broken, 'None of the 4 photos');
    expect(broken.err).toContain('1.jpg is a text file, not an image');
    expect(await readdir(join(home, 'runs')).catch(() => [])).not.toContain(name);
  });

  it('weights that are broken or of another network', async () => {
    const good = await readFile(weights);
    const cut = await shop.save('cut.safetensors', good.subarray(0, good.length / 2));
    expectFailure(await train('--weights', cut), /cut\.safetensors: .*(cut short|damaged)/s);
    expectFailure(await train('--weights', join(home, 'none.pth')), /There is no weights file .*none\.pth/);
    expectFailure(await train('--weights', home), 'is a folder');
    const changed = new Map(state);
    changed.delete('bn1.bias');
    changed.set('extra', { shape: [1], data: new Float32Array(1) });
    changed.set('conv1.weight', { shape: [64, 3, 3, 3], data: new Float32Array(1728) });
    const other = await shop.save('other.safetensors', writeSafetensors(changed, { dtype: 'f16' }));
    const failed = await train('--weights', other);
    expectFailure(failed, 'the weights do not fit the network');
    expect(failed.err).toContain('"bn1.bias"');
    expect(failed.err).toContain('"extra"');
    expect(failed.err).toContain('expected [64, 3, 7, 7] × found [64, 3, 3, 3]');
  });

  it('parts that the network has not, and bce for more than two classes', async () => {
    expectFailure(await train('--tune', 'layer9'), '"layer9" is no part of the network');
    const three = await shop.photos('three', { a: 2, b: 2, c: 2 });
    expectFailure(await train('--data', three, '--loss', 'bce'), 'there are 3: use --loss cross-entropy', 2);
  });

  it('an output that cannot be written, or is the file that is read, before it trains', async () => {
    expectFailure(await train('--output', home), 'is a folder');
    expectFailure(await train('--output', '/dev/null'), '"/dev/null" is a device or a pipe');
    expectFailure(await train('--output', '/proc/nowhere/model'), '/proc/nowhere cannot be written to');
    expectFailure(await train('--output', weights), 'is the file that is read');
    await mkdir(join(home, 'elsewhere'), { recursive: true });
    await writeFile(join(home, 'elsewhere/runs'), 'a file where the folder of runs would be');
    const failed = await graft(argsFor(), { cwd: join(home, 'elsewhere') });
    expectFailure(failed, /runs cannot be written to/);
  });
});

describe('lr-find', () => {
  it('suggests a rate, shows the curve, and gives both to programs', async () => {
    const args = ['lr-find', '--data', photos, '--weights', weights, ...small, '--steps', '12'];
    const { code, out } = await run([...args, '--from', '1e-5']);
    expect(code).toBe(0);
    expect(out).toMatch(/^suggested +\d/m);
    expect(out).toContain('▲');
    const json = await run([...args, '--json']);
    const search = JSON.parse(json.out) as { suggestion: number; points: unknown[] };
    expect(search.suggestion).toBeGreaterThan(0);
    expect(search.points.length).toBeGreaterThan(9);
    expectFailure(await run(['lr-find']), '--data is missing', 2);
  });
});

const bytesOf = ({ buffer, byteOffset, byteLength }: Float32Array) =>
  Buffer.from(buffer, byteOffset, byteLength);
