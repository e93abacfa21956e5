/** What `graft train` refuses, each with a clear message, the right exit code and nothing half-written. */
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { writeSafetensors } from '../src/weights/index.ts';
import { expectFailure, graft, picture } from './support/cli.ts';
import { TrainShop } from './support/train-shop.ts';

let shop: TrainShop;
beforeAll(async () => {
  shop = await TrainShop.open();
});
beforeEach(() => shop.nextRun());
afterAll(() => shop.close());

describe('train refuses', () => {
  it.each([
    [['--batch-size', '0'], "'--batch-size <n>' argument '0' is invalid. It must be a whole number from 1"],
    [['--lr', 'NaN'], "'--lr <rate>' argument 'NaN' is invalid. It must be a number greater than 0"],
    [['--clip-grad', '-1'], 'It must be a number greater than 0, such as 0.001 or 1e-3, or none.'],
    [['--loss', 'hinge'], 'Allowed choices are cross-entropy, bce'],
    [['--learning-rate', '1'], "unknown option '--learning-rate'"],
    [['more'], 'too many arguments'],
    [['--data', 'photos', 'of', 'cats'], "graft train --data 'photos of cats'\n"],
  ])('the options %j', async (args, message) => {
    await mkdir(join(shop.home, 'photos of cats'), { recursive: true });
    const failed = await shop.train(...args);
    expectFailure(failed, /^error: /, 2);
    expect(failed.err).toContain(message);
  });

  it('names that are none, and a config file that names no option', async () => {
    expectFailure(await shop.train('--name', '../up'), 'The name "../up" is a path', 2);
    await shop.save('wrong.json', '{"epoch": 3}');
    expectFailure(await shop.train('--config', 'wrong.json'), 'Did you mean "epochs"?', 2);
  });

  it('to look at what a step has not', async () => {
    const env = { GRAFT_DEBUG: 'tape,kernel' };
    const failed = await graft(['train', '--data', shop.data], { cwd: shop.home, env });
    expectFailure(failed, 'GRAFT_DEBUG is "kernel".', 2);
    expect(failed.err).toContain('There is: 1, tape, memory, kernels');
  });

  it('to start where weights can neither be found nor fetched, and says what to do', async () => {
    const env = {
      GRAFT_CACHE: join(shop.home, 'cache'),
      TORCH_HOME: shop.home,
      GRAFT_WEIGHTS_URL: 'http://127.0.0.1:1',
    };
    const failed = await graft(['train', '--data', shop.data], { cwd: shop.home, env });
    expectFailure(failed, 'There are no weights to start from');
    expect(failed.err).toContain('--weights FILE');
  });

  it('a folder that cannot be trained on', async () => {
    expectFailure(await shop.train('--data', join(shop.home, 'nowhere')), /There is no folder .*nowhere/);
    const word = await graft(['train', 'my photos'], { cwd: shop.home });
    expectFailure(word, "Photos are given with --data: graft train --data 'my photos'\n", 2);
    const oneClass = await shop.train('--data', join(shop.data, 'red'));
    expectFailure(
      oneClass,
      /outside any class folder.*\nIf they are all of one class, give --data the folder/s,
    );
    const single = await shop.photos('single', { only: 2 });
    expectFailure(await shop.train('--data', single), 'only one class, "only"');
    await shop.save('broken/a/1.jpg', 'text');
    await shop.save('broken/a/2.jpg', '');
    await shop.save('broken/b/1.png', picture(0, 0).subarray(0, 90));
    await shop.save('broken/b/2.png', '\x89PNG');
    const broken = await shop.train('--data', join(shop.home, 'broken'));
    expectFailure(broken, 'None of the 4 photos');
    expect(broken.err).toContain('1.jpg is a text file, not an image');
    expect(await readdir(join(shop.home, 'runs')).catch(() => [])).not.toContain(shop.name);
  });

  it('weights that are broken or of another network', async () => {
    const good = await readFile(shop.pretrained);
    const cut = await shop.save('cut.safetensors', good.subarray(0, good.length / 2));
    expectFailure(await shop.train('--weights', cut), /cut\.safetensors: .*(cut short|damaged)/s);
    expectFailure(
      await shop.train('--weights', join(shop.home, 'none.pth')),
      /There is no weights file .*none\.pth/,
    );
    expectFailure(await shop.train('--weights', shop.home), 'is a folder');
    const changed = new Map(shop.state);
    changed.delete('bn1.bias');
    changed.set('extra', { shape: [1], data: new Float32Array(1) });
    changed.set('conv1.weight', { shape: [64, 3, 3, 3], data: new Float32Array(1728) });
    const other = await shop.save('other.safetensors', writeSafetensors(changed, { dtype: 'f16' }));
    const failed = await shop.train('--weights', other);
    expectFailure(failed, 'the weights do not fit the network');
    expect(failed.err).toContain('"bn1.bias"');
    expect(failed.err).toContain('"extra"');
    expect(failed.err).toContain('expected [64, 3, 7, 7] × found [64, 3, 3, 3]');
  });

  it('parts that the network has not, and bce for more than two classes', async () => {
    expectFailure(await shop.train('--tune', 'layer9'), '"layer9" is not a part of the network');
    expect(await readdir(join(shop.home, 'runs')).catch(() => [])).not.toContain(shop.name);
    const three = await shop.photos('three', { a: 2, b: 2, c: 2 });
    expectFailure(
      await shop.train('--data', three, '--loss', 'bce'),
      /there are 3\.\nUse --loss cross-entropy/,
      2,
    );
  });

  it('an output that cannot be written, or is the file that is read, before it trains', async () => {
    expectFailure(await shop.train('--output', shop.home), 'is a folder');
    expectFailure(await shop.train('--output', '/dev/null'), '"/dev/null" is a device or a pipe');
    expectFailure(await shop.train('--output', '/proc/nowhere/model'), '/proc/nowhere cannot be written to');
    expectFailure(await shop.train('--output', shop.pretrained), 'is the file that is read');
    await mkdir(join(shop.home, 'elsewhere'), { recursive: true });
    await writeFile(join(shop.home, 'elsewhere/runs'), 'a file where the folder of runs would be');
    const failed = await graft(shop.argsFor(), { cwd: join(shop.home, 'elsewhere') });
    expectFailure(failed, /runs cannot be written to/);
  });
});
