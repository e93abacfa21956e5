import { read, write } from '../../../gpu/index.ts';
import { defineExercise } from '../exercise.ts';
import { fewReads, inBounds, noRace, right } from '../steps.ts';
import { productCase, timedProduct } from './tiles.ts';

const [SIDE, OUTPUTS, DEPTH] = [32, 32, 8];

const FILL = `
      let first = 4u * local.y;
      let left = 4u * local.x;
      var sums: array<array<f32, 4>, 4>;
      for (var begin = 0u; begin < params.side; begin += ${DEPTH}u) {
        for (var i = 0u; i < 4u; i++) {
          let e = 64u * i + 8u * local.y + local.x;
          tile_a[e / ${DEPTH}u][e % ${DEPTH}u] = a[(32u * workgroup.y + e / ${DEPTH}u) * params.side + begin + e % ${DEPTH}u];
          tile_b[e / 32u][e % 32u] = b[(begin + e / 32u) * params.side + 32u * workgroup.x + e % 32u];
        }
        workgroupBarrier();`;
const STORE = `
        workgroupBarrier();
      }
      for (var i = 0u; i < 4u; i++) {
        for (var j = 0u; j < 4u; j++) {
          c[(32u * workgroup.y + first + i) * params.side + 32u * workgroup.x + left + j] = sums[i][j];
        }
      }`;

export const registers = defineExercise({
  name: 'registers',
  title: 'Two loads for one multiplication',
  about: 'slow',
  task: 'The product of two matrices again, with tiles in workgroup memory, and each of the 8 × 8 threads has 4 × 4 elements of the result. For each multiplication a thread still loads two numbers from the tiles. But its 16 elements have only 4 rows of a and 4 columns of b between them: for each k, load those 8 numbers once, into registers, and multiply each with each.',
  moral:
    'With 4 × 4 elements a thread, 8 loads serve 16 multiplications: half a load for each, where it was two. Workgroup memory is fast, registers are faster, and this is what lets a matrix product come near a GPU’s peak.',
  bindings: { a: read(), b: read(), c: write() },
  params: { side: 'u32' },
  start: {
    workgroupSize: [8, 8],
    builtins: '@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_id) local: vec3u',
    declarations: `
      var<workgroup> tile_a: array<array<f32, ${DEPTH}>, 32>;
      var<workgroup> tile_b: array<array<f32, 32>, ${DEPTH}>;`,
    body: `${FILL}
        for (var i = 0u; i < 4u; i++) {
          for (var j = 0u; j < 4u; j++) {
            for (var k = 0u; k < ${DEPTH}u; k++) {
              sums[i][j] += tile_a[first + i][k] * tile_b[k][left + j];
            }
          }
        }${STORE}`,
  },
  solution: {
    body: `${FILL}
        for (var k = 0u; k < ${DEPTH}u; k++) {
          var column: array<f32, 4>;
          var row: array<f32, 4>;
          for (var i = 0u; i < 4u; i++) {
            column[i] = tile_a[first + i][k];
            row[i] = tile_b[k][left + i];
          }
          for (var i = 0u; i < 4u; i++) {
            for (var j = 0u; j < 4u; j++) { sums[i][j] += column[i] * row[j]; }
          }
        }${STORE}`,
  },
  cases: () => [productCase(SIDE, OUTPUTS)],
  timed: () => timedProduct(256, OUTPUTS),
  steps: [
    inBounds(['tile_a has 32 rows of 8, tile_b 8 rows of 32.']),
    noRace(['The two barriers stay where they are: after filling, and before filling again.']),
    right(['sums[i][j] is of row first + i and of column left + j.']),
    fewReads({
      holds: 'For each multiplication, half a load from workgroup memory at most',
      hints: [
        'Make k the outermost of the three loops. What does not depend on j can then be loaded before the loop over j.',
        'For each k: var column: array<f32, 4>; and var row: array<f32, 4>; filled in one loop over i.',
        'Then sums[i][j] += column[i] * row[j]; for all i and j.',
      ],
      reads: ({ diaries }) => diaries.reads({ space: 'workgroup' }),
      units: () => SIDE ** 3,
      most: 0.5,
      each: 'multiplication',
    }),
  ],
});
