import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RunError } from '../../run/errors.ts';
import { contract } from '../../run/store/contract.ts';
import { RunFolder, runFiles, type RunFile } from '../../run/store/folder.ts';
import { writeAtomic } from './files.ts';
import {
  csvHeader,
  csvRow,
  parseHistoryCsv,
  parseHistoryJsonl,
  type HistoryEpoch,
} from '../../report/index.ts';
import { folderStore, type RunDisk } from './run-store.ts';

let root: string;
const open: RunFolder[] = [];
beforeEach(() => void (root = mkdtempSync(join(tmpdir(), 'graft-run-'))));
afterEach(async () => {
  for (const run of open.splice(0)) await await run.close();
  rmSync(root, { recursive: true, force: true });
});

async function create(name?: string, disk?: RunDisk): Promise<RunFolder> {
  const run = await RunFolder.create(folderStore(root, disk), name);
  open.push(run);
  return run;
}
const openRun = (run: RunFolder) => RunFolder.open(folderStore(root), run.run);
const pathOf = (run: RunFolder, name: RunFile) => join(run.run, runFiles[name]);
const text = (run: RunFolder, name: RunFile) => readFileSync(pathOf(run, name), 'utf8');
const epoch = (number: number): HistoryEpoch => ({
  epoch: number,
  train: { loss: 0.5, accuracy: 0.5 },
  valid: { loss: 0.25, accuracy: 1 },
  learningRate: 1e-3,
  isBest: true,
  trainSeconds: 1,
  validSeconds: 2,
  imagesPerSecond: 3,
});
/** What a promise is rejected with: the kind of the problem, its facts and the message. */
const failure = async (promise: Promise<unknown>) => {
  const error = await promise.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(error instanceof RunError)) throw error ?? new Error('nothing was refused');
  return `${error.problem.kind}: ${error.message} ${JSON.stringify(error.problem)}`;
};

it.each(Object.entries(contract))('a folder of runs %s', async (_, { tell, ending }) => {
  const remove = (run: string) => Promise.resolve(rmSync(run, { recursive: true }));
  expect(await tell({ store: folderStore(root), remove })).toEqual(ending);
});

describe('names', () => {
  it('count up from train, and stay free of each other when runs start at once', async () => {
    const runs = await Promise.all([create(), create(), create()]);
    expect(runs.map(({ run }) => run).sort()).toEqual(
      ['train', 'train-2', 'train-3'].map((n) => join(root, n)),
    );
  });

  it.each(['', ' ', 'a/b', '../x', '..', '.hidden', 'a\\b', 'x'.repeat(201)])(
    'cannot be %j',
    async (name) => {
      expect(await failure(create(name))).toMatch(/^bad-name: The name /);
    },
  );

  it.each(['-rf', 'ünïcödé ☕', 'with space'])('may be %j', async (name) => {
    expect((await create(name)).run).toBe(join(root, name));
  });

  it('that hold a run already are refused, and that run is left alone', async () => {
    const run = await create('a');
    await run.write('last', 'state');
    await run.close();
    expect(await failure(create('a'))).toMatch(/^taken: .* is not empty/);
    expect(readdirSync(run.run)).toEqual(['last.safetensors']);
  });
});

