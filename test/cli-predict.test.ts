/** `graft predict` and `graft evaluate` as processes: what they print for people and programs, and what they refuse. */
import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { deflateSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasHalf } from '../src/kernels/dtype.ts';
import { parseCsv } from '../src/data/csv.ts';
import { decodeImage } from '../src/data/index.ts';
import { resnet18 } from '../src/networks/index.ts';
import { createRandom } from '../src/random.ts';
import { encodeCheckpoint } from '../src/train/index.ts';
import { crc32 } from '../src/crc32.ts';
import { expectFailure, graft, GRAFT, picture, Workshop } from './support/cli.ts';
import { testGpu } from './support/gpu.ts';

/** Where SwiftShader comes with npm. */
const SWIFTSHADER = process.platform === 'linux' && process.arch === 'x64';
if (!SWIFTSHADER) console.warn('Skipped: the adapter without shader-f16 is on Linux for x64 alone.');

let shop: Workshop;
let model: string;

beforeAll(async () => {
  shop = await Workshop.open();
  const network = resnet18(await testGpu(), 2);
  network.initialise(createRandom(1));
  const bytes = encodeCheckpoint(await network.stateDict(), {
    architecture: 'resnet18',
    classes: ['blue', 'red, "bright"'],
    transform: { kind: 'resize', width: 32, height: 32 },
    loss: 'cross-entropy',
    graft: '0.1.0',
  });
  model = await shop.save('runs/first/best.safetensors', bytes);
});
afterAll(() => shop.close());

const inShop = (...args: string[]) => graft(args, { cwd: shop.home });

