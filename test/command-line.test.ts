// docs/command-line.md is so: its commands are those that there are, its exit codes those of the code, its events those that are told.
import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { exitCodes, exitCodesHelp, exitMeanings } from '../src/cli/exit-codes.ts';
import { graft } from './support/cli.ts';

const root = new URL('..', import.meta.url);
const page = await readFile(new URL('docs/command-line.md', root), 'utf8');
/** The cells of the table that begins with these titles. */
function table(...titles: readonly string[]): string[][] {
  const lines = page.split('\n');
  const cells = (line: string) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim());
  const start = lines.findIndex((line) => cells(line).slice(0, titles.length).join() === titles.join());
  const length = lines.slice(start).findIndex((line) => !line.startsWith('|'));
  return lines.slice(start + 2, start + length).map(cells);
}

it('has the exit codes of the code, which every help text has too', async () => {
  const names = Object.keys(exitCodes) as (keyof typeof exitCodes)[];
  expect(table('code')).toEqual(names.map((name) => [String(exitCodes[name]), exitMeanings[name]]));
  const { out } = await graft(['runs', '--help']);
  expect(out).toContain(exitCodesHelp);
});

it('has all commands, and says of each whether it prints JSON', async () => {
  const { out } = await graft(['--help']);
  const listed = Array.from(out.matchAll(/^ {2}([a-z-]+) .*[A-Z]/gm), ([, name]) => name);
  const rows = table('command');
  expect(rows.map(([name]) => name?.replaceAll('`', '')).sort()).toEqual(listed.sort());
  for (const [name = '', , writes, prints] of rows) {
    const help = await graft([name.replaceAll('`', ''), '--help']);
    const has = (flag: string) => new RegExp(`^ {2}${flag}\\b`, 'm').test(help.out);
    expect([name, has('--json')]).toEqual([name, `${writes} ${prints}`.includes('--json')]);
  }
});

it('has all events of a run', async () => {
  const sources = ['src/run/json-events.ts', 'src/cli/train/json-display.ts', 'src/cli/errors.ts'];
  const text = (await Promise.all(sources.map((file) => readFile(new URL(file, root), 'utf8')))).join('\n');
  const told = new Set(Array.from(text.matchAll(/event: '(\w+)'/g), ([, name]) => name));
  expect(
    table('`event`')
      .map(([name]) => name?.replaceAll('`', ''))
      .sort(),
  ).toEqual([...told].sort());
});
