// How graft was called: as `graft train` or, from its own folder, as `npm run train --`. Help and hints show the words
// that the user would type again, and paths mean what they meant where the user typed them.
import { existsSync } from 'node:fs';

/** The script or, for `npx graft`, the word that npm was asked to run. */
const npmEvent = process.env['npm_lifecycle_event'];
export const isScript = npmEvent !== undefined && npmEvent === process.argv[2];

/** `path` is a command and perhaps one within it ("weights download") → what to type for it. */
export function typed(path: string): string {
  const [command = '', ...rest] = path.split(' ');
  const words = isScript
    ? ['npm', 'run', command, '--']
    : [npmEvent === 'npx' ? 'npx graft' : 'graft', command];
  return [...words, ...rest].join(' ').trim();
}

/** npm runs scripts in the package's folder; paths that were typed, and completed by a shell, belong to another one. */
export function standWhereTheUserIs(): void {
  const folder = process.env['INIT_CWD'];
  if (isScript && folder !== undefined && existsSync(folder)) process.chdir(folder);
}
