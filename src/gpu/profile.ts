/**
 * Time on the GPU by dispatch, from timestamp queries: each dispatch becomes a pass of its own, which costs a little
 * itself, so profiles are for shares and not for totals.
 */
import { COPY_DST, COPY_SRC, MAP_READ, QUERY_RESOLVE } from './usage.ts';

/** One run of a kernel. */
export interface DispatchTime {
  readonly name: string;
  readonly milliseconds: number;
}

export interface KernelTime {
  readonly name: string;
  readonly dispatches: number;
  readonly milliseconds: number;
}

/** Query sets are at most this large in WebGPU; two timestamps per dispatch. */
const CAPACITY = 4096;

export class Profiler {
  private readonly querySet: GPUQuerySet;
  private readonly resolved: GPUBuffer;
  private readonly staging: GPUBuffer;
  private readonly names: string[] = [];

  /** Needs the feature `timestamp-query`. */
  constructor(private readonly device: GPUDevice) {
    const size = CAPACITY * 8;
    this.querySet = device.createQuerySet({ type: 'timestamp', count: CAPACITY });
    this.resolved = device.createBuffer({ size, usage: QUERY_RESOLVE | COPY_SRC });
    this.staging = device.createBuffer({ size, usage: MAP_READ | COPY_DST });
  }

  /** The descriptor of the next dispatch's pass; dispatches past the capacity are not timed. */
  nextPass(name: string): GPUComputePassDescriptor {
    const at = this.names.length * 2;
    if (at + 2 > CAPACITY) return {};
    this.names.push(name);
    const { querySet } = this;
    return { timestampWrites: { querySet, beginningOfPassWriteIndex: at, endOfPassWriteIndex: at + 1 } };
  }

  resolve(encoder: GPUCommandEncoder): void {
    if (this.names.length === 0) return;
    encoder.resolveQuerySet(this.querySet, 0, this.names.length * 2, this.resolved, 0);
    encoder.copyBufferToBuffer(this.resolved, 0, this.staging, 0, this.names.length * 16);
  }

  /** The time of each dispatch, in their order; call it once the commands were submitted, and then no more. */
  async finish(wait: <T>(promise: Promise<T>) => Promise<T>): Promise<DispatchTime[]> {
    if (this.names.length === 0) return [];
    await wait(this.staging.mapAsync(1, 0, this.names.length * 16));
    const stamps = new BigInt64Array(this.staging.getMappedRange(0, this.names.length * 16));
    return this.names.map((name, i) => ({
      name,
      milliseconds: Number(stamps[i * 2 + 1]! - stamps[i * 2]!) / 1e6, // two stamps were written a name
    }));
  }

  destroy(): void {
    for (const buffer of [this.resolved, this.staging]) buffer.destroy();
    this.querySet.destroy();
  }
}

/** Time by kernel, longest first. */
export function byKernel(times: readonly DispatchTime[]): KernelTime[] {
  const totals = new Map<string, { dispatches: number; milliseconds: number }>();
  for (const { name, milliseconds } of times) {
    const total = totals.get(name) ?? { dispatches: 0, milliseconds: 0 };
    total.dispatches += 1;
    total.milliseconds += milliseconds;
    totals.set(name, total);
  }
  return [...totals].map(([name, t]) => ({ name, ...t })).sort((a, b) => b.milliseconds - a.milliseconds);
}
