/**
 * The matmul ladder: C = A·B from the definition to a kernel near the limit, one idea a rung. Read the files in the order of
 * their numbers; docs/kernel-ladder.md tells the story, with what each rung measures.
 */
import { matmulKernel, TILE } from '../matmul.wgsl.ts';
import { naive } from './1-naive.wgsl.ts';
import { coalesced } from './2-coalesced.wgsl.ts';
import { tiled } from './3-tiled.wgsl.ts';
import { registerTiled } from './4-register-tiled.wgsl.ts';
import { vec4 } from './5-vec4.wgsl.ts';
import { subgroup } from './6-subgroup.wgsl.ts';
import { matmulRung, type MatmulRung } from './matmul.ts';

export { matmulFlops, type MatmulRung, type MatmulShape, type MatmulStorages } from './matmul.ts';

/** What the fully connected layer runs: for the small products of a head, any layout, with a bias (../matmul.wgsl.ts). */
const engine = matmulRung({
  name: 'engine',
  lesson: "The fully connected layer's own: tiles of 32 × 32, small enough for the few rows of a batch.",
  kernel: matmulKernel('inner', 'outer', false),
  grid: ({ rows, columns }) => [Math.ceil(columns / TILE), Math.ceil(rows / TILE)],
});

/** From naive to best, then what the engine uses. */
export const ladder: readonly MatmulRung[] = [naive, coalesced, tiled, registerTiled, vec4, subgroup, engine];
