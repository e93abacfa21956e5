/** Photos in the folders that people have, through the real commands: what is trained on, and what is refused with what to do. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { expectFailure, picture } from './support/cli.ts';
import { TrainShop } from './support/train-shop.ts';

let shop: TrainShop;
beforeAll(async () => {
  shop = await TrainShop.open();
});
beforeEach(() => shop.nextRun());
afterAll(() => shop.close());

/** Photos whose paths tell their class, red or blue, to the test. */
async function save(folder: string, paths: readonly string[]): Promise<string> {
  for (const [i, path] of paths.entries())
    await shop.save(`${folder}/${path}`, picture(path.includes('red') ? 0 : 1, i));
  return join(shop.home, folder);
}

const numbered = (...starts: readonly string[]) =>
  starts.flatMap((start) => [1, 2, 3].map((number) => `${start}${number}.png`));

describe('train and evaluate', () => {
  it('take a training_set beside a test_set of photos without classes, and say what is left out', async () => {
    const data = await save('kaggle', [
      ...numbered('training_set/training_set/red/', 'training_set/training_set/blue/'),
      ...numbered('test_set/test_set/'),
    ]);
    await mkdir(join(data, 'training_set/training_set/empty'));
    const { code, out } = await shop.train('--data', data);
    expect(code).toBe(0);
    expect(out).toMatch(/blue +2 +1\n +red +2 +1\n/);
    expect(out).toContain(
      'test_set holds photos without classes: a part of the training photos is set aside',
    );
    expect(out).toContain('training_set/empty holds no photos: left out');
    const one = await save('one', numbered('red/'));
    const judged = await shop.run(['evaluate', '--model', `runs/${shop.name}`, '--data', one]);
    expect(judged).toMatchObject({ code: 0, err: '' });
    expect(judged.out).toMatch(/of 3 photos right/);
  });

  it('offer and take labels from names', async () => {
    const data = await save('flat', numbered('train/red.', 'train/blue.', 'test/'));
    const refused = await shop.train('--data', data);
    expectFailure(refused, 'whose names seem to tell their classes ("blue", "red")');
    expect(refused.err).toContain('With --labels-from-names they are taken from the names.');
    const { code, out } = await shop.train('--data', data, '--labels-from-names');
    expect(code).toBe(0);
    expect(out).toMatch(/blue +2 +1\n +red +2 +1\n/);
    expect(out).toContain('3 photos in');
    const resumed = await shop.resume();
    expect(resumed.code).toBe(0);
    const judged = await shop.run([
      ...['evaluate', '--model', `runs/${shop.name}`, '--data', data, '--labels-from-names'],
    ]);
    expect(judged.out).toMatch(/of 6 photos right/);
  });

  it('take labels from a file', async () => {
    const data = await save('table', numbered('red', 'blue'));
    const rows = numbered('red', 'blue').map((file) => `${file},${file.includes('red') ? 'warm' : 'cold'}`);
    const labels = await shop.save('labels.csv', ['file,label', ...rows].join('\n'));
    const { code, out } = await shop.train('--data', data, '--labels', labels);
    expect(code).toBe(0);
    expect(out).toMatch(/cold +2 +1\n +warm +2 +1\n/);
    expect((await shop.resume()).code).toBe(0);
    expectFailure(await shop.train('--data', data, '--labels', 'none.csv'), 'There is no file');
  });

  it('refuse what would tell folds from one another, and batches of one photo', async () => {
    const folds = await save('folds', numbered('one/red/', 'one/blue/', 'two/red/', 'two/blue/'));
    const refused = await shop.train('--data', folds);
    expectFailure(refused, 'a network that tells "one" from "two" is not what you want');
    const single = await shop.train('--batch-size', '1', '--tune', 'layer4');
    expectFailure(single, /Batches of one photo .*\nUse --batch-size 2 or more, or --tune head\./, 2);
    expect(single.out).not.toContain('data ');
    expectFailure(await shop.train('--batch-size', '1', '--bn', 'batch'), 'or --bn running', 2);
    expect((await shop.train('--batch-size', '1')).code).toBe(0);
  });
});
