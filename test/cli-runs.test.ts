/** Runs by their names: what they are called, which is meant where none is named, what lists and compares them, and npm's missing `--`. */
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseCsv } from '../src/data/csv.ts';
import type { StoredAnswers } from '../src/run/store/answers.ts';
import { expectFailure, graft } from './support/cli.ts';
import { SMALL, tensorsOf, TrainShop } from './support/train-shop.ts';

let shop: TrainShop;
const train = (...args: string[]) =>
  shop.run(['train', '--data', shop.data, '--weights', shop.pretrained, ...SMALL, ...args]);

beforeAll(async () => {
  shop = await TrainShop.open();
  expect((await train()).out).toMatch(/^run +runs\/photos$/m);
  expect((await train('--epochs', '2', '--lr', '0.1')).out).toMatch(/^run +runs\/photos-2$/m);
});
afterAll(() => shop.close());

describe('a run', () => {
  it('is meant where none is named, if it is the newest, and says so first', async () => {
    const photo = join(shop.data, 'red/0.png');
    const said =
      /^model +runs\/photos-2, the newest run: blue, red; \d+\.\d % of \d validation photos right\n/;
    const predicted = await shop.run(['predict', photo]);
    expect(predicted).toMatchObject({ code: 0, err: '' });
    expect(predicted.out).toMatch(said);
    const json = await shop.run(['predict', '--json', photo]);
    expect(json.err).toMatch(said);
    expect(JSON.parse(json.out)).toMatchObject({ path: photo });
    const judged = await shop.run(['evaluate', '--data', shop.data, '--json']);
    expect(judged.err).toMatch(said);
    expect(JSON.parse(judged.out)).toMatchObject({ count: 12, model: 'runs/photos-2/best.safetensors' });
    const exported = await shop.run(['export', '--format', 'onnx', '--output', 'model.onnx']);
    expect(exported.out).toMatch(said);
    expect(exported.out).toContain('Wrote model.onnx: resnet18');
  });

  it('has a temperature, which its probabilities follow here and in the file that is taken elsewhere', async () => {
    const { epoch, temperature } = JSON.parse(
      await readFile(join(shop.home, 'runs/photos-2/calibration.json'), 'utf8'),
    ) as { epoch: number; temperature: number };
    expect(temperature).not.toBe(1);
    const probabilities = async (model: string) => {
      const { out } = await shop.run(['predict', '--model', model, '--json', shop.data]);
      return Array.from(out.matchAll(/"index":\d,"probability":([\d.e-]+),/g), ([, text]) => Number(text));
    };
    const best = 'runs/photos-2/best.safetensors';
    const [own, plain] = [await probabilities('runs/photos-2'), await probabilities(best)];
    expect(own).toHaveLength(12);
    own.forEach((share, i) => {
      const [right, wrong] = [plain[i]!, 1 - plain[i]!].map((one) => one ** (1 / temperature)); // as many
      expect(share).toBeCloseTo(right! / (right! + wrong!), 6);
    });
    await shop.run(['export', 'runs/photos-2', '--format', 'safetensors', '--output', 'taken.safetensors']);
    (await probabilities('taken.safetensors')).forEach((share, i) => expect(share).toBeCloseTo(own[i]!, 5));
    const judge = async () =>
      (await shop.run(['evaluate', '--model', 'runs/photos-2', '--data', shop.data])).out.replaceAll(
        /\s+/g,
        ' ',
      );
    expect(await judge()).toContain(
      `without its temperature, T = ${temperature.toFixed(2)}, which was fitted on`,
    );
    // One of another epoch is another model's.
    const file = 'runs/photos-2/calibration.json';
    await shop.save(file, JSON.stringify({ version: 1, epoch: epoch + 1, temperature }));
    expect(await probabilities('runs/photos-2')).toEqual(plain);
    await shop.save(file, '{');
    const failed = await shop.run(['predict', '--model', 'runs/photos-2', shop.data]);
    expectFailure(failed, /calibration\.json does not hold a temperature .*\nDelete it to go on without/s);
    await shop.save(file, JSON.stringify({ version: 1, epoch, temperature }));
  });

  it('is listed with the others, the newest first', async () => {
    const { out, code } = await shop.run(['runs']);
    expect(code).toBe(0);
    const [head, ...rows] = out.trimEnd().split('\n');
    expect(head).toMatch(/run +accuracy +val photos +classes/);
    expect(rows.map((row) => row.trim().split(/ {2,}/)[0])).toEqual(['runs/photos-2', 'runs/photos']);
    expect(rows[0]).toMatch(/\d % +2 +2 +head +32 +2\/2 +\d+.* MiB +20\d\d-\d\d-\d\d \d\d:\d\d$/);
    const runs = JSON.parse((await shop.run(['runs', '--json'])).out) as { run: string; ended: boolean }[];
    expect(runs).toMatchObject([
      { run: 'runs/photos-2', ended: true, epochs: 2, config: { lr: 0.1 } },
      { run: 'runs/photos', ended: true, epochs: 1 },
    ]);
    const none = await graft(['runs'], { cwd: shop.data });
    expect(none.out).toContain('There are no runs in runs/ yet. graft train --data photos begins one.');
  });

  it('has its mistakes listed, the surest first, as its answers have them', async () => {
    interface Kept {
      readonly classes: string[];
      readonly files: string[];
      readonly actual: number[];
      readonly predicted: number[];
      readonly confidence: number[];
    }
    const file = 'runs/photos-2/answers.json';
    const kept = JSON.parse(await readFile(join(shop.home, file), 'utf8')) as Kept;
    const rows = async (run?: string) => {
      const named = run === undefined ? [] : [run];
      const { out, code } = await shop.run(['mistakes', ...named, '--part', 'val', '--csv']);
      expect(code).toBe(0);
      return parseCsv(out).slice(1);
    };
    const expected = ({ classes, files, actual, predicted, confidence }: Kept) =>
      files
        .map((name, i) => [
          ...['val', join(shop.data, name), classes[actual[i]!]!, classes[predicted[i]!]!],
          confidence[i]!.toFixed(4), // columns are as long
        ])
        .filter(([, , is, said]) => is !== said)
        .sort((a, b) => Number(b[4]) - Number(a[4]));
    expect(await rows()).toEqual(expected(kept));
    // Whatever the model said, two mistakes of which the second is surer.
    const wrong = { ...kept, predicted: kept.actual.map((is) => 1 - is), confidence: [0.6, 0.875] };
    await shop.save(file, JSON.stringify(wrong));
    expect(await rows('runs/photos-2')).toEqual(expected(wrong));
    const { out } = await shop.run(['mistakes', 'runs/photos-2', '--output', 'mistakes.csv']);
    expect(out).toBe('Wrote mistakes.csv.\n');
    const both = parseCsv(await readFile(join(shop.home, 'mistakes.csv'), 'utf8')).slice(1);
    expect(both.filter(([part]) => part === 'val')).toEqual(expected(wrong));
    // What is taken is the newest run that ended, though it was stopped, and that is said.
    const config = await readFile(join(shop.home, 'runs/photos-2/config.json'), 'utf8');
    const longer = JSON.stringify({ ...(JSON.parse(config) as object), epochs: 9 });
    await shop.save('runs/photos-2/config.json', longer);
    await shop.save('runs/killed/best.safetensors', 'of a run that did not end');
    const text = await shop.run(['mistakes', '--part', 'val']);
    await shop.save('runs/photos-2/config.json', config);
    await rm(join(shop.home, 'runs/killed'), { recursive: true });
    expect(text.out).toMatch(
      /^model +runs\/photos-2, the newest run that ended, stopped after 2 of 9 epochs: .*\nval +2 of 2 validation photos told otherwise than labelled, the surest first\n +87\.5 % {2}.*\.png {2}\w+ taken for \w+\n/,
    );
    // Answers of an earlier model are none of this one's: it is asked again.
    await shop.save(file, JSON.stringify({ ...wrong, epoch: 99 }));
    expect(await rows('runs/photos-2')).toEqual(expected(kept));
    await shop.save(file, JSON.stringify(kept));
  });

  it('has the training photos listed whose labels are doubtful, the least likely label first', async () => {
    const file = 'runs/photos-2/training-answers.json';
    const text = await readFile(join(shop.home, file), 'utf8');
    const kept = JSON.parse(text) as StoredAnswers;
    expect(kept).toMatchObject({ classes: ['blue', 'red'] });
    expect(new Set(kept.files).size).toBe(10); // of 12 photos two are for validation
    // They are told apart with ease: none is doubtful, until two are mislabelled.
    expect(kept.predicted).toEqual(kept.actual);
    expect(kept.actual).toEqual(kept.files.map((name) => Number(name.startsWith('red/'))));
    const list = () => shop.run(['mistakes', 'runs/photos-2', '--part', 'train']);
    expect((await list()).out).toBe('train       0 of 10 training photos told otherwise than labelled\n');
    const doubtful = kept.actual.map((is, i) => (i === 1 || i === 4 ? 1 - is : is));
    await shop.save(file, JSON.stringify({ ...kept, predicted: doubtful }));
    const [head, ...rows] = (await list()).out.trimEnd().split('\n');
    expect(head).toBe(
      'train       2 of 10 training photos told otherwise than labelled, the least likely label first',
    );
    expect(rows.map((row) => row.split('  ')[1 + Number(row.startsWith('  '))])).toEqual(
      [kept.files[1], kept.files[4]].map((name = '') => join(shop.data, name)),
    );
    await shop.save(file, '{');
    expect((await list()).out).toContain(
      'this run kept no answers to its training photos; graft train --resume runs/photos-2 makes them\n',
    );
    await shop.save(file, text);
  });

  it('is compared with another', async () => {
    const { out, code } = await shop.run(['compare', 'runs/photos', 'runs/photos-2']);
    expect(code).toBe(0);
    expect(out).toMatch(/ +runs\/photos +runs\/photos-2\n/);
    expect(out).toMatch(/accuracy +\d+\.\d % of 2 \(\d+\.\d % to \d+\.\d %\)/);
    expect(out).toMatch(/--epochs +1 +2\n/);
    expect(out).toMatch(/--lr +0\.01 +0\.1\n/);
    expect(out).toMatch(/^ +2 {8,}\d\.\d+ +\d+\.\d+ +\d+\.\d %$/m); // only the second has another epoch
    expect(out).toContain('Of 2 photos that both were judged by, only');
    const same = await shop.run(['compare', 'runs/photos', 'runs/photos', '--json']);
    expect(JSON.parse(same.out)).toMatchObject({
      differences: [],
      photos: { judgedByBoth: 2, onlyFirst: [], onlySecond: [] },
    });
    const answers = await readFile(join(shop.home, 'runs/photos/answers.json'), 'utf8');
    await shop.save('runs/photos/answers.json', answers.replaceAll('.png', '.jpg'));
    const apart = await shop.run(['compare', 'runs/photos', 'runs/photos-2']);
    expect(apart.out).toContain('They were judged by different photos');
    await shop.save('runs/photos/answers.json', answers);
    expectFailure(
      await shop.run(['compare', 'runs/photos', 'runs/none']),
      /no run runs\/none.*\n.*graft runs lists them/,
    );
  });
});

