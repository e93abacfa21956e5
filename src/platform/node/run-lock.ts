// The lock that keeps two processes from writing into one run. It names its process by number and start time, since
// numbers are reused; the lock of a process that was killed is taken over without asking.
import { createHash, randomUUID } from 'node:crypto';
import { readFileSync, unlinkSync } from 'node:fs';
import { open, readFile, stat, unlink } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { printable } from '../../format.ts';
import { RunError } from '../../run/errors.ts';

export const LOCK_NAME = 'run.lock';

interface Owner {
  readonly pid: number;
  /** When the process began, in the system's own unit; null if that cannot be known. */
  readonly started: string | null;
  readonly host: string;
}

/** The right to be the only one who writes into a run's folder. */
export interface RunLock {
  /** Lets others in; again does nothing. */
  release(): void;
}

/** How long a lock may be empty while its process writes into it. */
const WRITING_MS = 5000;
/** How long writing a lock or removing a stale one takes, at most, on common disks. */
const MOMENT_MS = 20;
/** How often an empty lock is looked at again, so as to say whose it is. */
const LOOKS = 10;

/**
 * Locks the run in `dir` for this process, until `release` or the process's end.
 * @throws RunError if another running process has it, or one on another machine, which cannot be checked.
 */
export async function lockRun(dir: string): Promise<RunLock> {
  const path = join(dir, LOCK_NAME);
  const lock = await acquire(path);
  if ('release' in lock) return lock;
  throw refusal(lock.owner, path, dir);
}

/**
 * Takes the lock at `path`, or says who has it. A stale lock is itself removed under a lock, whose name comes
 * from the stale one's text: of many processes that find it at once, the slower must not remove the lock of the faster.
 * No two locks have the same text.
 */
async function acquire(path: string): Promise<RunLock | Busy> {
  const mine: Owner = { pid: process.pid, started: startOf(process.pid), host: hostname() };
  const text = `${JSON.stringify({ ...mine, nonce: randomUUID() })}\n`;
  for (let looks = 1; ; looks++) {
    if (await createNew(path, text)) return heldLock(path, text);
    const found = await look(path);
    if (!found) continue; // released this moment
    if (!found.isStale) {
      if (found.owner || looks >= LOOKS) return { owner: found.owner };
      await setTimeout(MOMENT_MS); // its process is about to write into it
      continue;
    }
    const hash = createHash('sha256').update(found.text).digest('hex').slice(0, 8);
    const removal = await acquire(`${path}.${hash}`);
    if (!('release' in removal)) {
      await setTimeout(MOMENT_MS); // another process is about to remove it
      continue;
    }
    try {
      const again = await look(path);
      if (again?.isStale && again.text === found.text) await unlink(path);
    } finally {
      removal.release();
    }
  }
}

/** Who has a lock, if that can be read. */
interface Busy {
  readonly owner: Owner | undefined;
}

interface FoundLock extends Busy {
  readonly text: string;
  /** Its process is gone. */
  readonly isStale: boolean;
}

/** The lock that is there; undefined without one. */
async function look(path: string): Promise<FoundLock | undefined> {
  try {
    const text = await readFile(path, 'utf8');
    const owner = parseOwner(text);
    return { text, owner, isStale: owner ? !mayRun(owner) : !(await isFresh(path)) };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
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

function refusal(owner: Owner | undefined, path: string, dir: string): RunError {
  const who = owner ? `process ${owner.pid}` : 'another process';
  const elsewhere = owner && owner.host !== hostname();
  return new RunError(
    `${printable(dir)} is being written by ${who}${elsewhere ? ` on ${printable(owner.host)}` : ''}.`,
    { kind: 'busy', run: dir, ...(elsewhere && { lock: path }) },
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
  return Date.now() - (await stat(path)).mtimeMs < WRITING_MS;
}

function mayRun({ pid, started, host }: Owner): boolean {
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
    // The second field is the program's name in parentheses, which may hold spaces and
    // parentheses; the 22nd is the start.
    const fields = status.slice(status.lastIndexOf(')') + 2).split(' ');
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    const state = fields[0];
    const ticks = fields[19];
    return ticks === undefined || state === 'Z' ? null : `${boot}:${ticks}`;
  } catch {
    return null;
  }
}
