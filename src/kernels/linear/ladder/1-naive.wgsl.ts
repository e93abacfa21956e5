/**
 * Rung 1: the definition. A thread computes one element of C by walking along a row of A and down a column of B.
 *
 * What bounds it: memory. Each step loads 8 bytes for one multiply-add, 2 FLOPs: an arithmetic intensity of 0.25 FLOP per
 * byte, where a GPU's arithmetic could keep up with its memory at some 50. Caches soften this, since neighbours load much of the
 * same. But here the neighbours (threads whose `id.x` differs by one; 32 or 64 of them execute together) go down a column of
 * C, and so their loads from A and their stores to C lie a whole row apart: a load for 16 of them touches 16 cache lines and
 * uses 4 bytes of each. Rung 2 fixes that and nothing else.
 *
 * What one sees: about a hundredth of a GPU's peak. In RDNA3's machine code one instruction of 20 in the loop is an FMA; the
 * others compute addresses, check bounds, load and wait.
 */
import { defineKernel, wgsl } from '../../../gpu/index.ts';
import { matmulRung, scalars, sizes } from './matmul.ts';

const SIDE = 16;

const kernel = defineKernel({
  name: 'matmul 1-naive',
  bindings: scalars,
  params: sizes,
  workgroupSize: [SIDE, SIDE],
  builtins: '@builtin(global_invocation_id) id: vec3u',
  body: wgsl`
  let row = id.x;
  let column = id.y;
  if (row >= params.rows || column >= params.columns) { return; }
  var sum = 0.0;
  for (var k = 0u; k < params.depth; k++) {
    sum = fma(a[row * params.depth + k], b[k * params.columns + column], sum);
  }
  c[row * params.columns + column] = sum;`,
});

export const naive = matmulRung({
  name: '1-naive',
  lesson:
    'One thread per output: two loads for every multiply-add, and neighbours load from lines far apart.',
  kernel,
  reuse: { rows: 1, columns: 1, loads: 2, from: 'memory' },
  grid: ({ rows, columns }) => [Math.ceil(rows / SIDE), Math.ceil(columns / SIDE)],
});
