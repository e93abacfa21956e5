/**
 * Gradient of a convolution with respect to its input, for GPUs; tiles over the pixels of dx and the input channels.
 * Strides are taken apart into phases as in ../subgroup/backward-data.wgsl.ts, which has the formula.
 */
import { defineKernel, memoizeKernel, unroll, wgsl } from '../../../gpu/index.ts';
import { backwardDataInterface } from '../wgsl/interface.wgsl.ts';
import * as t from './tile.wgsl.ts';

export const tiledBackwardData = memoizeKernel(
  (tileName: t.TileName, stride: number, vectorC: boolean, vectorK: boolean) => {
    const tile = t.tiles[tileName];
    const { m, n, depth } = tile;
    const { bindings, params, functions } = backwardDataInterface(vectorC, vectorK);
    // Where dy and the weight are arrays of vec4f, channels are counted in fours: an address is then a sum and a shift.
    const unit = vectorK ? 4 : 1;
    return defineKernel({
      name: `conv2d.backwardData.tiled ${m}×${n} stride${stride}`,
      bindings,
      params,
      workgroupSize: [t.threadsOf(tile)],
      builtins: '@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) thread: u32',
      declarations: [functions, t.tileMemory(tile)].join('\n'),
      body: wgsl`
  let phaseY = workgroup.z / ${stride}u;
  let phaseX = workgroup.z % ${stride}u;
  let rows = (params.h - min(params.h, phaseY) + ${stride - 1}u) / ${stride}u;
  let columns = (params.w - min(params.w, phaseX) + ${stride - 1}u) / ${stride}u;
  let count = params.n * rows * columns;
  let firstPixel = workgroup.x * ${m}u;
  let firstChannel = workgroup.y * ${n}u;
  if (firstPixel >= count) { return; }
  let channels = params.k / ${unit}u;
  ${t.tileStart(tile)}
  ${t.transposeStart('A', tile)}
  ${t.transposeStart('B', tile)}
  ${unroll(
    4,
    (q) => wgsl`let p${q} = min(firstPixel + quadA * 4u + ${q}u, count - 1u);
  let n${q} = p${q} / (rows * columns) * params.oh;
  let y${q} = i32((p${q} / columns) % rows * ${stride}u + phaseY) + params.padding;
  let x${q} = i32(p${q} % columns * ${stride}u + phaseX) + params.padding;`,
  )}
  for (var r = i32((phaseY + u32(params.padding)) % ${stride}u); r < params.r; r += ${stride}) {
    for (var s = i32((phaseX + u32(params.padding)) % ${stride}u); s < params.s; s += ${stride}) {
      ${unroll(
        4,
        (q) => wgsl`let oy${q} = u32((y${q} - r) / ${stride});
      let ox${q} = u32((x${q} - s) / ${stride});
      let inside${q} = y${q} >= r && x${q} >= s && oy${q} < params.oh && ox${q} < params.ow;
      let at${q} = ((n${q} + oy${q}) * params.ow + ox${q}) * channels;
      let end${q} = select(0u, channels, inside${q});`,
      )}
      let tap0 = (u32(r * params.s + s) * params.c + firstChannel + quadB * 4u) * channels;
      ${unroll(3, (q) => `let tap${q + 1} = tap${q} + channels;`)}
      for (var k0 = 0u; k0 < channels; k0 += ${depth / unit}u) {
        let k = k0 + depthQuadA * ${4 / unit}u;
        ${vectorK ? '' : 'let inK = select(0u, channels - k, k < channels);'}
        ${t.stageTransposed('A', tile, (q) =>
          vectorK
            ? `select(vec4f(), dy[at${q} + k], k < end${q})`
            : `select(vec4f(), keep_dy(load_dy(at${q} + k), inK), inside${q} && inK > 0u)`,
        )}
        ${t.stageTransposed('B', tile, (q) => {
          const at = `tap${q} + k`;
          return vectorK ? `weight[${at}]` : `load_weight(${at})`;
        })}
        ${t.multiplyTiles(tile)}
      }
    }
  }
  ${t.eachRow(
    tile,
    (row, quads) => wgsl`{
    let pixel = firstPixel + ${row};
    if (pixel < count) {
      let y = (pixel / columns) % rows * ${stride}u + phaseY;
      let x = pixel % columns * ${stride}u + phaseX;
      let at = ((pixel / (rows * columns) * params.h + y) * params.w + x) * params.c;
      ${quads.map(
        ({ sum, column }) => wgsl`{
        let channel = firstChannel + ${column};
        if (channel < params.c) { store_dx(at + channel, ${sum}, params.c - channel); }
      }`,
      )}
    }
  }`,
  )}`,
    });
  },
);
