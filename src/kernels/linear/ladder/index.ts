/**
 * The matmul ladder: C = A·B from the definition to a kernel near the limit, one idea per rung. Read the files in the order of
 * their numbers; docs/book/12-the-ladder.md tells the story, with what each rung measures.
 */
import { linearBackward } from '../index.ts';
import { naive } from './1-naive.wgsl.ts';
import { coalesced } from './2-coalesced.wgsl.ts';
import { tiled } from './3-tiled.wgsl.ts';
import { registerTiled } from './4-register-tiled.wgsl.ts';
import { vec4 } from './5-vec4.wgsl.ts';
import { subgroup } from './6-subgroup.wgsl.ts';
import { checkMatmul, type MatmulRung } from './matmul.ts';

export { matmulFlops, type MatmulRung, type MatmulShape, type MatmulStorages } from './matmul.ts';

/** What the fully connected layer runs: dx = dy·weight is a product of two matrices as they lie. */
const engine: MatmulRung = {
  name: 'engine',
  lesson:
    "The fully connected layer's own, made for the few rows of a batch and for factors that lie in any order.",
  kernels: [],
  suits: () => true,
  run(gpu, { a, b, c }, shape) {
    checkMatmul({ a, b, c }, shape);
    const { rows, columns, depth } = shape;
    linearBackward(gpu, { dy: a, weight: b, dx: c }, { n: rows, outFeatures: depth, inFeatures: columns });
  },
};

/** From naive to best, then what the engine uses. */
export const ladder: readonly MatmulRung[] = [naive, coalesced, tiled, registerTiled, vec4, subgroup, engine];
