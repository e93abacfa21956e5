/**
 * Gradient of a convolution with respect to its weights, for GPUs: tiles over the elements e of a window's row and the
 * output channels, for one r; the long axis is the output pixels. Few tiles exist for early layers, so the sum over
 * pixels is split into slices that are added up in a fixed order afterwards (../sum-slices.wgsl.ts).
 *
 * dWeight[r, e, k] = Σ_pixels x[window(pixel, r), e] · dy[pixel, k]
 */
import { defineKernel, memoizeKernel, wgsl } from '../../../gpu/index.ts';
import { backwardWeightInterface } from '../wgsl/interface.wgsl.ts';
import * as t from './tile.wgsl.ts';

export const tiledBackwardWeight = memoizeKernel(
  (tileName: t.TileName, vectorX: boolean, vectorK: boolean) => {
    const tile = t.tiles[tileName];
    const { m, n, depth } = tile;
    const { bindings, params, functions } = backwardWeightInterface(vectorX, vectorK);
    return defineKernel({
      name: `conv2d.backwardWeight.tiled ${m}×${n}`,
      bindings,
      params: {
        ...params,
        /** Output pixels: n · oh · ow. */
        count: 'u32',
        /** Pixels that one slice of the grid (z / r) sums up. */
        perSlice: 'u32',
        /** 1 / (oh · ow) and 1 / ow: a multiplication instead of two divisions per pixel; exact below 12,582,912. */
        perImage: 'f32',
        perRow: 'f32',
      },
      workgroupSize: [t.threadsOf(tile)],
      builtins: '@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) thread: u32',
      declarations: [
        functions,
        t.tileMemory(tile),
        wgsl`fn load_x(pixel: u32, r: u32, quad: u32, end: u32) -> vec4f {
  let image = u32((f32(pixel) + 0.5) * params.perImage);
  let inImage = pixel - image * params.oh * params.ow;
  let oy = u32((f32(inImage) + 0.5) * params.perRow);
  let ox = inImage - oy * params.ow;
  let y = i32(oy * u32(params.stride) + r) - params.padding;
  let inside = pixel < end && u32(y) < params.h;
  ${
    vectorX
      ? wgsl`let rowLength = params.rowLength / 4u;
  let start = u32((i32(ox) * params.stride - params.padding) * i32(params.c / 4u));
  let column = select(0x40000000u, start, inside) + quad;
  let row = (image * params.h + u32(y)) * rowLength;
  return select(vec4f(), x[row + column], column < rowLength);`
      : wgsl`let column = (i32(ox) * params.stride - params.padding) * i32(params.c) + i32(quad * 4u);
  let row = (image * params.h + u32(y)) * params.rowLength;
  return select(vec4f(), load_window(row, column), inside);`
  }
}`,
      ].join('\n'),
      body: wgsl`
  let firstE = workgroup.x * ${m}u;
  let firstChannel = workgroup.y * ${n}u;
  let r = workgroup.z % params.r;
  let slice = workgroup.z / params.r;
  let end = min(params.count, (slice + 1u) * params.perSlice);
  ${t.tileStart(tile)}
  for (var p0 = slice * params.perSlice; p0 < end; p0 += ${depth}u) {
    // What x has beyond the end is zero; dy is read once more there, so that nothing foreign meets the zeros.
    ${t.stageDirect('A', tile, (d, _, quad) => `load_x(p0 + ${d}, r, firstE / 4u + ${quad}, end)`)}
    ${t.stageDirect('B', tile, (d, _, quad) => t.loadFour('dy', vectorK, `min(p0 + ${d}, end - 1u)`, 'params.k', `firstChannel / 4u + ${quad}`))}
    ${t.multiplyTiles(tile)}
  }
  ${t.eachRow(
    tile,
    (row, quads) => wgsl`{
    let e = firstE + ${row};
    let at = (((params.firstSlice + slice) * params.r + r) * params.windowLength + e) * params.k;
    ${quads.map(
      ({ sum, column }) => wgsl`{
      let channel = firstChannel + ${column};
      if (e < params.windowLength && channel < params.k) { store_dWeight(at + channel, ${sum}, params.k - channel); }
    }`,
    )}
  }`,
  )}`,
    });
  },
);
