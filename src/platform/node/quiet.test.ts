import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';

const quiet = new URL('./quiet.ts', import.meta.url).href;
const linux = process.platform === 'linux';
if (!linux) console.log('skipped: stderr of native code is hushed on Linux only');

/** What arrives on stderr when `redirection` says where it goes; writes to descriptor 2 as native code does. */
function stderrOf(redirection: string): string {
  const program = `
    const { writeSync } = await import('node:fs');
    const { withNativeStderrHushed } = await import(${JSON.stringify(quiet)});
    writeSync(2, 'before ');
    const result = withNativeStderrHushed(() => (writeSync(2, 'during '), 42));
    try { withNativeStderrHushed(() => { throw new Error('thrown'); }); } catch (error) { writeSync(2, error.message + ' '); }
    writeSync(2, 'after ' + result);
    console.error(' and console');`;
  return execFileSync(
    '/bin/sh',
    ['-c', `"$0" --import tsx --input-type=module -e "$1" ${redirection}`, process.execPath, program],
    {
      encoding: 'utf8',
    },
  );
}

describe.skipIf(!linux)('withNativeStderrHushed', () => {
  it('drops what is written meanwhile, passes results and errors on, and restores a pipe', () => {
    expect(stderrOf('2>&1 >/dev/null | cat')).toBe('before thrown after 42 and console\n');
  });

  it('leaves a file alone, since another descriptor may share its offset', () => {
    const file = '"${TMPDIR:-/tmp}/graft-quiet-$$"';
    expect(stderrOf(`2>${file}; cat ${file}; rm ${file}`)).toBe(
      'before during thrown after 42 and console\n',
    );
  });

  it('hushes a file that is appended to', () => {
    const file = '"${TMPDIR:-/tmp}/graft-quiet-$$"';
    expect(stderrOf(`2>>${file} >>${file}; echo last >>${file}; cat ${file}; rm ${file}`)).toBe(
      'before thrown after 42 and console\nlast\n',
    );
  });
});
