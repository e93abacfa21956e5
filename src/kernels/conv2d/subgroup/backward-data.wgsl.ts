/**
 * Gradient of a convolution with respect to its input, for software adapters; lanes own pixels of dx as they own those
 * of y in forward.wgsl.ts. With a stride, the pixels of dx fall into stride² phases that meet different taps of the
 * kernel: each phase is a slice of the grid (z) and meets only its own taps, so no multiplication meets an inserted
 * zero. Phases that no tap reaches come out as zeros.
 *
 * dx[n, i, j, c] = Σ_{r, s: (i + p − r), (j + p − s) divisible by stride} Σ_k dy[n, (i + p − r)/stride, …, k] · weight[r, s, c, k]
 */
import { defineKernel, memoizeKernel, unroll, wgsl } from '../../../gpu/index.ts';
import { backwardDataInterface } from '../wgsl/interface.wgsl.ts';
import { addProducts } from './multiply.wgsl.ts';

export const subgroupBackwardData = memoizeKernel(
  (lanes: number, pixels: number, channels: number, stride: number, vectorC: boolean, vectorK: boolean) => {
    const loads = channels / lanes; // a lane loads the weights of one channel, four k at a time
    const { bindings, params, functions } = backwardDataInterface(vectorC, vectorK);
    return defineKernel({
      name: `conv2d.backwardData.subgroup ${lanes}·${pixels}×${channels} stride${stride}`,
      enable: ['subgroups'],
      bindings,
      params,
      workgroupSize: [lanes],
      builtins: '@builtin(workgroup_id) workgroup: vec3u, @builtin(subgroup_invocation_id) lane: u32',
      declarations: functions,
      body: wgsl`
  let channel = workgroup.y * ${channels}u;
  let phaseY = workgroup.z / ${stride}u;
  let phaseX = workgroup.z % ${stride}u;
  // The phase's pixels: every stride-th row and column of dx.
  let rows = (params.h - min(params.h, phaseY) + ${stride - 1}u) / ${stride}u;
  let columns = (params.w - min(params.w, phaseX) + ${stride - 1}u) / ${stride}u;
  let count = params.n * rows * columns;
  if (workgroup.x * ${pixels * lanes}u >= count) { return; }
  ${unroll(
    pixels,
    (i) => wgsl`let m${i} = (workgroup.x * ${pixels}u + ${i}u) * ${lanes}u + lane;
  let p${i} = min(m${i}, count - 1u);
  let n${i} = p${i} / (rows * columns);
  let y${i} = (p${i} / columns) % rows * ${stride}u + phaseY;
  let x${i} = p${i} % columns * ${stride}u + phaseX;
  ${unroll(channels / 4, (j) => `var sum${i}_${j} = vec4f();`, ' ')}`,
  )}
  for (var r = i32((phaseY + u32(params.padding)) % ${stride}u); r < params.r; r += ${stride}) {
    for (var s = i32((phaseX + u32(params.padding)) % ${stride}u); s < params.s; s += ${stride}) {
      ${unroll(
        pixels,
        (i) => wgsl`let oy${i} = (i32(y${i}) + params.padding - r) / ${stride};
      let ox${i} = (i32(x${i}) + params.padding - s) / ${stride};
      let inside${i} = i32(y${i}) + params.padding >= r && i32(x${i}) + params.padding >= s && u32(oy${i}) < params.oh && u32(ox${i}) < params.ow;
      let at${i} = select(0u, ((n${i} * params.oh + u32(oy${i})) * params.ow + u32(ox${i})) * params.k, inside${i});`,
      )}
      let tap = (u32(r * params.s + s) * params.c + channel + lane) * params.k;
      for (var k = 0u; k < params.k; k += 4u) {
        ${unroll(pixels, (i) => `let d${i} = select(vec4f(), keep_dy(load_dy(at${i} + k), params.k - k), inside${i});`)}
        ${unroll(loads, (l) => `let shared${l} = load_weight(tap + ${l * lanes}u * params.k + k);`)}
        ${unroll(channels / 4, (j) => {
          const of = (t: number) =>
            `let of${t} = subgroupBroadcast(shared${Math.floor((j * 4 + t) / lanes)}, ${(j * 4 + t) % lanes});`;
          const weight = (q: number) => `vec4f(${unroll(4, (t) => `of${t}[${q}]`, ', ')})`;
          return wgsl`{ ${unroll(4, of, ' ')} ${addProducts(pixels, j, 4, (i, q) => `d${i}[${q}]`, weight)} }`;
        })}
      }
    }
  }
  ${unroll(
    pixels,
    (i) => wgsl`if (m${i} < count) {
    let at = ((n${i} * params.h + y${i}) * params.w + x${i}) * params.c + channel;
    ${unroll(channels / 4, (j) => wgsl`if (channel + ${j * 4}u < params.c) { store_dx(at + ${j * 4}u, sum${i}_${j}, params.c - channel - ${j * 4}u); }`)}
  }`,
  )}`,
    });
  },
);
