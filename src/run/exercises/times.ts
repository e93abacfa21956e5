/** How long a text takes beside the one that an exercise begins with: to be shown, and never asked for, since every adapter has its own. */
import type { Gpu, Storage } from '../../gpu/index.ts';
import { elementsOf } from '../lab/operation.ts';
import { race, type RaceOptions, type Times } from '../lab/times.ts';
import type { Exercise } from './exercise.ts';
import { workgroupSizeOf } from './log.ts';

/** What was timed, and the times of the start's text and of the other one. */
export interface Timed {
  readonly name: string;
  readonly times: readonly Times[];
  /** On a processor, whose costs are not those of a GPU. */
  readonly software: boolean;
}

/** For a text that was examined and is right; undefined for an exercise that is about no time. Rejects with `GpuError`. */
export async function timeBoth(
  gpu: Gpu,
  exercise: Exercise,
  text: string,
  options?: RaceOptions,
): Promise<Timed | undefined> {
  const timed = exercise.timed?.();
  if (!timed) return undefined;
  const { name, inputs, output, params, grid } = timed;
  const storages = new Map<string, Storage>([
    [output.name, gpu.persistent(4 * elementsOf(output.shape), output.name)],
  ]);
  try {
    for (const [input, { byteLength }] of Object.entries(inputs))
      storages.set(input, gpu.persistent(byteLength, input));
    const bound = Object.fromEntries(storages);
    await gpu.scope(() => {
      for (const [input, data] of Object.entries(inputs)) gpu.write(bound[input] as Storage, data); // made just above
    });
    const racers = [exercise.start, text].map((code) => {
      const kernel = { ...exercise.kernel, code };
      const dispatched = grid(workgroupSizeOf(code) ?? [1, 1, 1]);
      const record = () => gpu.run(kernel, bound, params, dispatched);
      return { record, written: bound[output.name] as Storage }; // the first of them
    });
    return { name, times: await race(gpu, racers, options), software: gpu.software };
  } finally {
    for (const storage of storages.values()) gpu.release(storage);
  }
}
