import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const quiet = new URL('./quiet.ts', import.meta.url).href;
const linux = process.platform === 'linux';
if (!linux) console.log('skipped: stderr of native code is hushed on Linux only');

/** Writes to descriptor 2 as native code does. */
const program = `
  const { writeSync } = await import('node:fs');
  const { hushNativeStderr } = await import(${JSON.stringify(quiet)});
  const hush = await hushNativeStderr();
  writeSync(2, 'before ');
  const result = hush(() => (writeSync(2, 'Warning: during\\n    at dawn.cpp\\n'), 42));
  try { hush(() => { throw new Error('thrown'); }); } catch (error) { writeSync(2, error.message + ' '); }
  writeSync(2, 'after ' + result);
  console.error(' and console');`;
const WHOLE = 'before thrown after 42 and console\n';
const NODE = ['--import', 'tsx', '--input-type=module', '-e'];

let file: string;
beforeEach(() => (file = join(mkdtempSync(join(tmpdir(), 'graft-quiet-')), 'log')));
afterEach(() => rmSync(dirname(file), { recursive: true }));

/** What arrives in a file, or in what a shell's line makes of it. `RUN` stands for the program. */
function written(line: string, text = program): string {
  execFileSync(
    '/bin/sh',
    ['-c', line.replace('RUN', `"$0" ${NODE.join(' ')} "$1"`), process.execPath, text],
    {
      env: { ...process.env, LOG: file },
    },
  );
  return readFileSync(file, 'utf8');
}

describe.skipIf(!linux)('stderr of native code', () => {
  it.each([
    ['a pipe', 'RUN 2>&1 >/dev/null | cat > $LOG', WHOLE],
    ['a file', 'RUN 2> $LOG', WHOLE],
    ['a file that has output too', 'echo first > $LOG; RUN > $LOG 2>&1; echo last >> $LOG', `${WHOLE}last\n`],
    ['a file that is shared', '(echo first; RUN; echo last) > $LOG 2>&1', `first\n${WHOLE}last\n`],
    ['a file that is appended to', 'RUN 2>> $LOG >> $LOG; echo last >> $LOG', `${WHOLE}last\n`],
    ['closed', 'RUN 2>&-; echo last > $LOG', 'last\n'],
    ['/dev/null', 'RUN 2> /dev/null; echo last > $LOG', 'last\n'],
    ['a terminal', 'script -qec "$0 --import tsx $LOG.mjs" /dev/null | tr -d "\\r" > $LOG', WHOLE],
  ])('is thrown away where it is %s, and all else arrives', (kind, line, expected) => {
    if (kind === 'a terminal' && !hasScript())
      return console.log('skipped: there is no `script` here to make a terminal');
    writeFileSync(`${file}.mjs`, program);
    expect(written(line)).toBe(expected);
  });

  it('stays in a file where something else was written with it', () => {
    const other = program.replace('Warning: during', 'Warning: during\\nanother program\\nWarning: more');
    expect(written('RUN 2> $LOG', other)).toBe(
      WHOLE.replace('before ', 'before Warning: during\nanother program\nWarning: more\n    at dawn.cpp\n'),
    );
  });

  it('stays in a file that is written in its middle', () => {
    writeFileSync(file, '.'.repeat(100));
    expect(written('RUN 2<> $LOG')).toMatch(
      /^before Warning: during\n {4}at dawn.cpp\nthrown after 42 and console\n\.+$/,
    );
  });

  it('arrives at a socket, which cannot be opened again', () => {
    const { stderr } = spawnSync(process.execPath, [...NODE, program], { encoding: 'utf8' });
    expect(stderr).toBe(WHOLE.replace('before ', 'before Warning: during\n    at dawn.cpp\n'));
  });
});

const hasScript = (): boolean => spawnSync('script', ['--version']).status === 0;
