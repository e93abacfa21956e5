// An engine's end of the conversation. Each engine lives in a process of its own, so that neither its threads, its heap
// nor its device touches the others' times; it reads one workload a line from stdin and answers with a line of JSON on
// stdout. It ends when stdin does.
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { exitCleanly } from '../../src/platform/node.ts';
import { readSafetensors, type StateDict } from '../../src/weights/index.ts';

/** `forward`: logits of a batch in evaluation. `train`: a whole step of Adam on all parameters, norms in batch mode. */
export const WORKLOADS = ['forward', 'train'] as const;
export type Workload = (typeof WORKLOADS)[number];

/** The learning rate of `train`: small enough that the engines' losses stay comparable after an update. */
export const LEARNING_RATE = 1e-4;

export interface Engine {
  /** Name and version of what computes. */
  readonly version: string;
  readonly device: GPUDevice;
  /** Resolves to the logits, read back to the host. */
  forward(): Promise<Float32Array>;
  /** Resolves to the loss before the update, read back after the update has been queued. */
  train(): Promise<Float32Array>;
}

/** The first line of an engine. */
export interface Hello {
  readonly version: string;
  readonly adapter: string;
}

/** The answer to a workload; values that JSON cannot hold (NaN) arrive as null. */
export interface Call {
  readonly ms: number;
  readonly values: readonly (number | null)[];
}

/** Runs an engine on the inputs whose file is this process's first argument; never returns. */
export async function serve(open: (inputs: StateDict) => Promise<Engine>): Promise<never> {
  const [file = ''] = process.argv.slice(2);
  const { tensors } = readSafetensors(readFileSync(file), file);
  const engine = await open(tensors);
  send({ version: engine.version, adapter: engine.device.adapterInfo.description } satisfies Hello);
  for await (const workload of createInterface({ input: process.stdin })) {
    const start = performance.now();
    const values = await engine[workload as Workload]();
    const ms = performance.now() - start;
    send({ ms, values: Array.from(values) } satisfies Call);
  }
  return exitCleanly(0, engine.device);
}

function send(message: Hello | Call): void {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}
