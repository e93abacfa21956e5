// The lock that keeps two processes from writing into one run. It names its process by number and start time, since numbers
// are used again; the lock of a process that was killed is taken over without asking.
import { readFileSync, unlinkSync } from 'node:fs';
import { open, readFile, rename, stat, unlink } from 'node:fs/promises';
import { hostname } from 'node:os';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { FileError } from './command.ts';
import { printable } from './format.ts';

export const LOCK_NAME = 'run.lock';

interface Owner {
  readonly pid: number;
  /** When the process began, in the system's own unit; null where that cannot be known. */
  readonly started: string | null;
  readonly host: string;
}

/** Being the only one who writes into a run's folder. */
export interface RunLock {
  /** Lets others in; again does nothing. */
  release(): void;
}

/** How long a lock may stand empty while its process writes into it. */
const WRITING_MS = 5000;

/**
 * Locks the run in `dir` for this process, until `release` or the process's end.
 * @throws FileError where another running process has it, or one on another machine of which nothing can be known.
 */
export async function lockRun(dir: string): Promise<RunLock> {
  const path = join(dir, LOCK_NAME);
  const mine: Owner = { pid: process.pid, started: startOf(process.pid), host: hostname() };
  const text = `${JSON.stringify(mine)}\n`;
  // A second round follows a stale lock's removal; whoever is slower then finds the lock of whoever was faster.
  for (let round = 0; round < 3; round++) {
    if (await createNew(path, text)) return heldLock(path, text);
    await removeStale(path, dir);
  }
  throw new FileError(`${printable(path)} changes hands all the time; another process is starting this run.`);
}

function heldLock(path: string, text: string): RunLock {
  const release = () => {
    process.off('exit', release);
    try {
      if (readFileSync(path, 'utf8') === text) unlinkSync(path);
    } catch {
      // The folder was removed meanwhile.
    }
  };
  process.once('exit', release);
  return { release };
}

/** Whether the file was not there before. */
async function createNew(path: string, text: string): Promise<boolean> {
  try {
    const file = await open(path, 'wx');
    try {
      await file.writeFile(text);
    } catch (error) {
      await unlink(path);
      throw error;
    } finally {
      await file.close();
    }
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Removes the lock of a process that is gone; throws `FileError` where it may still be there. */
async function removeStale(path: string, dir: string): Promise<void> {
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text === undefined) return; // released this moment
  const owner = parseOwner(text);
  if (owner ? await mayRun(owner) : await isFresh(path)) throw refusal(owner, path, dir);
  // Taken away under another name first: if that turns out to be a newer lock, someone else was faster, and gets it back.
  const aside = `${path}.${randomBytes(4).toString('hex')}`;
  try {
    await rename(path, aside);
  } catch {
    return;
  }
  const taken = await readFile(aside, 'utf8');
  if (taken === text) return unlink(aside);
  await rename(aside, path);
  throw refusal(parseOwner(taken), path, dir);
}

function refusal(owner: Owner | undefined, path: string, dir: string): FileError {
  const who = owner ? `process ${owner.pid}` : 'another process';
  const elsewhere = owner && owner.host !== hostname();
  return new FileError(
    `${printable(dir)} is being written by ${who}${elsewhere ? ` on ${printable(owner.host)}` : ''}.`,
    elsewhere
      ? `If that has ended, delete ${printable(path)}; else give this run another --name.`
      : 'Wait until it ends, or give this run another --name.',
  );
}

function parseOwner(text: string): Owner | undefined {
  try {
    const { pid, started, host } = JSON.parse(text) as Record<string, unknown>;
    const isOwner =
      Number.isSafeInteger(pid) &&
      Number(pid) > 0 &&
      typeof host === 'string' &&
      (typeof started === 'string' || started === null);
    return isOwner ? { pid: Number(pid), started, host } : undefined;
  } catch {
    return undefined;
  }
}

async function isFresh(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  return found !== undefined && Date.now() - found.mtimeMs < WRITING_MS;
}

async function mayRun({ pid, started, host }: Owner): Promise<boolean> {
  if (host !== hostname()) return true;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false; // EPERM: it is there, and another's
  }
  return started === null || startOf(pid) === started;
}

/** When process `pid` began, after Linux' /proc with the boot it belongs to; null elsewhere. */
function startOf(pid: number): string | null {
  try {
    const status = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field is the program's name in parentheses, which may hold spaces and parentheses; the 22nd is the start.
    const fields = status.slice(status.lastIndexOf(')') + 2).split(' ');
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    const state = fields[0];
    const ticks = fields[19];
    return ticks === undefined || state === 'Z' ? null : `${boot}:${ticks}`;
  } catch {
    return null;
  }
}
