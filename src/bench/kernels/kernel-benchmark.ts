// A benchmark of one operation on buffers of its own, and what the names and sizes of all of them come from.
import type { Gpu } from '../../gpu/index.ts';
import type { NetworkSize } from '../../networks/resnet/activations.ts';
import type { Benchmark, RowName, Work } from '../benchmark.ts';
import { Buffers } from '../buffers.ts';
import { RecordedSubject } from '../measure.ts';

export type { NetworkSize };

export interface KernelBenchmark extends RowName, Pick<Benchmark, 'lesson' | 'when'> {
  readonly variant?: string;
  readonly group?: string;
  readonly work: Work;
  /** Makes the buffers; the result records one call. */
  prepare(gpu: Gpu, buffers: Buffers): () => void;
}

/** Its rows are a group by operation where no other is given. */
export function kernelBenchmark({ prepare, variant = '', group, ...about }: KernelBenchmark): Benchmark {
  return {
    ...about,
    variant,
    group: group ?? about.operation,
    open: (gpu, timing) => {
      const buffers = new Buffers(gpu);
      const record = prepare(gpu, buffers);
      return RecordedSubject.open(gpu, { record, close: () => buffers.release() }, timing);
    },
  };
}

/** `layer1 8×128²`: the part of the network, images per batch, and the side of the photos in pixels. */
export const shapeName = (part: string, { batch, size }: NetworkSize): string =>
  `${part.replace('resnet18-', '')} ${batch}×${size}²`;

/** f32 and u32. */
export const WORD = 4;
