/**
 * The examples in doc comments run: everything that the package exports has a comment, and all but types an example. An example sees the
 * exports of its entry and `gpu`, may import from the other entries, and its lines `x; // → value` are checked. Those of `graft/node` run
 * where `photos`, `pizza.png` and weights lie and a run was trained, those of `graft/web` in a browser, with the same files.
 */
import { cp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ENTRIES, readApi, type Entry } from '../docs/api/exports.ts';
import * as graft from '../src/api/graft.ts';
import * as kernels from '../src/api/kernels.ts';
import * as node from '../src/api/node.ts';
import { hasBrowser, TestBrowser } from './browser/harness.ts';
import { check, examplesHome, examplesOf, programOf } from './support/examples.ts';
import { testGpu } from './support/gpu.ts';
import { compile, transpile, typeErrorsOf, withChecks } from './support/snippets.ts';

const api = readApi();
const examples = examplesOf(api);
const of = (...entries: readonly Entry[]) => examples.filter(({ entry }) => entries.includes(entry));

/** A run of seconds. */
const SMALL = { weights: 'resnet18-emoji.safetensors', size: 64, tune: 'head', epochs: 20 } as const;

const modules = { graft, node, kernels };
const entries = { graft, 'graft/node': node, 'graft/kernels': kernels };

async function run(entry: keyof typeof modules, code: string, given: object = {}): Promise<unknown> {
  const scope = { check, entries, ...given, ...modules[entry] };
  return compile(Object.keys(scope), `{${code}}`)(...Object.values(scope));
}

describe('doc comments', () => {
  it.each(ENTRIES)(
    'explain all that %s exports, with an example of each function, class and constant',
    (entry) => {
      const lacking = api.entries[entry].filter(
        ({ comment, isValue }) => comment === '' || (isValue && !/^```ts$/m.test(comment)),
      );
      const names = lacking.map(({ name }) => name);
      expect(names).toEqual([]);
    },
  );

  it('have examples that pass the compiler, which sees what is wrong', () => {
    const programs = examples.map((example, i) => [`example-${i}`, programOf(example, api)] as const);
    const errors = typeErrorsOf({ ...Object.fromEntries(programs), wrong: 'const x: number = "a text";' });
    expect(errors.wrong).toHaveLength(1); // the compiler does look
    for (const [i, { place }] of examples.entries()) expect(errors[`example-${i}`], place).toEqual([]);
  });

  it('fail where a value is not as they say', async () => {
    const given = compile(['check'], withChecks('const x = [1, 2];\nx; // → [1, 3]\n'));
    await expect(given(check)).rejects.toThrow(/\[1\] is 2, expected 3/);
    await expect(compile(['check'], withChecks('"a"; // → "b"'))(check)).rejects.toThrow(/deeply equal/);
  });
});

describe('examples of the engine', () => {
  it.each(of('graft', 'kernels'))('$place', async ({ entry, code }) => {
    await run(entry as 'graft' | 'kernels', code, { gpu: await testGpu() });
  });
});

describe('examples of a platform', () => {
  const cwd = process.cwd();
  let home: string;
  beforeAll(async () => {
    home = await examplesHome();
    process.chdir(home);
    await node.train({ data: 'photos', ...SMALL });
    await cp('runs/photos/best.safetensors', 'best.safetensors'); // for pages, which are served this folder
  });
  afterAll(async () => {
    process.chdir(cwd);
    await rm(home, { recursive: true, force: true });
  });

  it.each(of('node'))('$place', async ({ code }) => {
    const ended = run('node', code);
    // A test runner lets nobody end its process.
    if (code.includes('exitCleanly(')) await expect(ended).rejects.toThrow('process.exit');
    else await ended;
  });

  it.skipIf(!hasBrowser('examples of graft/web'))('a browser', async () => {
    const folders = [home, ...['animal', 'food'].map((name) => join(home, 'photos', name))];
    const browser = await TestBrowser.open({ worker: 'test/browser/examples.ts', folders });
    try {
      const files = await filesBelow('photos');
      for (const { place, code } of of('web')) {
        const checked = await browser.call<[unknown, unknown][]>('run', transpile(code), files);
        expect(checked.length, place).toBeGreaterThan(0);
        for (const [actual, expected] of checked) check(actual, expected);
      }
    } finally {
      await browser.close();
    }
  });
});

const filesBelow = async (folder: string): Promise<string[]> =>
  (await readdir(folder, { recursive: true })).filter((path) => path.endsWith('.png'));
