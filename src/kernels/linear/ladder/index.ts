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
import { checkMatmul, type MatmulRung } from './matmul.ts';

export { matmulFlops, type MatmulRung, type MatmulShape, type MatmulStorages } from './matmul.ts';

const engineKernel = matmulKernel('inner', 'outer', false);

/** What the fully connected layer runs: for the small products of a head, in any layout (../matmul.wgsl.ts). */
const engine: MatmulRung = {
  name: 'engine',
  lesson: "The fully connected layer's own: tiles of 32 × 32, small enough for the few rows of a batch.",
  kernels: [engineKernel],
  suits: () => true,
  run(gpu, storages, shape) {
    checkMatmul(storages, shape);
    const { rows, columns } = shape;
    gpu.run(engineKernel, { ...storages }, shape, [Math.ceil(columns / TILE), Math.ceil(rows / TILE)]);
  },
};

/** From naive to best, then what the engine uses. */
export const ladder: readonly MatmulRung[] = [naive, coalesced, tiled, registerTiled, vec4, subgroup, engine];
