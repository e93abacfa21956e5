// `graft.config.ts`: found in the folder that one stands in, run as the program that it is, and never where it may be a stranger's.
import { existsSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { expectFailure, graft } from './support/cli.ts';
import { TrainShop } from './support/train-shop.ts';

const TYPES = new URL('../src/run/config-file.ts', import.meta.url).pathname;
/** A config file that leaves a trace when it is run. */
const TRACE = `import { writeFileSync } from 'node:fs';
writeFileSync(process.env.TRACE, 'run');
export default { epochs: 1 };`;

describe('graft.config.ts', () => {
  let shop: TrainShop;
  beforeAll(async () => {
    shop = await TrainShop.open();
  });
  beforeEach(() => shop.nextRun());
  afterEach(async () => {
    for (const name of [
      'graft.config.ts',
      'graft.config.mjs',
      'graft.config.js',
      'graft.config.json',
      'trace',
    ])
      await rm(join(shop.home, name), { force: true });
  });
  afterAll(() => shop.close());
  const define = (config: string) => `import { defineConfig } from '${TYPES}';
const epochs: number = 3;
export default defineConfig(${config});`;

  it('sets what the command line leaves open, and says so', async () => {
    await shop.save(
      'graft.config.ts',
      define(`{ epochs, lr: 0.003, size: 48, data: 'photos', patience: null, labels: undefined }`),
    );
    const { pretrained, name } = shop;
    const words = ['train', '--weights', pretrained, '--name', name, '--size', '32', '--epochs', '1'];
    const { code, out, err } = await shop.run(words);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(/^settings .*\n(?: {12}.*\n)* {12}graft\.config\.ts sets data photos, lr 0\.003/m);
    expect(JSON.parse(await readFile(shop.inRun('config.json'), 'utf8'))).toMatchObject({
      ...{ size: 32, epochs: 1, lr: 0.003, data: shop.data },
    });
    await shop.save('graft.config.ts', define('{ epochs: 2 }'));
    const resumed = await shop.resume(); // its settings are its own
    expect(resumed.out).toContain('nothing is left to train');
  });

  it.each([
    ['ts', define('{ bachSize: 8 } as object'), 'there is no option "bachSize". Did you mean "batchSize"?'],
    ['mjs', 'export default { lr: "fast" };', '"lr" is "fast". It must be a number greater than 0'],
    ['json', '{"epoch": 1}', 'there is no option "epoch". Did you mean "epochs"?'],
    ['js', 'module.exports = { epochs: 0 };', '"epochs" is 0. It must be a whole number'],
    ['ts', 'export const epochs = 3;', 'it must export an object with options by name: export default'],
    ['ts', 'export default { epochs: few };', 'it cannot be run: few is not defined'],
    ['ts', 'export default { epochs: 1 ', 'it cannot be run: '],
  ])('in %s refuses %j', async (ending, text, message) => {
    await shop.save(`graft.config.${ending}`, text);
    const failed = await shop.run(['train']);
    expectFailure(failed, `error: graft.config.${ending}: ${message}`, 2);
  });

  it('refuses two of them', async () => {
    await shop.save('graft.config.ts', define('{}'));
    await shop.save('graft.config.json', '{}');
    expectFailure(await shop.run(['train']), 'both graft.config.ts and graft.config.json are here', 2);
  });

  it('is not run in a folder of photos or a run, nor for other commands or their help', async () => {
    const env = { TRACE: join(shop.home, 'trace') };
    const photos = join(shop.home, 'photos');
    await shop.save('photos/graft.config.ts', TRACE);
    await shop.save('run/graft.config.ts', TRACE);
    for (const name of ['classes.json', 'config.json']) await shop.save(`run/${name}`, '[]');
    for (const [folder, ...words] of [
      [photos, 'train', '--data', '.', '--weights', 'nowhere.pth'],
      [join(photos, 'red'), 'lr-find', `--data=${photos}`, '--weights', 'nowhere.pth'],
      [join(shop.home, 'run'), 'train', '--weights', 'nowhere.pth'],
    ] as const) {
      const { code, err } = await graft(words, { cwd: join(folder), env });
      expect(code).not.toBe(0);
      if (!folder.endsWith('red')) expect(err).toMatch(/^note: graft\.config\.ts is not read, as it lies in/);
    }
    await graft(['runs'], { cwd: photos, env });
    await graft(['train', '--help'], { cwd: photos, env });
    expect(existsSync(env.TRACE)).toBe(false);
    const named = ['train', '--data', '.', '--weights', 'nowhere.pth', '--config', 'graft.config.ts'];
    await graft(named, { cwd: photos, env });
    expect(existsSync(env.TRACE)).toBe(true);
    await rm(join(photos, 'graft.config.ts'));
  });

  it('serves lr-find too, which passes over what only train has', async () => {
    await shop.save('graft.config.ts', define(`{ name: 'cats', tensorboard: true, seed: -1 }`));
    const failed = await shop.run(['lr-find', '--data', shop.data]);
    expectFailure(failed, 'graft.config.ts: "seed" is -1. It must be a whole number of at least 0.', 2);
  });
});
