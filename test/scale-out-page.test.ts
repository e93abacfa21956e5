/** docs/scale-out.md: its code passes the compiler, and gives what stands behind the arrows. */
import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { compile, fencedBlocks, ROOT, typeErrors, withChecks } from './support/snippets.ts';

const page = fencedBlocks(await readFile(new URL('docs/scale-out.md', ROOT), 'utf8'), 'ts').join('\n');

it('passes the compiler', () => {
  expect(typeErrors(page)).toEqual([]);
});

it('runs, and says what is so', async () => {
  expect.assertions(6);
  await compile(
    ['check'],
    withChecks(page),
  )((value: unknown, expected: unknown) => expect(value).toEqual(expected));
});
