/**
 * Rung 2: neighbours walk the way that memory does. The kernel is rung 1's with `id.x` and `id.y` exchanged, not one
 * multiplication more or less: neighbouring threads now compute neighbouring columns of C.
 *
 * What changes: 16 neighbours load 16 consecutive elements of B, one 64-byte line, and the same single element of A.
 * The hardware merges ("coalesces") such loads into one transaction where rung 1 needed one each. The program still
 * asks for 8 bytes for every 2 FLOPs (0.25 FLOP per byte), but of the lines that are fetched it now uses every byte.
 *
 * What one sees: on a GPU several times rung 1 from the same instructions, as a look at RDNA3's machine code confirms: 1 FMA
 * in 20, as before. lavapipe shows no difference. It fetches each lane's element by itself whichever way the lanes lie, and the
 * CPU's caches keep the lines of rung 1 until the neighbouring k has used them too.
 */
import { defineKernel, wgsl } from '../../../gpu/index.ts';
import { matmulRung, scalars, sizes } from './matmul.ts';

const SIDE = 16;

const kernel = defineKernel({
  name: 'matmul 2-coalesced',
  bindings: scalars,
  params: sizes,
  workgroupSize: [SIDE, SIDE],
  builtins: '@builtin(global_invocation_id) id: vec3u',
  body: wgsl`
  let row = id.y;
  let column = id.x;
  if (row >= params.rows || column >= params.columns) { return; }
  var sum = 0.0;
  for (var k = 0u; k < params.depth; k++) {
    sum = fma(a[row * params.depth + k], b[k * params.columns + column], sum);
  }
  c[row * params.columns + column] = sum;`,
});

export const coalesced = matmulRung({
  name: '2-coalesced',
  lesson: 'The same arithmetic, but neighbouring threads touch neighbouring addresses.',
  kernel,
  reuse: { rows: 1, columns: 1, loads: 2, from: 'memory' },
  grid: ({ rows, columns }) => [Math.ceil(columns / SIDE), Math.ceil(rows / SIDE)],
});