/** A black grey-scale PNG, however large, in little memory. */
function blackPng(width: number, height: number): Buffer {
  const chunk = (type: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(type), data]);
    const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(data.length);
    sum.writeUInt32BE(crc32(body));
    return Buffer.concat([length, body, sum]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header[8] = 8; // bits; the rest is grey, deflate, no filter, no interlace
  const rows = Buffer.alloc((width + 1) * height);
  const signature = Buffer.from('89504e470d0a1a0a', 'hex');
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

describe('predict', () => {
  it('goes through folders in order, whatever the names and sizes, and says what it cannot read', async () => {
    const names = ['Ünï çødé 🐈.png', 'a b.png', 'deep/er/one.PNG', 'point.png', 'wide.png'];
    const data = [picture(0, 1), picture(0, 2), picture(1, 3), blackPng(1, 1), blackPng(8000, 6000)];
    for (const [i, name] of names.entries()) await shop.save(`album/${name}`, data[i]!); // as many
    await shop.save('album/broken.jpg', 'no photo');
    await shop.save('album/notes.txt', 'not a photo and not named as one');
    await symlink('..', join(shop.home, 'album/deep/loop'));
    await shop.save('-dash.png', picture(1, 4));

    const { code, out, err } = await inShop(
      ...['predict', '--model', 'runs/first', '--json', '--top', '2', '--', '-dash.png', 'album'],
    );
    const lines = out.trimEnd().split('\n');
    const results = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(results.map(({ path }) => path)).toEqual([
      '-dash.png',
      'album/a b.png',
      'album/broken.jpg',
      'album/point.png',
      'album/wide.png',
      'album/Ünï çødé 🐈.png',
      'album/deep/er/one.PNG',
    ]);
    expect(results[2]).toEqual({ path: 'album/broken.jpg', error: 'is a text file, not an image' });
    const first = results[0] as {
      class: string;
      index: number;
      probability: number;
      top: { probability: number }[];
    };
    expect(['blue', 'red, "bright"'].indexOf(first.class)).toBe(first.index);
    expect(first.probability).toBe(first.top[0]?.probability);
    expect(first.top.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1, 6);
    expect(err).toBe('error: album/broken.jpg is a text file, not an image\n');
    expect(code).toBe(1);
  });

  it('writes a table with a row for each photo, also for one that cannot be read', async () => {
    await shop.save('a, "b".png', picture(0, 1));
    await shop.save('torn.png', 'no photo');
    const { code, out } = await inShop('predict', '--model', model, '--csv', 'a, "b".png', 'torn.png');
    const [header, row, torn] = out.trimEnd().split('\n');
    expect(header).toBe('file,class,probability,p_blue,"p_red, ""bright""",unlike,familiarity,error');
    expect(row).toMatch(/^"a, ""b""\.png",("red, ""bright"""|blue),0\.\d{4},0\.\d{4},0\.\d{4},,,$/);
    expect(torn).toBe('torn.png,,,,,,,"is a text file, not an image"');
    expect(code).toBe(1);
  });

  it('writes to a file what it would print, in the form that its ending says', async () => {
    await shop.save('x.png', picture(0, 1));
    const call = ['predict', '--model', model, 'x.png'];
    for (const [form, name] of [
      ['--csv', 'found.csv'],
      ['--json', 'found.jsonl'],
      ['--json', 'plain'],
    ] as const) {
      const printed = await inShop(...call, form);
      const { code, out, err } = await inShop(
        ...[...call, '--output', name],
        ...(name === 'plain' ? [form] : []),
      );
      expect({ code, err }).toEqual({ code: 0, err: '' });
      expect(out).toBe(`Wrote ${name}: 1 of 1 photos predicted.\n`);
      expect(await readFile(join(shop.home, name), 'utf8')).toBe(printed.out);
    }
    expectFailure(await inShop(...call, '--output', '.'), 'is a folder');
  });

  it('writes where it looked, beside no photo and over none', async () => {
    await shop.save('looked-at/a.png', picture(0, 1));
    await shop.save('looked-at/b/a.png', picture(1, 1));
    await shop.save('looked-at/none.png', 'no photo');
    const call = ['predict', '--model', 'runs/first', '--json', 'looked-at'];
    const [plain, explained] = [await inShop(...call), await inShop(...call, '--explain', 'new/looked')];
    expect(explained).toEqual({ ...plain, code: 1 }); // one cannot be read
    expect((await readdir(join(shop.home, 'new/looked'))).sort()).toEqual(['a-looked-2.png', 'a-looked.png']);
    const overlay = await decodeImage(await readFile(join(shop.home, 'new/looked/a-looked.png')));
    expect([overlay.width, overlay.height]).toEqual([256, 256]);
    const refused = /holds photos that are read.*\nGive --explain a folder of its own/;
    expectFailure(await inShop(...call, '--explain', 'looked-at/b'), refused, 2);
    expectFailure(await inShop(...call, 'here/x.png', '--explain', 'here'), refused, 2);
    expectFailure(await inShop(...call, '--explain', 'looked-at/a.png'), 'is a file, not a folder', 2);
    expect((await readdir(join(shop.home, 'looked-at'))).sort()).toEqual(['a.png', 'b', 'none.png']);
  });

  it.skipIf(process.platform === 'win32')('ends quietly when nobody reads on', async () => {
    const command = `"$0" "$1" predict --model runs/first --top 2 album | head -n 1`;
    await shop.save('album/x.png', picture(0, 1));
    const { stdout, stderr } = await promisify(execFile)(
      '/bin/sh',
      ['-c', command, process.execPath, GRAFT],
      { cwd: shop.home },
    );
    expect(stdout.split('\n')).toHaveLength(2);
    expect(stderr).not.toMatch(/EPIPE|at /);
  });

  it('means the folder where npm was called, and shows npm’s words', async () => {
    await shop.save('here.png', picture(0, 1));
    const env = { npm_lifecycle_event: 'predict', INIT_CWD: shop.home };
    const { code, out } = await graft(['predict', '--model', 'runs/first', 'here.png'], { env });
    expect(out).toMatch(/^here\.png /);
    expect(code).toBe(0);
    const failed = await graft(['predict', '--modle', 'x'], { env });
    expectFailure(failed, '(npm run predict -- --help lists all options)', 2);
  });

  it('answers nearly the same from 16-bit floats', async () => {
    if (!hasHalf(await testGpu())) return console.log('predict --half: this adapter has no shader-f16');
    await shop.save('here.png', picture(0, 1));
    const call = ['predict', '--model', 'runs/first', '--json', 'here.png'];
    const [single, half] = [await inShop(...call), await inShop(...call, '--half')];
    const probabilities = [single, half].map(
      ({ out }) => (JSON.parse(out) as { probability: number }).probability,
    );
    expect(probabilities[1]).not.toBe(probabilities[0]);
    expect(probabilities[1]).toBeCloseTo(probabilities[0]!, 2); // two were asked for
    expect(half).toMatchObject({ code: 0, err: '' });
  });

  it.skipIf(!SWIFTSHADER)('says what to do where the adapter has no 16-bit floats', async () => {
    await shop.save('here.png', picture(0, 1));
    const env = { GRAFT_ADAPTER: 'swiftshader' };
    const failed = await graft(['predict', '--model', 'runs/first', '--half', 'here.png'], {
      cwd: shop.home,
      env,
    });
    expectFailure(failed, /no 16-bit floats \(WebGPU's shader-f16\)\.\nLeave --half out/);
  });

  it('refuses a head whose classes nobody named, and calls without a model or photos', async () => {
    const { path } = await shop.weights();
    await shop.save('here.png', picture(0, 1));
    expectFailure(
      await inShop('predict', '--model', path, 'here.png'),
      /has 10 classes and does not name them/,
    );
    const none = await inShop('predict', 'x.jpg'); // runs/first holds a model and was never a run
    expectFailure(none, 'No run has ended yet with a model.', 2);
    const nowhere = await graft(['predict', 'x.jpg'], { cwd: join(shop.home, 'album') });
    expectFailure(nowhere, 'There is no run yet to take the model of.\nRuns are looked for in runs/', 2);
    expect(nowhere.err).toContain('graft train --data photos');
    expectFailure(await inShop('predict', '--model', path), "missing required argument 'photos'", 2);
    expectFailure(await inShop('predict', '--model', 'none', 'x.jpg'), 'There is no run or model file none');
  });

  it('refuses a model whose weights hold NaN', async () => {
    const network = resnet18(await testGpu(), 2);
    network.initialise(createRandom(1));
    const tensors = await network.stateDict();
    tensors.get('conv1.weight')!.data.fill(NaN); // every ResNet has it
    const bytes = encodeCheckpoint(tensors, {
      architecture: 'resnet18',
      classes: ['a', 'b'],
      transform: { kind: 'resize', width: 32, height: 32 },
      loss: 'cross-entropy',
      graft: '0.1.0',
    });
    const damaged = await shop.save('nan.safetensors', bytes);
    await shop.save('nan/a/1.png', picture(0, 1));
    await shop.save('nan/b/1.png', picture(1, 1));
    const why = 'answers with numbers that are not finite: its weights are damaged';
    expectFailure(await inShop('predict', '--model', damaged, 'nan/a/1.png'), why);
    expectFailure(await inShop('evaluate', '--model', damaged, '--data', 'nan'), why);
  });

  it('refuses folders without a model or photos, and files that are none', async () => {
    await mkdir(join(shop.home, 'empty'), { recursive: true });
    expectFailure(await inShop('predict', '--model', 'empty', 'x.png'), 'empty holds no model');
    expectFailure(await inShop('predict', '--model', model, 'empty'), 'There are no photos');
    expectFailure(await inShop('predict', '--model', model, 'none.png'), 'none.png does not exist');
    expectFailure(
      await inShop('predict', '--model', model, '--json', '--csv', 'x'),
      'cannot be used with',
      2,
    );
  });
});

describe('evaluate', () => {
  it('judges from 16-bit floats', async () => {
    if (!hasHalf(await testGpu())) return console.log('evaluate --half: this adapter has no shader-f16');
    const data = await shop.photos('halved', { blue: 2, 'red, "bright"': 2 });
    const call = ['evaluate', '--model', 'runs/first', '--data', data, '--json'];
    const [single, half] = [await inShop(...call), await inShop(...call, '--half')];
    const losses = [single, half].map(({ out }) => (JSON.parse(out) as { loss: number }).loss);
    expect(losses[1]).not.toBe(losses[0]);
    expect(losses[1]).toBeCloseTo(losses[0]!, 2); // two were asked for
  });

  it('tells accuracy, loss, each class and what is taken for what', async () => {
    const data = await shop.photos('judged', { blue: 3, 'red, "bright"': 5 });
    await shop.save('judged/blue/broken.png', 'no photo');
    const { code, out, err } = await inShop(
      ...['evaluate', '--model', 'runs/first', '--data', data, '--output', 'judged.csv'],
    );
    expect(err).toBe('');
    expect(code).toBe(0);
    expect(out).toMatch(/^accuracy +\d+\.\d %, [0-8] of 8 photos right$/m);
    expect(out).toMatch(/^loss +\d+\.\d+$/m);
    expect(out).toMatch(
      /^calibration +how sure it is and how often it is right differ by \d+\.\d % \(ECE\)$/m,
    );
    expect(out).toMatch(/^ {2}blue +3 /m);
    expect(out).toMatch(/^ {2}is \\ said +blue +red, "bright"$/m);
    expect(out).toContain('blue/broken.png is a text file');

    const asJson = await inShop('evaluate', '--model', 'runs/first', '--data', data, '--json');
    const result = JSON.parse(asJson.out) as {
      accuracy: number;
      loss: number;
      count: number;
      confusion: number[][];
      skipped: unknown[];
      photos: { path: string; class: string; predicted: string; right: boolean; probability: number }[];
      calibration: { ece: number; bins: { count: number; confidence: number; accuracy: number }[] };
    };
    expect(result.photos).toHaveLength(8);
    for (const photo of result.photos) {
      expect(photo.path).toContain(`/${photo.class}/`);
      expect(photo.right).toBe(photo.class === photo.predicted);
    }
    expect(result.photos.filter(({ right }) => right)).toHaveLength(result.accuracy * 8);
    const [head, ...rows] = parseCsv(await readFile(join(shop.home, 'judged.csv'), 'utf8'));
    expect(head).toEqual(['file', 'label', 'answer', 'probability', 'right', 'error']);
    expect(rows).toEqual([
      ...result.photos.map((photo) => [
        ...[photo.path, photo.class, photo.predicted, photo.probability.toFixed(4), String(photo.right), ''],
      ]),
      [join(data, 'blue/broken.png'), '', '', '', '', 'is a text file, not an image'],
    ]);
    const { bins, ece } = result.calibration;
    const sum = (of: (bin: (typeof bins)[number]) => number) => bins.reduce((all, bin) => all + of(bin), 0);
    const sure = result.photos.reduce((all, { probability }) => all + probability, 0);
    expect(sum(({ count }) => count)).toBe(8);
    expect(sum(({ count, accuracy }) => count * accuracy)).toBeCloseTo(result.accuracy * 8, 9);
    expect(sum(({ count, confidence }) => count * confidence)).toBeCloseTo(sure, 9);
    expect(sum((bin) => bin.count * Math.abs(bin.confidence - bin.accuracy))).toBeCloseTo(ece * 8, 9);
    const toFile = await inShop(
      'evaluate',
      '--model',
      'runs/first',
      '--data',
      data,
      '--output',
      'judged.json',
    );
    expect(toFile.out).toMatch(/^accuracy .*\n[^]*\nWrote judged\.json\.\n$/m);
    expect(await readFile(join(shop.home, 'judged.json'), 'utf8')).toBe(asJson.out);
    expect(result.count).toBe(8);
    expect(result.skipped).toHaveLength(1);
    expect(result.confusion.map((row) => row.reduce((a, b) => a + b))).toEqual([3, 5]);
    expect(result.accuracy).toBe((result.confusion[0]![0]! + result.confusion[1]![1]!) / 8); // 2 × 2
    expect(out).toContain(result.loss.toFixed(4));
  });

  it('refuses classes that the model does not know, and parts that the folder has not', async () => {
    const data = await shop.photos('others', { blue: 1, green: 1 });
    const failed = await inShop('evaluate', '--model', 'runs/first', '--data', data);
    expectFailure(failed, /others has a class that .*best\.safetensors does not know: "green"/);
    expect(failed.err).toContain('The model knows these classes: "blue", "red, \\"bright\\"');
    const undivided = await inShop('evaluate', '--model', model, '--data', data, '--part', 'train');
    expectFailure(undivided, 'has no folders train/ and val/');
  });
});
