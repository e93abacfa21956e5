// A Python process that measures PyTorch on request, one question at a time. What it answers is checked: whatever `python3` is on the PATH
// may be anything.
import { spawn, spawnSync, type ChildProcessByStdio } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { BenchError } from '../../../bench/errors.ts';
import type { TorchFacts } from '../../../bench/results.ts';
import { PROGRAM } from './program.py.ts';

/** A distribution's PyTorch belongs to its own Python, which need not be the first one found. */
const PYTHONS = ['python3', 'python', '/usr/bin/python3'];
const STDERR_LINES = 12;
/** To import torch from a slow disk, or to compile a network: milliseconds. */
const PATIENCE = 600_000;

/** How a network runs in PyTorch: `eager`, `eager TF32`, `compile`, `compile TF32`. */
export type Way = string;

/** What a Python with PyTorch says of itself. */
export interface TorchHello {
  readonly facts: TorchFacts;
  readonly ways: readonly Way[];
}

/** The first Python with PyTorch; undefined where there is none. */
export function findTorch(pythons: readonly string[] = PYTHONS): string | undefined {
  const has = (python: string) =>
    spawnSync(python, ['-c', 'import torch'], { stdio: 'ignore', timeout: PATIENCE }).status === 0;
  return pythons.find(has);
}

export class TorchProcess {
  private readonly stderr: string[] = [];
  private readonly closed: Promise<void>;
  private ended = false;

  private constructor(
    private readonly child: ChildProcessByStdio<Writable, Readable, Readable>,
    private readonly lines: AsyncIterator<string>,
    private readonly folder: string,
  ) {
    createInterface({ input: child.stderr }).on('line', (line) => {
      this.stderr.push(line);
      if (this.stderr.length > STDERR_LINES) this.stderr.shift();
    });
    this.closed = new Promise((resolve) => {
      child.on('close', () => resolve());
      child.on('error', ({ message }) => {
        this.stderr.push(message);
        resolve();
      });
    });
    child.stdin.on('error', () => undefined); // it has ended, of which its stdout tells
  }

  /** Starts it, on the CPU where only that is asked for. Rejects with `BenchError` where it does not answer as it should. */
  static async start(
    python: string,
    { onlyCpu }: { readonly onlyCpu: boolean },
  ): Promise<{ process: TorchProcess; hello: TorchHello }> {
    // A file, since compilers of Python look for the lines of what they compile; and what they keep goes with it.
    const folder = mkdtempSync(join(tmpdir(), 'graft-bench-torch-'));
    const path = join(folder, 'measure.py');
    writeFileSync(path, PROGRAM);
    const child = spawn(python, [path, ...(onlyCpu ? ['cpu'] : [])], {
      cwd: folder,
      env: { ...process.env, TORCHINDUCTOR_CACHE_DIR: folder, OPENBLAS_CORETYPE: '' },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const torch = new TorchProcess(child, lines, folder);
    try {
      return { process: torch, hello: helloOf(await torch.answer()) };
    } catch (error) {
      torch.stop();
      throw error;
    }
  }

  /** Asks for one thing and gives the number called `name` in the answer, which is above 0. Rejects with `BenchError`. */
  async ask(question: object, name: 'first' | 'ms'): Promise<number> {
    const { [name]: value } = await this.send(question);
    if (typeof value === 'number' && Number.isFinite(value) && value > 0) return value;
    throw cannotRun(`it answered "${name}" with ${JSON.stringify(value)}`);
  }

  async send(question: object): Promise<Readonly<Record<string, unknown>>> {
    this.child.stdin.write(`${JSON.stringify(question)}\n`);
    const answer = await this.answer();
    if (answer['error'] !== undefined) throw cannotRun(String(answer['error']), answer['memory'] === true);
    return answer;
  }

  /** Ends it, and removes what it left. */
  stop(): void {
    if (this.ended) return;
    this.ended = true;
    this.child.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async answer(): Promise<Readonly<Record<string, unknown>>> {
    const timer = setTimeout(() => this.child.kill(), PATIENCE);
    const { value, done } = await this.lines.next().finally(() => clearTimeout(timer));
    if (done) {
      await this.closed; // so that its last words are here
      throw cannotRun(`its process ended: ${this.stderr.join('\n')}`);
    }
    try {
      const answer: unknown = JSON.parse(value);
      if (typeof answer === 'object' && answer !== null) return answer as Readonly<Record<string, unknown>>;
    } catch {
      // told below
    }
    throw cannotRun(`it answered ${value.slice(0, 80)}`);
  }
}

const cannotRun = (why: string, isMemory = false): BenchError =>
  new BenchError('cannot-run', `PyTorch: ${why}`, undefined, isMemory);

const KINDS = ['cuda', 'rocm', 'mps', 'xpu', 'cpu'] as const;
const KNOWN_WAYS = ['eager', 'eager TF32', 'compile', 'compile TF32'];

function helloOf(answer: Readonly<Record<string, unknown>>): TorchHello {
  const { version, device, runtime, threads, ways } = answer;
  const kind = KINDS.find((one) => one === answer['kind']);
  const isText = (value: unknown): value is string => typeof value === 'string' && value.length < 200;
  const isThreads = typeof threads === 'number' && Number.isInteger(threads) && threads > 0;
  if (!kind || !isText(version) || !isText(device) || !isText(runtime) || !isThreads || !Array.isArray(ways))
    throw cannotRun('it does not say what it is');
  return {
    facts: { ...{ version, kind, device, runtime }, threads },
    ways: KNOWN_WAYS.filter((way) => ways.includes(way)),
  };
}