describe('going on', () => {
  const epochsIn = async (run: string) =>
    (await readFile(join(shop.home, run, 'history.csv'), 'utf8')).trim().split('\n').length - 1;

  it('extends a run that ended by more epochs, and says where and on which schedule', async () => {
    expect((await train('--name', 'long')).code).toBe(0);
    const over = await shop.run(['train', '--resume', 'runs/long']);
    expect(over.out).toMatch(/^going on +nothing is left to train: this run is over after 1 epoch$/m);
    const fewer = await shop.run(['train', '--resume', 'runs/long', '--epochs', '3', '--lr', '0.5']);
    expectFailure(fewer, '--epochs was 1, now 3', 2);
    const { out, code } = await shop.run(['train', '--resume', 'runs/long', '--epochs', '3']);
    expect(code).toBe(0);
    expect(out.replaceAll(/\s+/g, ' ')).toContain(
      'going on with epoch 2 of 3: it was over after 1, and its learning rate goes on as in a run of 3 (one-cycle)',
    );
    expect(await epochsIn('runs/long')).toBe(3);
    // What a process leaves that is killed once the config is written: it is extended as it was to be.
    const config = JSON.parse(await readFile(join(shop.home, 'runs/long/config.json'), 'utf8')) as object;
    await shop.save('runs/long/config.json', JSON.stringify({ ...config, epochs: 4 }));
    const gone = await shop.run(['train', '--resume', 'runs/long']);
    expect(gone.code, gone.err).toBe(0);
    expect(await epochsIn('runs/long')).toBe(4);
    expectFailure(await shop.run(['train', '--resume', 'runs/long', '--epochs', '2']), 'was 4, now 2', 2);
  });

  it('says why a gradual run has no more epochs, and what to do instead', async () => {
    const gradual = ['--gradual', '--tune', 'layer4'];
    expect((await train('--name', 'gradual', ...gradual, '--epochs', '2')).code).toBe(0);
    const more = await shop.run(['train', '--resume', 'runs/gradual', '--epochs', '4']);
    expectFailure(
      more,
      'runs/gradual of 2 epochs cannot have 4: it was gradual, and how many of its epochs',
      2,
    );
    expect(more.err).toContain('--weights runs/gradual, without --resume, begins a new run');
  });

  it('starts a new run from a run’s network, with its head where the classes are the same', async () => {
    const from = ['--weights', 'runs/photos-2', '--lr', '1e-12'];
    const same = await train('--name', 'again', ...from);
    expect(same.code).toBe(0);
    expect(same.out.replaceAll(/\s+/g, ' ')).toContain('its head is kept, as the classes are the same');
    const headOf = async (run: string) => {
      const tensors = await tensorsOf(join(shop.home, 'runs', run, 'best.safetensors'));
      return tensors.get('fc.weight')!.data; // every ResNet has it
    };
    const [before, after] = [await headOf('photos-2'), await headOf('again')];
    expect(Math.max(...after.map((value, i) => Math.abs(value - before[i]!)))).toBeLessThan(1e-6); // as long
    const others = await shop.photos('others', { green: 3, grey: 3 });
    const anew = await train('--name', 'anew', ...from, '--data', others);
    expect(anew.code).toBe(0);
    expect(anew.out.replaceAll(/\s+/g, ' ')).toContain('its head is made anew, as the classes are others');
  });

  it('names the networks that there are where a name is none of them', async () => {
    const failed = await shop.run(['train', '--data', shop.data, '--weights', 'resnet999']);
    expectFailure(failed, /graft knows no network by that name.*one of: resnet18, /s);
  });
});

