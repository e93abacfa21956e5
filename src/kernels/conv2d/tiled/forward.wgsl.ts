/**
 * Forward convolution for GPUs: implicit GEMM over flattened output pixels, tile by tile.
 *
 * y[m, k] = Σ_r Σ_e x[window(m, r), e] · weight[r, e, k]; e runs over the s · c neighbouring elements of a window's row.
 */
import { defineKernel, memoizeKernel, unroll, wgsl } from '../../../gpu/index.ts';
import { dtypeLabel, type Dtype } from '../../dtype.ts';
import { epilogueLabel, finishStart, finishStatement, type Epilogue } from '../wgsl/epilogue.wgsl.ts';
import { forwardInterface } from '../wgsl/interface.wgsl.ts';
import * as t from './tile.wgsl.ts';

export const tiledForward = memoizeKernel(
  (tileName: t.TileName, vectorX: boolean, vectorK: boolean, epilogue: Epilogue, dtype: Dtype) => {
    const tile = t.tiles[tileName];
    const { m, n, depth, tn } = tile;
    const { bindings, params, functions } = forwardInterface(vectorX, vectorK, epilogue, dtype);
    const unit = vectorX ? 4 : 1;
    const loadA = vectorX ? loadFours : loadElements;
    return defineKernel({
      name: `conv2d.forward.tiled ${m}×${n}${epilogueLabel(epilogue)}${dtypeLabel(dtype)}`,
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
  let rowLength = params.rowLength / ${unit}u;
  let windowLength = params.windowLength / ${unit}u;
  ${unroll(
    4,
    (q) => wgsl`let p${q} = min(firstPixel + quadA * 4u + ${q}u, params.count - 1u);
  let n${q} = p${q} / (params.oh * params.ow) * params.h;
  let top${q} = i32((p${q} / params.ow) % params.oh) * params.stride - params.padding;
  let left${q} = (i32(p${q} % params.ow) * params.stride - params.padding) * i32(params.c / ${unit}u);`,
  )}
  for (var r = 0; r < params.r; r++) {
    ${unroll(
      4,
      (q) => wgsl`let row${q} = (n${q} + u32(top${q} + r)) * rowLength;
    let start${q} = select(-0x40000000, left${q}, u32(top${q} + r) < params.h);`,
    )}
    let firstE = u32(r) * params.windowLength;
    let lastE = firstE + params.windowLength - 1u;
    for (var e0 = 0u; e0 < windowLength; e0 += ${depth / unit}u) {
      let e = e0 + depthQuadA * ${4 / unit}u;
      ${loadA.start}
      ${t.stageTransposed('A', tile, loadA.four)}
      ${t.stageDirect('B', tile, (d, _, quad) => t.loadFour('weight', vectorK, `min(firstE + (e0 * ${unit}u + ${d}), lastE)`, 'params.k', `firstChannel / 4u + ${quad}`))}
      ${t.multiplyTiles(tile)}
    }
  }
  ${unroll(tn / 4, (j) => finishStart(epilogue, j, `firstChannel + ${t.columnOf(tile, j)}`))}
  ${t.eachRow(
    tile,
    (row, quads) => wgsl`{
    let pixel = firstPixel + ${row};
    ${quads.map(
      ({ sum, column }, j) => wgsl`{
      let channel = firstChannel + ${column};
      if (pixel < params.count && channel < params.k) { ${finishStatement(epilogue, j, 'pixel * params.k + channel', sum, 'params.k - channel')} }
    }`,
    )}
  }`,
  )}`,
    });
  },
);

/** How four neighbours of a window's row are read: `start` stands before the four reads, `four(q)` is one of them. */
interface WindowLoad {
  readonly start: string;
  four(q: number): string;
}

/** In vec4s, by which e, the rows and their lengths are counted. One comparison keeps to the window and to the image. */
const loadFours: WindowLoad = {
  start: 'let column = i32(select(0x20000000u, e, e < windowLength));',
  four: (q) =>
    `select(vec4f(), vec4f(x[row${q} + u32(start${q} + column)]), u32(start${q} + column) < rowLength)`,
};

const loadElements: WindowLoad = {
  start: 'let inWindow = select(0u, windowLength - e, e < windowLength);',
  four: (q) => `select(vec4f(), keep_x(load_window(row${q}, start${q} + i32(e)), inWindow), inWindow > 0u)`,
};
