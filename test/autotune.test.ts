// The autotune command as a user runs it: it measures, keeps, passes on and forgets, and other commands use what it kept.
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectFailure, graft, Workshop } from './support/cli.ts';

let workshop: Workshop;
let env: { readonly GRAFT_CACHE: string };
beforeAll(async () => {
  workshop = await Workshop.open();
  env = { GRAFT_CACHE: join(workshop.home, 'cache') };
});
afterAll(() => workshop.close());

const autotune = (...args: readonly string[]) => graft(['autotune', ...args], { cwd: workshop.home, env });

/** The one file that the cache holds. */
async function kept(): Promise<string> {
  const folder = join(env.GRAFT_CACHE, 'tuning');
  const [name = ''] = await readdir(folder);
  return join(folder, name);
}

interface AutotuneFile {
  adapter: Record<string, string>;
  entries: Record<string, unknown>;
}

describe('graft autotune', () => {
  it('measures, keeps and passes on; doctor tells of it; a bad file is told of and left alone', async () => {
    const nothing = await autotune('--export', 'early.json');
    expectFailure(nothing, 'Nothing was measured on this adapter yet.');

    // There are many problems, and kernels take their time to compile: stopped after two, it keeps what it found.
    const args = ['autotune', '--batch-size', '1', '--size', '16', '--tune', 'head', '--rounds', '3'];
    let stopped = false;
    const { code, out, err } = await graft(args, {
      ...{ cwd: workshop.home, env },
      onOut: (sofar, kill) => {
        if (stopped || sofar.split('the rule').length <= 2) return;
        stopped = true; // a second one would quit at once
        kill('SIGINT');
      },
    });
    expect(err).toContain('Stopping');
    expect(out).toMatch(/problems +15, of resnet18 on 1 photos of 16 px/);
    expect(out).toContain('conv2d.forward 1×16×16×3 → 64, 7×7, stride 2, padding 3, norm');
    expect(out).toMatch(/^ {2}[\w, ]+ \d+×\d+ +[\d.]+ ms +the rule/m);
    expect(out).toMatch(/faster +\d of [2-9] problems/);
    expect(out).not.toContain('refused');
    expect(out).toMatch(/in all +[\d.]+ ms by the rule, [\d.]+ ms as measured \(.\d+ %\)/);
    expect(code).toBe(130);

    // What won here depends on the machine: one entry is added, so that there is something to pass on in any case.
    const path = await kept();
    const file = JSON.parse(await readFile(path, 'utf8')) as AutotuneFile;
    file.entries['made up'] = {
      algorithm: 'a',
      rule: 'b',
      kernels: '00',
      milliseconds: 1,
      ruleMilliseconds: 2,
    };
    await writeFile(path, JSON.stringify(file));
    const known = Object.keys(file.entries).length;

    expect((await autotune('--export', 'mine.json')).out).toMatch(`Wrote mine.json: ${known} problem`);
    expect((await graft(['doctor'], { env })).out).toMatch(new RegExp(`autotuned +${known} problem`));
    expect((await autotune('--clear')).out).toBe(`Removed ${path}.\n`);
    expect((await graft(['doctor'], { env })).out).toMatch(/autotuned +none/);
    expect((await autotune('--import', 'mine.json')).out).toMatch(`Imported ${known} problem`);
    expect(JSON.parse(await readFile(await kept(), 'utf8'))).toEqual(file);

    await writeFile(path, '{');
    const warned = await autotune('--export', 'late.json');
    expect(warned.err).toContain(`warning: ${path} is no JSON; it is not used`);
    expect(warned.err).toContain('Nothing was measured');
    expect((await autotune('--clear')).out).toBe(`Removed ${path}.\n`);
    expect((await autotune('--clear')).out).toBe('Nothing was measured on this adapter.\n');
  });

  it('refuses files of others, and more than one thing at a time', async () => {
    const foreign = { format: 'graft-tuning', version: 1, adapter: { vendor: 'another' }, entries: {} };
    await workshop.save('foreign.json', JSON.stringify(foreign));
    expectFailure(
      await autotune('--import', 'foreign.json'),
      /foreign.json was measured on another adapter: vendor/,
    );
    await workshop.save('later.json', JSON.stringify({ ...foreign, version: 9 }));
    expectFailure(
      await autotune('--import', 'later.json'),
      'later.json has version 9 where this graft reads 1',
    );
    expectFailure(await autotune('--import', 'missing.json'), /missing.json cannot be read: ENOENT/);
    expectFailure(await autotune('--clear', '--export', 'x'), 'give only one', 2);
    expectFailure(await autotune('--tune', 'layer9'), '"layer9" is not a part of the network');
  });

  it('answers to its former name, and says so', async () => {
    const { out, err, code } = await graft(['tune', '--clear'], { cwd: workshop.home, env });
    expect(err).toBe('note: tune is now called autotune: graft autotune\n');
    expect(out).toMatch(/^(Removed|Nothing was measured)/);
    expect(code).toBe(0);
  });
});