describe('npm without --', () => {
  it.each([
    [['train', 'my photos'], { data: 'true' }, "train -- --data 'my photos'"],
    [
      ['train', 'p', '3', 'adam'],
      { data: 'true', epochs: 'true', optimizer: 'true', gradual: 'true' },
      'train -- --data p --gradual --epochs 3 --optimizer adam',
    ],
    [
      ['predict', 'a.jpg', '--', 'b.jpg'],
      { json: 'true', top: '3' },
      'predict -- --top 3 --json a.jpg -- b.jpg',
    ],
    [['evaluate'], { model: 'true' }, 'evaluate -- --model <path>'],
  ])('is told the line that was meant by %j', async (args, taken, line) => {
    const env = {
      ...Object.fromEntries(Object.entries(taken).map(([name, value]) => [`npm_config_${name}`, value])),
      ...{ npm_lifecycle_event: args[0], npm_config_cache: '/somewhere', INIT_CWD: shop.home },
    };
    const failed = await graft(args, { env });
    expectFailure(failed, 'npm took options for its own', 2);
    expect(failed.err).toContain(`What works is\n  npm run ${line}\n`);
    expect(failed.out).toBe('');
  });

  it('is nothing to npx, nor to a shell', async () => {
    const env = { npm_config_data: 'true' };
    expect((await graft(['runs'], { cwd: shop.home, env })).code).toBe(0);
  });
});

it('the package has a script for each command that the list of commands has', async () => {
  const { scripts } = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8')) as {
    scripts: Record<string, string>;
  };
  const { out } = await graft(['--help']);
  for (const [, name = ''] of out.matchAll(/^ {2}([a-z-]+)(?: \S+)* {2,}[A-Z]/gm))
    expect(scripts[name], name).toBe(`node bin/graft.mjs ${name}`);
});
