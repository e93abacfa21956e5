// Graphics drivers and Dawn print harmless warnings from native code straight to file descriptor 2, where
// nothing in JavaScript can filter them, and Node cannot duplicate a descriptor. While an adapter is looked for, this points the
// descriptor at /dev/null and then opens again what it was, which does for terminals, pipes and files that are appended to. What came
// into another file is taken back. A socket can be neither opened again nor taken back from. Linux only: that is where drivers are
// chatty and where /proc makes it possible.
import { closeSync, constants, fstatSync, ftruncateSync, openSync, readFileSync, readSync } from 'node:fs';
import { openSeek } from './seek.ts';

const STDERR = 2;
/** Its own entry: opening a terminal must not make it this process's controlling one. */
const READ_WRITE = constants.O_RDWR | constants.O_NOCTTY;
const WRITE = constants.O_WRONLY | constants.O_NOCTTY;

/**
 * Runs an action, which has to be synchronous, so that no JavaScript can write to stderr meanwhile, and returns its result. What native
 * code writes to stderr then is thrown away.
 */
export type Hush = <T>(action: () => T) => T;

/** How that is done here. Where stderr cannot be put back exactly as it was (not Linux; a socket) actions run with their warnings. */
export async function hushNativeStderr(): Promise<Hush> {
  if (process.platform !== 'linux') return (action) => action();
  const { flags = '0' } = stateOf();
  const isAppended = (parseInt(flags, 8) & constants.O_APPEND) !== 0;
  if (!fstatSync(STDERR).isFile() || isAppended) return (action) => elsewhere(action, isAppended);
  const seek = await openSeek(STDERR).catch(() => undefined);
  return seek ? (action) => takenBack(action, seek) : (action) => action();
}

/** With /dev/null in the place of stderr, which is opened again. */
function elsewhere<T>(action: () => T, isAppended: boolean): T {
  const append = isAppended ? constants.O_APPEND : 0;
  const original = reopenStderr();
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

/** A second descriptor on what stderr writes to, or undefined if there can be none. */
function reopenStderr(): number | undefined {
  try {
    fstatSync(0); // were 0 or 1 closed, stderr's number would not be the lowest free one
    fstatSync(1);
    // Read-write, because opening a pipe only for writing blocks if its reader is gone.
    return openSync(`/proc/self/fd/${STDERR}`, READ_WRITE);
  } catch {
    return undefined; // a socket
  }
}

/**
 * Takes back what came to the end of stderr's file. The file opened again would have a place of its own to write at, and others that
 * share this one, as in `> log 2>&1`, would overwrite what is written there. What is not all warnings is left: another process may have
 * written too.
 */
function takenBack<T>(action: () => T, seek: (position: number) => boolean): T {
  const before = positionAtEnd();
  try {
    return action();
  } finally {
    const after = positionAtEnd();
    if (before !== undefined && after !== undefined && isAllWarnings(before, after) && seek(before))
      ftruncateSync(STDERR, before);
  }
}

/** Where stderr's file is written next, if that is its end. */
function positionAtEnd(): number | undefined {
  const position = Number(stateOf().pos);
  return fstatSync(STDERR).size === position ? position : undefined;
}

const LONGEST = 64 * 1024;

/** Dawn's warnings may go on with the places in its own source. */
function isAllWarnings(from: number, to: number): boolean {
  if (to <= from || to - from > LONGEST) return false;
  try {
    const file = openSync(`/proc/self/fd/${STDERR}`, constants.O_RDONLY);
    const text = Buffer.alloc(to - from);
    readSync(file, text, 0, text.length, from);
    closeSync(file);
    return /^(?:Warning: .*\n(?: {4}at .*\n)*\n?)+$/.test(text.toString());
  } catch {
    return false;
  }
}

/** What the system says of stderr; nothing where it does not. */
function stateOf(): { readonly pos?: string | undefined; readonly flags?: string | undefined } {
  try {
    const text = readFileSync(`/proc/self/fdinfo/${STDERR}`, 'utf8');
    const field = (name: string) => new RegExp(`^${name}:\\s*(\\d+)$`, 'm').exec(text)?.[1];
    return { pos: field('pos'), flags: field('flags') };
  } catch {
    return {};
  }
}
