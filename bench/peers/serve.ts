// An engine's end of the conversation. Each engine lives in a process of its own, so that neither its threads, its heap
// nor its device touches the others' times; it does its task once for every line on stdin and answers with a line of
// JSON on stdout. It ends when stdin does.
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { readSafetensors, type StateDict } from '../../src/weights/index.ts';
import { TASKS, type Task } from './tasks.ts';

export interface Engine extends Hello {
  /** Does the task once: logits of `forward`, the loss before the update of the others, read back after it was queued. */
  call(): Promise<Call>;
  /** Lets go of the device; may end the process. */
  close(): Promise<void> | void;
}

/** The first line of an engine. */
export interface Hello {
  /** Name and version of what computes. */
  readonly version: string;
  readonly adapter: string;
}

/** The answer to a call, timed up to when its values are on the host; those that JSON cannot hold (NaN) arrive as null. */
export interface Call {
  readonly ms: number;
  readonly values: readonly (number | null)[];
}

/** Runs an engine on the inputs whose file is this process's first argument, at the task that is its second. */
export async function serve(open: (inputs: StateDict, task: Task) => Promise<Engine>): Promise<void> {
  const [file = '', word] = process.argv.slice(2);
  const task = TASKS.find((known) => known === word);
  if (!task) throw new Error(`"${word}" is none of the tasks ${TASKS.join(', ')}.`);
  const { tensors } = readSafetensors(readFileSync(file), file);
  const engine = await open(tensors, task);
  send({ version: engine.version, adapter: engine.adapter } satisfies Hello);
  const lines = createInterface({ input: process.stdin });
  for await (const _line of lines) send(await engine.call());
  await engine.close();
}

/** `work` with its time. */
export async function timed(work: () => Promise<Float32Array>): Promise<Call> {
  const start = performance.now();
  const values = await work();
  return { ms: performance.now() - start, values: Array.from(values) };
}

function send(message: Hello | Call): void {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}
