/**
 * Gradient of a convolution with respect to its weights, for software adapters. Here lanes own rows of the weight: four
 * neighbouring elements e of a window's row (s · c of them) and `channels` output channels, for one r. All lanes walk
 * the output pixels together; dy is loaded by parts and passed round with subgroupBroadcast. `channels` above NARROW divide k.
 *
 * dWeight[r, e, k] = Σ_pixels x[window(pixel, r), e] · dy[pixel, k]
 */
import { defineKernel, memoizeKernel, unroll, wgsl } from '../../../gpu/index.ts';
import { backwardWeightInterface } from '../wgsl/interface.wgsl.ts';
import { addProducts, NARROW, sharedFour, sharedLoads } from './multiply.wgsl.ts';

export const subgroupBackwardWeight = memoizeKernel(
  (lanes: number, channels: number, vectorX: boolean, vectorK: boolean) => {
    const shared = sharedLoads(lanes, channels);
    const { perRow, rows, loads } = shared;
    const { bindings, params, functions } = backwardWeightInterface(vectorX, vectorK);
    return defineKernel({
      name: `conv2d.backwardWeight.subgroup ${lanes}·4×${channels}`,
      enable: ['subgroups'],
      bindings,
      params: {
        ...params,
        /** Rows of output pixels: n · oh. */
        rows: 'u32',
      },
      workgroupSize: [lanes],
      builtins: '@builtin(workgroup_id) workgroup: vec3u, @builtin(subgroup_invocation_id) lane: u32',
      declarations: functions,
      body: wgsl`
  let e = (workgroup.x * ${lanes}u + lane) * 4u;
  let channel = workgroup.y * ${channels}u;
  let r = workgroup.z;
  let column = channel + (lane % ${Math.min(perRow, lanes)}u) * 4u;
  ${unroll(4, (i) => unroll(perRow, (j) => `var sum${i}_${j} = vec4f();`, ' '))}
  for (var row = 0u; row < params.rows; row++) {
    let y = i32(row % params.oh * u32(params.stride) + r) - params.padding;
    if (u32(y) >= params.h) { continue; }
    let xRow = (row / params.oh * params.h + u32(y)) * params.rowLength;
    for (var ox = 0u; ox < params.ow; ox += ${rows}u) {
      let pixel = ox + lane / ${perRow}u;
      let at = (row * params.ow + pixel) * params.k + column;
      ${unroll(loads, (l) => `let shared0_${l} = select(vec4f(), load_dy(at + ${l * lanes * 4}u), pixel < params.ow);`)}
      let start = i32(e) + (i32(ox) * params.stride - params.padding) * i32(params.c);
      ${unroll(rows, (h) => `let v${h} = load_window(xRow, start + ${h} * params.stride * i32(params.c));`)}
      ${unroll(perRow, (j) =>
        addProducts(
          4,
          j,
          rows,
          (i, h) => `v${h}[${i}]`,
          (h) => sharedFour(shared, h, j),
        ),
      )}
    }
  }
  ${unroll(
    4,
    (i) => wgsl`if (e + ${i}u < params.windowLength) {
    let at = ((params.firstSlice * params.r + r) * params.windowLength + e + ${i}u) * params.k + channel;
    ${unroll(perRow, (j) => (channels > NARROW ? `store_dWeight(at + ${j * 4}u, sum${i}_${j}, 4u);` : wgsl`if (channel + ${j * 4}u < params.k) { store_dWeight(at + ${j * 4}u, sum${i}_${j}, params.k - channel - ${j * 4}u); }`))}
  }`,
  )}`,
    });
  },
);
