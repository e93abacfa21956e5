// Graphics drivers and Dawn print harmless warnings from native code straight to file descriptor 2, where
// nothing in JavaScript can filter them. While an adapter is looked for, this points the descriptor at
// /dev/null instead. Linux only: that is where drivers are chatty and where /proc makes it possible.
import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';

const STDERR = 2;
/** Its own entry: opening a terminal must not make it this process's controlling one. */
const READ_WRITE = constants.O_RDWR | constants.O_NOCTTY;
const WRITE = constants.O_WRONLY | constants.O_NOCTTY;

/**
 * Runs `action` with what native code writes to stderr thrown away, and returns its result.
 *
 * `action` has to be synchronous, so that no JavaScript can write to stderr meanwhile. Where stderr cannot be put back
 * exactly as it was (not Linux; a socket; a file, whose offset another descriptor may share, unless all that is written
 * is appended) it runs with the warnings.
 */
export function withNativeStderrHushed<T>(action: () => T): T {
  const append = isAppended() ? constants.O_APPEND : 0;
  const original = reopenStderr(append !== 0);
  if (original === undefined) return action();
  // POSIX hands out the lowest free number, so the next descriptor opened is stderr's.
  closeSync(STDERR);
  const hole = openSync('/dev/null', constants.O_WRONLY);
  try {
    return action();
  } finally {
    if (hole === STDERR) {
      closeSync(hole);
      openSync(`/proc/self/fd/${original}`, WRITE | append);
    }
    closeSync(original);
  }
}

/** A second descriptor on what stderr writes to, or undefined if there can be none that behaves the same. */
function reopenStderr(isAppended: boolean): number | undefined {
  if (process.platform !== 'linux') return undefined;
  try {
    fstatSync(0); // were 0 or 1 closed, stderr's number would not be the lowest free one
    fstatSync(1);
    const stderr = fstatSync(STDERR);
    const hasOffset = !stderr.isFIFO() && !stderr.isCharacterDevice();
    if (hasOffset && !(stderr.isFile() && isAppended)) return undefined;
    // Read-write, because opening a pipe only for writing blocks if its reader is gone.
    return openSync(`/proc/self/fd/${STDERR}`, READ_WRITE);
  } catch {
    return undefined;
  }
}

/** Whether stderr was opened for appending, as the shell does for `2>>log`: every write then goes to the file's end. */
function isAppended(): boolean {
  try {
    const flags = /^flags:\s*([0-7]+)$/m.exec(readFileSync(`/proc/self/fdinfo/${STDERR}`, 'utf8'))?.[1];
    return (parseInt(flags ?? '0', 8) & constants.O_APPEND) !== 0;
  } catch {
    return false;
  }
}
