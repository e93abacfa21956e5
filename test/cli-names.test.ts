// Commands by their names: those that there are, those of a version ago, and those of anything that JavaScript's objects have.
import { expect, it } from 'vitest';
import { expectFailure, graft } from './support/cli.ts';

it.each(['constructor', '__proto__', 'toString', 'nope'])('refuses %s, which is no command', async (name) => {
  expectFailure(await graft([name]), `unknown command '${name}'`, 2);
});

it('answers to the name of a version ago, and says the new one', async () => {
  const { code, out, err } = await graft(['tune', '--help']);
  expect(code).toBe(0);
  expect(out).toContain('Usage: graft autotune');
  expect(err).toBe('note: tune is now called autotune: graft autotune\n');
});
