// The benchmark's end of the conversation with an engine's process; serve.ts is the other.
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { ENGINES, type EngineName } from './engines.ts';
import type { Call, Hello } from './serve.ts';
import type { Workload } from './workloads.ts';

const STDERR_LINES = 20;

/** The environment of everything that is timed. */
export function environment(): NodeJS.ProcessEnv {
  return {
    ...process.env,
    // Drivers keep compiled shaders on disk; without that, first calls measure what a new user waits for.
    MESA_SHADER_CACHE_DISABLE: 'true',
    __GL_SHADER_DISK_CACHE: '0',
    // Some machines hold OpenBLAS to an old processor's kernels.
    OPENBLAS_CORETYPE: '',
  };
}

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

  /** Starts an engine on a file of inputs (inputs.ts) and waits until it has loaded them; throws if it cannot. */
  static async start(
    name: EngineName,
    inputs: string,
    { task, adapter }: Workload,
  ): Promise<{ peer: Peer; hello: Hello }> {
    const [program, ...words] = ENGINES[name].command(inputs, task);
    const child = spawn(program, words, {
      cwd: fileURLToPath(new URL('../..', import.meta.url)),
      env: { ...environment(), ...(adapter !== undefined && { GRAFT_ADAPTER: adapter }) },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const peer = new Peer(name, child, lines);
    return { peer, hello: await peer.answer<Hello>() };
  }

  /** Lets it do its task once; `ms` is the engine's own time, from the call to the values on the host. */
  call(): Promise<Call> {
    this.child.stdin.write('\n');
    return this.answer<Call>();
  }

  /** Lets the engine finish, and waits until it has. */
  stop(): Promise<void> {
    this.child.stdin.end();
    return this.closed;
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
