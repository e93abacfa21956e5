// Buffers with plausible numbers in them: zeros would spare a CPU's denormals and a GPU's power, and tell of neither.
import type { Gpu, Storage } from '../gpu/index.ts';
import { createRandom } from '../random.ts';

/** One period of the numbers; longer buffers repeat it. */
const PERIOD = 4096;

/** The buffers of one benchmark, released together. */
export class Buffers {
  private readonly storages: Storage[] = [];

  constructor(private readonly gpu: Gpu) {}

  /** `elements` floats within ±1, or within `low` … `high`. */
  floats(elements: number, [low, high]: readonly [number, number] = [-1, 1]): Storage {
    const random = createRandom(elements);
    const period = Float32Array.from({ length: PERIOD }, () => low + (high - low) * random.uniform());
    const data = new Float32Array(elements);
    for (let at = 0; at < elements; at += PERIOD) data.set(period.subarray(0, elements - at), at);
    return this.holding(data);
  }

  holding(data: Float32Array | Uint32Array | Uint8Array): Storage {
    const storage = this.empty(data.byteLength);
    this.gpu.write(storage, data);
    return storage;
  }

  /** For results; its content is undefined. */
  empty(bytes: number): Storage {
    const storage = this.gpu.persistent(bytes, 'benchmark');
    this.storages.push(storage);
    return storage;
  }

  release(): void {
    for (const storage of this.storages) this.gpu.release(storage);
  }
}
