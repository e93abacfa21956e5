/**
 * Rung 6: a way round for CPUs in disguise. On lavapipe and SwiftShader a "thread" is a lane of a CPU's vector register, a
 * subgroup is that register, workgroup memory is ordinary memory and a barrier saves and restores all registers. What is cheap
 * there is to move a number from one lane to all of them: subgroupBroadcast is a shuffle inside of a register.
 *
 * So there is no workgroup memory and no barrier. A workgroup is one subgroup. Each lane keeps 4 rows × 16 columns of C, its
 * rows its own, the columns those of all lanes. Four steps of k need 4 × 16 numbers of B: the lanes load them together, each
 * a part, and pass them round. With 8 lanes a lane makes 6 loads of a vec4f (4 of A, 2 of B) for 256 multiply-adds; rung 5
 * makes 18 (16 of them from workgroup memory), and 2 stores.
 *
 * What changes: counted in bytes from memory, 5.3 FLOPs per byte, a third of rung 5's. A CPU's first cache makes up for it.
 *
 * What one sees: on lavapipe three times rung 5, and twelve times rung 1. On a GPU it would be a poor kernel: the lanes of a load
 * from A lie a row apart, as in rung 1, and 256 of 452 instructions are FMAs. So it suits software adapters alone.
 */
import { defineKernel, type Gpu, memoizeKernel, unroll, wgsl } from '../../../gpu/index.ts';
import { checkMatmul, inFours, type MatmulRung, sizes, vectors } from './matmul.ts';

/** Rows per lane, and columns per subgroup: 4 × 16 sums are as many as a CPU's vector registers can take. */
const ROWS = 4;
const COLUMNS = 16;
const QUADS = COLUMNS / 4;

const kernelFor = memoizeKernel((lanes: number) => {
  /** Rows of B that the lanes load together with one vec4f each. */
  const together = lanes / QUADS;
  return defineKernel({
    name: `matmul 6-subgroup of ${lanes}`,
    enable: ['subgroups'],
    bindings: vectors,
    params: sizes,
    workgroupSize: [lanes],
    builtins: '@builtin(workgroup_id) workgroup: vec3u, @builtin(subgroup_invocation_id) lane: u32',
    body: wgsl`
  let column = workgroup.x * ${COLUMNS}u;
  let row = workgroup.y * ${ROWS * lanes}u + lane; // the lane's rows are row, row + ${lanes} …
  var start: array<u32, ${ROWS}>; // of each row in A
  for (var i = 0u; i < ${ROWS}u; i++) { start[i] = min(row + i * ${lanes}u, params.rows - 1u) * params.depth; }
  var sum: array<array<vec4f, ${QUADS}>, ${ROWS}>;
  for (var k = 0u; k < params.depth; k += 4u) {
    var left: array<vec4f, ${ROWS}>;
    for (var i = 0u; i < ${ROWS}u; i++) { left[i] = a[(start[i] + k) / 4u]; }
    for (var step = 0u; step < 4u; step += ${together}u) {
      let own = b[((k + step + lane / ${QUADS}u) * params.columns + column) / 4u + lane % ${QUADS}u];
      // Written out lane by lane, since a broadcast has to name its lane as a constant.
      ${unroll(
        lanes,
        (source) => wgsl`{
        let right = subgroupBroadcast(own, ${source}u);
        for (var i = 0u; i < ${ROWS}u; i++) {
          sum[i][${source % QUADS}] = fma(vec4f(left[i][step + ${Math.floor(source / QUADS)}u]), right, sum[i][${source % QUADS}]);
        }
      }`,
        ' ',
      )}
    }
  }
  for (var i = 0u; i < ${ROWS}u; i++) {
    for (var j = 0u; j < ${QUADS}u; j++) {
      let at = ((row + i * ${lanes}u) * params.columns + column) / 4u + j;
      if (row + i * ${lanes}u < params.rows && column + j * 4u < params.columns) { c[at] = sum[i][j]; }
    }
  }`,
  });
});

/** Lanes of the adapter's subgroups where this rung suits them, else null. */
function lanesOf({ software, subgroupSize }: Gpu): number | null {
  return software && subgroupSize !== null && [4, 8, 16].includes(subgroupSize) ? subgroupSize : null;
}

export const subgroup: MatmulRung = {
  name: '6-subgroup',
  lesson: 'For software adapters: no workgroup memory; lanes load B together and pass it round in registers.',
  kernels: [kernelFor(8)],
  reuse(gpu) {
    const lanes = lanesOf(gpu) ?? 8;
    // Four steps of k take a vec4f from each of the lane's rows of A, and a lane's part of four rows of B.
    const loads = (ROWS + (4 * QUADS) / lanes) / (4 * ROWS * COLUMNS);
    return { rows: ROWS * lanes, columns: COLUMNS, loads, from: 'memory' };
  },
  needs: 'a software adapter with subgroups of 4, 8 or 16 lanes, and a depth and columns that divide by four',
  suits: (shape, gpu) => lanesOf(gpu) !== null && inFours(shape),
  run(gpu, storages, shape) {
    checkMatmul(storages, shape);
    const lanes = lanesOf(gpu);
    if (lanes === null)
      throw new RangeError(
        'matmul 6-subgroup: this adapter is not a software adapter with subgroups of 4, 8 or 16; use another rung.',
      );
    gpu.run(kernelFor(lanes), storages, shape, [
      Math.ceil(shape.columns / COLUMNS),
      Math.ceil(shape.rows / (lanes * ROWS)),
    ]);
  },
};
