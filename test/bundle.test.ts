// bin/bundle.mjs on a small package of its own: what runs is always what the sources say.
import { spawn } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const DAY = 24 * 3600 * 1000;

let home: string;
const cache = () => join(home, 'node_modules', '.cache', 'graft');
const bundles = async () => (await readdir(cache())).filter((name) => !name.includes('.'));
const write = async (name: string, text: string) => {
  await mkdir(dirname(join(home, name)), { recursive: true });
  await writeFile(join(home, name), text);
};

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'graft-bundle-'));
  await cp(join(ROOT, 'bin'), join(home, 'bin'), { recursive: true });
  await write('package.json', '{ "type": "module" }');
  await write(
    'src/program.ts',
    `import { word } from './word.ts';\nconsole.log(word, ...process.argv.slice(2));`,
  );
  await write('src/word.ts', `export const word: string = 'first';`);
  await write('src/platform/node/decode-worker.ts', 'export {};');
  await mkdir(join(home, 'node_modules'));
  for (const name of ['esbuild', 'tsx'])
    await symlink(join(ROOT, 'node_modules', name), join(home, 'node_modules', name));
});
afterEach(() => rm(home, { recursive: true }));

function run(): Promise<{ code: number | null; out: string; err: string }> {
  const child = spawn(process.execPath, ['bin/run.mjs', 'src/program.ts', '--flag'], { cwd: home });
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk) => (out += String(chunk)));
  child.stderr.on('data', (chunk) => (err += String(chunk)));
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, out, err })));
}
const printed = (word: string) => ({ code: 0, out: `${word} --flag\n`, err: '' });

it('runs what the sources say after each edit, and builds each text once', async () => {
  expect(await run()).toEqual(printed('first'));
  expect(await run()).toEqual(printed('first'));
  expect(await bundles()).toHaveLength(1);
  await write('src/word.ts', `export { word } from './other.ts';`);
  await write('src/other.ts', `export const word = 'other';`);
  expect(await run()).toEqual(printed('other'));
  await write('src/other.ts', `export const word = 'third';`);
  expect(await run()).toEqual(printed('third'));
  await write('src/word.ts', `export const word: string = 'first';`);
  await rm(join(home, 'src/other.ts'));
  expect(await run()).toEqual(printed('first'));
  expect(await bundles()).toHaveLength(3);
});

it('builds once where several start at the same time', async () => {
  const all = await Promise.all([run(), run(), run(), run()]);
  expect(all).toEqual(all.map(() => printed('first')));
  expect(await bundles()).toHaveLength(1);
});

it('says where a source is wrong, and in which line of a source a program fails', async () => {
  await write('src/word.ts', `export const word = ;`);
  const wrong = await run();
  expect(wrong.code).not.toBe(0);
  expect(wrong.err).toContain('src/word.ts:1:20: ERROR: Unexpected ";"');
  await write(
    'src/word.ts',
    `interface Gone { name: string }\n\n\nexport const word = null!;\nthrow new Error('failed');`,
  );
  const failing = await run();
  expect(failing.code).not.toBe(0);
  expect(failing.err).toMatch(/src\/word\.ts:5:7/);
});

it('runs the sources where no bundle can be written', async () => {
  await write('node_modules/.cache', 'a file where the folder would be');
  expect(await run()).toEqual(printed('first'));
});

it('removes bundles that were not started for a week', async () => {
  const grow = async (name: string) => {
    const then = new Date(Date.now() - 8 * DAY);
    await utimes(join(cache(), name), then, then);
  };
  await run();
  const [first = ''] = await bundles();
  await grow(first);
  await run(); // so it is in use
  await write('src/word.ts', `export const word = 'second';`);
  await run();
  expect(await bundles()).toContain(first);
  await grow(first);
  await write('src/word.ts', `export const word = 'third';`);
  expect(await run()).toEqual(printed('third'));
  expect(await bundles()).not.toContain(first);
  expect(await bundles()).toHaveLength(2);
});