describe('the lock', () => {
  const lockOf = (run: RunFolder) => join(run.run, 'run.lock');

  it('refuses a second run in one folder, and ends with the first', async () => {
    const run = await create('a');
    await run.write('last', 'state'); // an empty folder goes with its lock
    expect(await failure(openRun(run))).toContain(`is being written by process ${process.pid}.`);
    expect(await failure(create('a'))).toContain('being written');
    await run.close();
    open.push(await openRun(run));
  });

  it('of a process that was killed is taken over', async () => {
    const run = await create('a');
    const lock = JSON.parse(readFileSync(lockOf(run), 'utf8')) as object;
    const child = spawn('sleep', ['60']);
    const lockOfChild = JSON.stringify({ ...lock, pid: child.pid, started: null });
    writeFileSync(lockOf(run), lockOfChild);
    expect(await failure(openRun(run))).toContain(`process ${child.pid}`);
    child.kill('SIGKILL');
    await once(child, 'exit');
    open.push(await openRun(run));
    expect(readdirSync(run.run)).toEqual(['run.lock']);
  });

  it('of a process whose number another has now is taken over', async () => {
    const run = await create('a');
    const lock = JSON.parse(readFileSync(lockOf(run), 'utf8')) as { started: unknown };
    if (lock.started === null) {
      console.log('skipped: this system does not tell when a process began');
      return;
    }
    writeFileSync(lockOf(run), JSON.stringify({ ...lock, started: 'another boot:1' }));
    open.push(await openRun(run));
  });

  it('of another machine is never taken over', async () => {
    const run = await create('a');
    writeFileSync(lockOf(run), JSON.stringify({ pid: 1, started: null, host: `not-${hostname()}` }));
    expect(await failure(openRun(run))).toMatch(/on not-.*"lock":".*run\.lock"/);
  });

  it('that is empty yet is waited for, to say whose it is', async () => {
    const run = await create('a');
    const whole = readFileSync(lockOf(run), 'utf8');
    writeFileSync(lockOf(run), '');
    const refused = failure(openRun(run));
    await setTimeout(50);
    writeFileSync(lockOf(run), whole);
    expect(await refused).toContain(`process ${process.pid}`);
  });

  it('that is damaged counts while it may still be being written', async () => {
    const run = await create('a');
    writeFileSync(lockOf(run), '{"pid":');
    expect(await failure(openRun(run))).toContain('another process');
    utimesSync(lockOf(run), 0, 0);
    open.push(await openRun(run));
  });

  it('of a stale run goes to one of many, each time', async () => {
    const run = await create('a');
    await run.write('last', 'state');
    for (let round = 0; round < 20; round++) {
      writeFileSync(lockOf(run), JSON.stringify({ pid: 2 ** 30, started: null, host: hostname(), round }));
      const outcomes = await Promise.allSettled(Array.from({ length: 10 }, () => openRun(run)));
      const won = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
      expect(won).toHaveLength(1);
      expect(readdirSync(run.run).sort()).toEqual(['last.safetensors', 'run.lock']);
      for (const winner of won) await winner.close();
    }
  });

  it('goes to one of many processes, and to the next when that is killed', async () => {
    const run = await create('a');
    await run.write('last', 'state');
    await run.close();
    const script = `const { lockRun } = await import(${JSON.stringify(new URL('./run-lock.ts', import.meta.url).href)});
      await lockRun(${JSON.stringify(run.run)}).then(() => console.log('locked'), (error) => console.log(error.message));
      process.stdin.resume();`;
    for (let round = 0; round < 2; round++) {
      const children = Array.from({ length: 3 }, () =>
        spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script]),
      );
      const answers = await Promise.all(
        children.map(async (child) => String(((await once(child.stdout, 'data')) as [Buffer])[0]).trim()),
      );
      expect(answers.filter((answer) => answer === 'locked')).toHaveLength(1);
      expect(answers.filter((answer) => answer.includes('is being written by process'))).toHaveLength(2);
      await Promise.all(children.map((child) => (child.kill('SIGKILL'), once(child, 'exit'))));
      expect(existsSync(lockOf(run))).toBe(true);
    }
  });
});

describe('what a killed process leaves', () => {
  it('is no run before its first checkpoint: a new one takes the name', async () => {
    const killed = await create('a');
    await killed.writeJson('config', { lr: 1 });
    await killed.write('batch', 'picture');
    await killed.close();
    const run = await create('a');
    expect(readdirSync(run.run)).toEqual(['run.lock']);
  });

  it('of files half written is removed by the next who writes', async () => {
    const killed = await create('a');
    await killed.write('last', 'state');
    writeFileSync(join(killed.run, '.last.safetensors.0123456789ab.tmp'), 'half');
    writeFileSync(join(killed.run, '.note.tmp'), 'of the user');
    await killed.close();
    open.push(await openRun(killed));
    expect(readdirSync(killed.run).sort()).toEqual(['.note.tmp', 'last.safetensors', 'run.lock']);
  });
});

