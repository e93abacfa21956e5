/** What the README shows must be so: its example runs, and its table of options is the one that --help prints. */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const ROOT = new URL('..', import.meta.url);
const readme = await readFile(new URL('README.md', ROOT), 'utf8');
const node = async (...args: string[]) => {
  const env = { ...process.env, NO_COLOR: '1' };
  return (await promisify(execFile)(process.execPath, args, { cwd: ROOT, env })).stdout;
};

it("the README's example trains a network", async () => {
  const example = /```ts\n(.*?)```/s.exec(readme)?.[1] ?? '';
  const out = await node('--import', 'tsx', '--input-type=module', '-e', example);
  const losses = Array.from(out.matchAll(/^step \d+ loss (\d+\.\d+)$/gm), ([, loss]) => Number(loss));
  expect(losses).toHaveLength(10);
  expect(losses.at(-1)).toBeLessThan(losses[0]! / 2); // ten lines were seen
});

it('the README lists the options of train and their defaults, as --help does', async () => {
  const help = await node('bin/graft.mjs', 'train', '--help');
  const options = help
    .split(/^ {2}(?=-)/m)
    .slice(1)
    .map((text) => text.replaceAll(/\s+/g, ' '))
    .filter((text) => !/--(help|version)/.test(text))
    .map((text) => [/^--\S+/.exec(text)?.[0], /default: "?([^")]+)"?\)/.exec(text)?.[1] ?? '']);
  const rows = readme.matchAll(/^\| `(--[\w-]+)[^|]*\| *`?(.*?)`? *\|/gm);
  expect(Array.from(rows, ([, name, value]) => [name, value])).toEqual(options);
});
