/** docs/extending.md is a program: it passes the compiler, runs, and what it prints is what its text says. */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { fencedBlocks, ROOT, transpile, typeErrors } from './support/snippets.ts';

const text = await readFile(new URL('docs/extending.md', ROOT), 'utf8');
const page = fencedBlocks(text, 'ts').join('\n');

it('docs/extending.md passes the compiler', () => {
  expect(typeErrors(page)).toEqual([]);
});

it('docs/extending.md runs', async () => {
  const args = ['--import', 'tsx', '--input-type=module', '-e', transpile(page)];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: ROOT });
  const numbers = (line: RegExp) =>
    Array.from(stdout.matchAll(line), ([, ...found]) => found.map(Number) as [number, number]);

  const errors = numbers(/^silu of (\d+): off by (\S+) at most$/gm);
  expect(errors).toHaveLength(5);
  for (const [, error] of errors) expect(error).toBeLessThan(4e-6); // of 8: some units in the last place

  const shown = fencedBlocks(text, 'text'); // the same on every adapter
  expect(shown).toHaveLength(2);
  for (const block of shown) expect(stdout).toContain(block);

  const losses = numbers(/^step (\d+): loss (\S+)$/gm).map(([, loss]) => loss);
  expect(losses).toHaveLength(4);
  expect(losses.at(-1)).toBeLessThan(losses[0]! / 4); // four were seen

  expect(stdout).toMatch(/^by exp: right, \d+\.\d+ ms$/m);
  expect(stdout).toMatch(/^by tanh: (right, \d+\.\d+ ms|its result is wrong .*)$/m); // some drivers' tanh is rough
  expect(stdout).toMatch(/^hard: its result is wrong \(error .*\)$/m);
  expect(stdout).toMatch(/^silu of 262144 runs "silu( by tanh)? vec4f"$/m);
});
