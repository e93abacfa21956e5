/**
 * Runs of `graft train` that are stopped, by all that can stop a process, and resumed; each ends as if it had not been.
 */
import { execFile } from 'node:child_process';
import { readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { expectFailure, GRAFT, picture, type Run } from './support/cli.ts';
import { expectSameModels, tensorsOf, TrainShop } from './support/train-shop.ts';

let shop: TrainShop;
beforeAll(async () => {
  shop = await TrainShop.open();
});
beforeEach(() => shop.nextRun());
afterAll(() => shop.close());

describe('a run that is stopped', () => {
  it.each(['SIGINT', 'SIGHUP'] as const)('by %s finishes the step and can go on', async (signal) => {
    let sent = false;
    const { code, out, err } = await shop.run(shop.argsFor('--epochs', '99999'), (out, kill) => {
      if (sent || !/^epoch .* %/m.test(out)) return;
      sent = true;
      kill(signal);
    });
    expect(code).toBe(130);
    expect(err).toContain('Stopping after this step');
    expect(out).toContain(`graft train --resume runs/${shop.name}`);
    expect(await readdir(shop.inRun())).not.toContain('run.lock');
    expect((await tensorsOf(shop.inRun('best.safetensors'))).size).toBe(shop.state.size);
    const last = await tensorsOf(shop.inRun('last.safetensors'));
    expect([...last.keys()]).toEqual(
      expect.arrayContaining(['fc.weight', 'bn1.running_mean', 'optimizer.exp_avg']),
    );
    expect(last.has('conv1.weight')).toBe(false); // the best model has what is frozen
  });

  it('by a signal while photos are read leaves nothing', async () => {
    let sent = false;
    const { code, out } = await shop.run(shop.argsFor(), (out, kill) => {
      if (sent || !/^device/m.test(out)) return;
      sent = true;
      kill('SIGTERM');
    });
    expect(code).toBe(130);
    expect(out).toContain('Stopped before training; there is nothing to keep.');
    expect(await readdir(join(shop.home, 'runs'))).not.toContain(shop.name);
  });

  it.skipIf(process.platform === 'win32')('by the end of its reader can go on', async () => {
    const words = ['"$0" "$1"', ...shop.argsFor('--epochs', '99999').map((word) => `'${word}'`)];
    const shell = `{ ${words.join(' ')}; echo "code $?" >&2; } | sed '/^epoch/q'`;
    const { stderr } = await promisify(execFile)('/bin/sh', ['-c', shell, process.execPath, GRAFT], {
      cwd: shop.home,
    });
    expect(stderr).toContain('code 130');
    expect((await shop.resume('--epochs', '3')).err).toContain('--epochs was 99999, now 3');
  });

  it('by a second Ctrl-C quits at once, and leaves no half of a model', async () => {
    let sent = false;
    const { code, signal } = await shop.run(
      shop.argsFor('--size', '128', '--tune', 'all', '--epochs', '99'),
      (out, kill) => {
        if (sent || !/^parameters/m.test(out)) return;
        sent = true;
        kill('SIGINT');
        setTimeout(() => kill('SIGINT'), 500);
      },
    );
    expect([130, 'SIGINT']).toContain(code ?? signal); // to a shell the same; the step may be done before the second
    for (const file of await readdir(shop.inRun()))
      if (file.endsWith('.safetensors')) await tensorsOf(shop.inRun(file));
  });

  it('by kill -9 at any moment goes on to the same bits', async () => {
    const settings = ['--tune', 'layer4', '--epochs', '2', '--checkpoint-interval', '0', '--gradual'];
    expect((await shop.train(...settings)).code).toBe(0);
    const whole = shop.inRun();
    shop.name += '-killed';
    const delay = Math.random() * 6000;
    let armed = false;
    const killed = await shop.run(shop.argsFor(...settings), (out, kill) => {
      if (armed || !/^parameters/m.test(out)) return;
      armed = true;
      setTimeout(() => kill('SIGKILL'), delay);
    });
    expect([null, 0]).toContain(killed.code);
    const resumed = await shop.resume();
    expect(resumed.code, `killed ${delay} ms after its beginning: ${resumed.err}`).toBe(0);
    await expectSameModels(whole, shop.inRun());
    const epochs = async (dir: string) =>
      (await readFile(join(dir, 'history.csv'), 'utf8'))
        .split('\n')
        .map((line) => line.split(',').slice(0, 5));
    expect(await epochs(shop.inRun())).toEqual(await epochs(whole));
  });

  it('is resumed neither with other settings nor with other photos, classes or files', async () => {
    const data = await shop.photos('changing', { red: 4, blue: 4 });
    expect((await shop.train('--data', data, '--seed', '7')).code).toBe(0);
    const differing = await shop.resume('--epochs', '3', '--lr', '0.5', '--tune', 'auto');
    expectFailure(differing, `The run runs/${shop.name} cannot continue with different settings:`, 2);
    expect(differing.err).toContain('--epochs was 1, now 3');
    expect(differing.err).toMatch(/--lr was \S+, now 0\.5/);
    expect(differing.err).not.toMatch(/--(tune|seed)/);
    expect((await shop.resume()).code).toBe(0); // there is nothing left to train

    await shop.save('changing/red/0.png', picture(1, 77));
    expectFailure(
      await shop.resume(),
      /"red" has \d (training|validation) photos? as before, but not the same/,
    );
    await shop.photos('changing/green', { x: 1 });
    expectFailure(await shop.resume(), 'there is a new class "green"');

    await writeFile(shop.inRun('config.json'), '{"epochs": 1');
    expectFailure(await shop.resume(), 'config.json is damaged');
    await writeFile(shop.inRun('config.json'), '{"epochs": "many"}');
    expectFailure(
      await shop.resume(),
      'config.json is damaged: "epochs" is "many". It must be a whole number',
    );
    await writeFile(shop.inRun('config.json'), '{}');
    expectFailure(await shop.resume(), /config\.json is damaged: it has no "size", .*"weights"/);
    expectFailure(await shop.run(['train', '--resume', 'runs/none']), 'There is no run runs/none');
  });

  it('is not resumed with a config.json that was edited, but wherever its photos are', async () => {
    const data = await shop.photos('three', { red: 3, green: 3, blue: 3 });
    expect((await shop.train('--data', data)).code).toBe(0);
    const config = JSON.parse(await readFile(shop.inRun('config.json'), 'utf8')) as object;
    const resumeWith = async (change: object) => {
      await writeFile(shop.inRun('config.json'), JSON.stringify({ ...config, ...change }));
      return shop.resume();
    };
    const edited = await resumeWith({ loss: 'bce', bn: 'batch', batchSize: 5, clipGrad: 1 });
    expectFailure(
      edited,
      `runs/${shop.name}/config.json differs from the settings that the run was trained with:`,
    );
    for (const line of ['"loss" was cross-entropy, now bce', '"batchSize" was 4, now 5'])
      expect(edited.err).toContain(`\n  ${line}\n`);
    expect(edited.err).toContain('"clipGrad" was not set, now 1');
    expect(edited.err).toContain('to continue the run, or start a new one');
    await rename(data, `${data}-moved`);
    expect((await resumeWith({ data: `${data}-moved`, weights: '/nowhere' })).code).toBe(0);
    await resumeWith({});
    expect((await shop.resume('--data', `${data}-moved`)).code).toBe(0);
    expectFailure(await shop.resume('--data', shop.data), 'the class "green" is gone');
  });

  it('is not written by two processes at once', async () => {
    let second: Promise<Run[]> | undefined;
    const first = await shop.run(shop.argsFor('--epochs', '99999'), (out, kill) => {
      if (second || !/^epoch .* %/m.test(out)) return;
      second = Promise.all([shop.train(), shop.resume()]).finally(() => kill('SIGTERM'));
    });
    const [again, resumed] = (await second) ?? [];
    expectFailure(again!, `runs/${shop.name} is being written by process`); // both were started
    expectFailure(resumed!, `runs/${shop.name} is being written by process`);
    expect(first.code).toBe(130);
    expectFailure(await shop.train(), `runs/${shop.name} is not empty`);
  });
});
