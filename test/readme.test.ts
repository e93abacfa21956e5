/**
 * What the README shows must be so: its table of options is made from the same table as the options (its programs are run by
 * test/package.test.ts). UPDATE_README=1 npx vitest run test/readme.test.ts writes that anew.
 */
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { optionsTable } from './support/options-table.ts';

const ROOT = new URL('..', import.meta.url);
const README = new URL('README.md', ROOT);
const written = await readFile(README, 'utf8');
const readme = process.env['UPDATE_README']
  ? written.replace(/^\| option .*?(?=\n\n)/ms, optionsTable)
  : written;
if (readme !== written) await writeFile(README, readme);
const node = async (...args: string[]) => {
  const env = { ...process.env, NO_COLOR: '1' };
  return (await promisify(execFile)(process.execPath, args, { cwd: ROOT, env })).stdout;
};

it('the README has the table of options that there are', () => {
  expect(readme).toContain(`\n\n${optionsTable()}\n\n`);
});

it('the README lists the options of train and their defaults, as --help does', async () => {
  const help = await node('bin/graft.mjs', 'train', '--help');
  const options = help
    .split(/^ {2}(?=-)/m)
    .slice(1)
    .map((text) => text.replaceAll(/\s+/g, ' '))
    .filter((text) => !/--(help|version)/.test(text))
    .map((text) => [/^--\S+/.exec(text)?.[0], /\(default: ([^)]+)\)/.exec(text)?.[1] ?? '']);
  const rows = readme.matchAll(/^\| `(--[\w-]+)[^|]*\| *(.*?) *\|/gm);
  expect(Array.from(rows, ([, name, value = '']) => [name, value.replaceAll('`', '')])).toEqual(options);
  expect(options).toContainEqual(['--size', 'auto, 224']);
});
