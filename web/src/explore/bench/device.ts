/** The device of a worker that measures: opened once, with how finely it can be timed. */
import { grainOf } from '../../../../src/bench/grain.ts';
import type { Circumstances } from '../../../../src/bench/results.ts';
import { messageOf } from '../../../../src/format.ts';
import type { Gpu } from '../../../../src/gpu/index.ts';
import { openAdapter, WebGpuError } from '../../../../src/platform/web/adapter.ts';
import { createGpu } from '../../../../src/platform/web/gpu.ts';
import { circumstancesOf } from './circumstances.ts';

export interface Device {
  readonly gpu: Gpu;
  readonly where: Circumstances;
}

export async function openDevice(): Promise<Device> {
  const adapter = await openAdapter();
  const gpu = await createGpu(adapter);
  return { gpu, where: circumstancesOf(adapter, await grainOf(gpu)) };
}

/** What a page shows instead of measuring. */
export type Trouble =
  /** There is no device; `problem` as `WebGpuError` has it. */
  | { readonly kind: 'no-gpu'; readonly problem: string }
  | { readonly kind: 'failed'; readonly message: string };

export const troubleOf = (error: unknown): Trouble =>
  error instanceof WebGpuError
    ? { kind: 'no-gpu', problem: error.problem }
    : { kind: 'failed', message: messageOf(error) };