it('does not begin a run anew that was removed while it is written', async () => {
  const run = await create('a');
  await run.write('last', 'state');
  rmSync(run.run, { recursive: true });
  expect(await failure(run.write('last', 'more'))).toMatch(
    /^gone: .* was removed while it was being written/,
  );
  expect(existsSync(run.run)).toBe(false);
  const other = await create('a');
  expect(await failure(run.appendHistory(epoch(1)))).toMatch(/^gone: /);
  expect(readdirSync(other.run)).toEqual(['run.lock']);
});

describe('history', () => {
  it('grows by lines that read back', async () => {
    const run = await create();
    await run.appendHistory(epoch(1));
    await run.appendHistory(epoch(2));
    expect(text(run, 'csv')).toBe(csvHeader + csvRow(epoch(1)) + csvRow(epoch(2)));
    expect(parseHistoryJsonl(text(run, 'jsonl'), 'h')).toEqual([epoch(1), epoch(2)]);
    await run.rewriteHistory([epoch(1)]);
    await run.appendHistory(epoch(2));
    expect(parseHistoryCsv(text(run, 'csv'), 'h')).toEqual([epoch(1), epoch(2)]);
  });

  it('goes into one TensorBoard file', async () => {
    const run = await create();
    await run.appendEpochScalars(epoch(1));
    await run.appendEpochScalars(epoch(2));
    const [name, ...more] = readdirSync(join(run.run, 'tensorboard'));
    expect(name).toMatch(/^events\.out\.tfevents\.\d+\./);
    expect(more).toEqual([]);
  });
});

describe('a full disk', () => {
  const noSpace = () => Promise.reject(Object.assign(new Error('ENOSPC: no space left'), { code: 'ENOSPC' }));

  it('leaves the last good files and says how to go on', async () => {
    let isFull = false;
    const run = await create('a', {
      writeAtomic: (path, bytes) => (isFull ? noSpace() : writeAtomic(path, bytes)),
      async append(path, bytes) {
        // A disk fills up in the middle of a line.
        writeFileSync(path, isFull ? bytes.subarray(0, 5) : bytes, { flag: 'a' });
        if (isFull) await noSpace();
      },
    });
    await run.appendHistory(epoch(1));
    await run.write('last', 'state of epoch 1');
    isFull = true;
    expect(await failure(run.write('last', 'state of epoch 2'))).toBe(
      `cannot-write: ${pathOf(run, 'last')} cannot be written: the disk is full. ` +
        JSON.stringify({ kind: 'cannot-write', run: run.run, isFull: true, canGoOn: true }),
    );
    expect(await failure(run.appendHistory(epoch(2)))).toContain('the disk is full');
    expect(text(run, 'last')).toBe('state of epoch 1');
    isFull = false;
    await run.appendHistory(epoch(2));
    expect(text(run, 'csv')).toBe(csvHeader + csvRow(epoch(1)) + csvRow(epoch(2)));
  });

  it('does so on a real one', async () => {
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', root]);
    if (mounted.status !== 0) {
      console.log(`skipped: no small disk can be made here (${mounted.stderr?.toString().trim()})`);
      return;
    }
    try {
      const run = await create('a');
      const good = new Uint8Array(300_000).fill(1);
      await run.write('last', good);
      expect(await failure(run.write('last', new Uint8Array(2_000_000)))).toContain('the disk is full');
      expect(readFileSync(pathOf(run, 'last')).equals(good)).toBe(true);
      expect(readdirSync(run.run).sort()).toEqual(['last.safetensors', 'run.lock']);
      await run.close();
      expect(existsSync(join(run.run, 'run.lock'))).toBe(false);
    } finally {
      spawnSync('umount', [root]);
    }
  });
});

it('tells of a folder that is not there', async () => {
  expect(await failure(RunFolder.open(folderStore(root), join(root, 'none')))).toContain('There is no run');
  writeFileSync(join(root, 'file'), '');
  expect(await failure(RunFolder.create(folderStore(join(root, 'file'))))).toContain('cannot be written');
});
