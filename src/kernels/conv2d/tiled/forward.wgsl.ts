/**
 * Forward convolution for GPUs: implicit GEMM over flattened output pixels, tile by tile.
 *
 * y[m, k] = Σ_r Σ_e x[window(m, r), e] · weight[r, e, k]; e runs over the s · c neighbouring elements of a window's row.
 */
import { defineKernel, memoizeKernel, unroll, wgsl } from '../../../gpu/index.ts';
import { epilogueLabel, finishStart, finishStatement, type Epilogue } from '../epilogue.wgsl.ts';
import { forwardInterface } from '../interface.wgsl.ts';
import * as t from './tile.wgsl.ts';

export const tiledForward = memoizeKernel(
  (tileName: t.TileName, vectorX: boolean, vectorK: boolean, epilogue: Epilogue) => {
    const tile = t.tiles[tileName];
    const { m, n, depth, tn } = tile;
    const { bindings, params, functions } = forwardInterface(vectorX, vectorK, epilogue);
    return defineKernel({
      name: `conv2d.forward.tiled ${m}×${n}${epilogueLabel(epilogue)}`,
      bindings,
      params,
      workgroupSize: [t.threadsOf(tile)],
      builtins: '@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) thread: u32',
      declarations: [functions, t.tileMemory(tile)].join('\n'),
      body: wgsl`
  let firstPixel = workgroup.x * ${m}u;
  let firstChannel = workgroup.y * ${n}u;
  ${t.tileStart(tile)}
  ${t.transposeStart('A', tile)}
  ${unroll(
    4,
    (q) => wgsl`let p${q} = min(firstPixel + quadA * 4u + ${q}u, params.count - 1u);
  let n${q} = p${q} / (params.oh * params.ow) * params.h;
  let top${q} = i32((p${q} / params.ow) % params.oh) * params.stride - params.padding;
  let left${q} = (i32(p${q} % params.ow) * params.stride - params.padding) * i32(params.c);`,
  )}
  for (var r = 0; r < params.r; r++) {
    ${unroll(
      4,
      (q) => wgsl`let row${q} = (n${q} + u32(top${q} + r)) * params.rowLength;
    let start${q} = select(-0x40000000, left${q}, u32(top${q} + r) < params.h);`,
    )}
    for (var e0 = 0u; e0 < params.windowLength; e0 += ${depth}u) {
      let e = e0 + depthQuadA * 4u;
      let inWindow = select(0u, params.windowLength - e, e < params.windowLength);
      ${t.stageTransposed('A', tile, (q) => `select(vec4f(), keep_x(load_window(row${q}, start${q} + i32(e)), inWindow), inWindow > 0u)`)}
      ${t.stageDirect('B', tile, (d, column) => `load_weight((u32(r) * params.windowLength + min(e0 + ${d}, params.windowLength - 1u)) * params.k + firstChannel + ${column})`)}
      ${t.multiplyTiles(tile)}
    }
  }
  ${unroll(tn / 4, (j) => finishStart(epilogue, j, `firstChannel + threadColumn * ${tn}u + ${j * 4}u`))}
  ${t.eachRow(
    tile,
    (row, sums) => wgsl`{
    let pixel = firstPixel + ${row};
    ${sums.map(
      (sum, j) => wgsl`{
      let channel = firstChannel + threadColumn * ${tn}u + ${j * 4}u;
      if (pixel < params.count && channel < params.k) { ${finishStatement(epilogue, j, 'pixel * params.k + channel', sum, 'params.k - channel')} }
    }`,
    )}
  }`,
  )}`,
    });
  },
);
