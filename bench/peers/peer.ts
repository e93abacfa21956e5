// The benchmark's end of the conversation with an engine's process (serve.ts is the other), and how each engine is started.
import { spawn, spawnSync, type ChildProcessByStdio } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { LEARNING_RATE, type Call, type Hello, type Workload } from './serve.ts';

const here = (file: string): string => fileURLToPath(new URL(file, import.meta.url));
const throughNode = (file: string, ...flags: string[]): Command => ({
  program: () => process.execPath,
  arguments: (inputs) => ['--import', 'tsx', here(file), inputs, ...flags],
});

interface Command {
  program(): string;
  arguments(inputs: string): readonly string[];
}

/** The engines by name, in the order in which they take turns. */
export const ENGINES = {
  graft: { title: 'graft', command: throughNode('graft.ts') },
  tfjs: { title: 'TensorFlow.js as shipped', command: throughNode('tfjs.mjs') },
  'tfjs-nap': { title: 'TensorFlow.js, napping wait', command: throughNode('tfjs.mjs', '--nap') },
  torch: {
    title: 'PyTorch on the CPU',
    command: {
      program: () => pythonWithTorch() ?? PYTHONS[0],
      arguments: (inputs) => [here('torch_cpu.py'), inputs, String(LEARNING_RATE)],
    },
  },
} as const satisfies Record<string, { title: string; command: Command }>;

export type EngineName = keyof typeof ENGINES;

const environment = {
  // Drivers keep compiled shaders on disk; without that, first calls measure what a new user waits for.
  MESA_SHADER_CACHE_DISABLE: 'true',
  __GL_SHADER_DISK_CACHE: '0',
  // Some machines hold OpenBLAS to an old processor's kernels.
  OPENBLAS_CORETYPE: '',
};
const STDERR_LINES = 20;

/** An engine in a process of its own. */
export class Peer {
  private stderr: string[] = [];
  private readonly closed: Promise<void>;

  private constructor(
    readonly name: EngineName,
    private readonly child: ChildProcessByStdio<Writable, Readable, Readable>,
    private readonly lines: AsyncIterator<string>,
  ) {
    createInterface({ input: child.stderr }).on('line', (line) => {
      this.stderr = [...this.stderr, line].slice(-STDERR_LINES);
    });
    this.closed = new Promise((resolve) => {
      child.on('close', () => resolve());
      child.on('error', (error) => {
        this.stderr.push(error.message);
        resolve();
      });
    });
    child.stdin.on('error', () => undefined); // the engine has ended, of which its stdout tells
  }

  /** Starts an engine on a file of inputs (inputs.ts) and waits until it has loaded them; throws where it cannot. */
  static async start(name: EngineName, inputs: string): Promise<{ peer: Peer; hello: Hello }> {
    const { command } = ENGINES[name];
    const child = spawn(command.program(), command.arguments(inputs), {
      cwd: here('../..'),
      env: { ...process.env, ...environment },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const peer = new Peer(name, child, lines);
    return { peer, hello: await peer.answer<Hello>() };
  }

  /** Runs a workload once; `ms` is the engine's own time, from the call to the values on the host. */
  run(workload: Workload): Promise<Call> {
    this.child.stdin.write(`${workload}\n`);
    return this.answer<Call>();
  }

  /** Lets the engine finish. */
  stop(): void {
    this.child.stdin.end();
  }

  private async answer<T>(): Promise<T> {
    const { value, done } = await this.lines.next();
    if (done) {
      await this.closed; // so that its last words are here
      throw new Error([`${ENGINES[this.name].title} ended early.`, ...this.stderr].join('\n'));
    }
    return JSON.parse(value) as T;
  }
}

// A distribution's PyTorch belongs to its own Python, which need not be the first one found.
const PYTHONS = ['python3', '/usr/bin/python3'] as const;

/** The Python that has PyTorch and torchvision, without which the engine `torch` cannot run. */
export function pythonWithTorch(): string | undefined {
  return PYTHONS.find((python) => spawnSync(python, ['-c', 'import torch, torchvision']).status === 0);
}
