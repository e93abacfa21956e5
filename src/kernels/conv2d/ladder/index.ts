/**
 * The convolution ladder: y = x ∗ weight, forward, from the definition to Winograd, one idea a rung. Read the files in the
 * order of their numbers, after the matmul ladder (../../linear/ladder); docs/book/12-the-ladder.md tells the story, with what each
 * rung measures.
 */
import { conv2dForward } from '../index.ts';
import { naive } from './1-naive.wgsl.ts';
import { tiled } from './2-tiled.wgsl.ts';
import { registerTiled } from './3-register-tiled.wgsl.ts';
import { vec4 } from './4-vec4.wgsl.ts';
import { winograd } from './5-winograd.ts';
import type { Conv2dRung } from './convolution.ts';

export type { Conv2dRung, Conv2dStorages } from './convolution.ts';

/** What the network runs (../choose.ts): rungs 4 and 5 grown up, with a side branch for software adapters (../subgroup). */
const engine: Conv2dRung = {
  name: 'engine',
  lesson: "The network's own: of its algorithms the one that suits adapter and shape, here mostly Winograd.",
  kernels: [],
  suits: () => true,
  run: (gpu, storages, shape) => conv2dForward(gpu, storages, shape),
};

/** From naive to best, then what the engine uses. */
export const ladder: readonly Conv2dRung[] = [naive, tiled, registerTiled, vec4, winograd, engine];
