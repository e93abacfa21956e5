/**
 * Forward convolution for software adapters, whose "threads" are the lanes of a CPU vector register and whose loads go
 * lane by lane: what counts there is FMAs per loaded element, and barriers cost. So there is no workgroup memory: each
 * lane owns `pixels` output pixels and all lanes of a subgroup work on the same `channels` output channels. The lanes
 * load the weights together, each a part, and pass them round with subgroupBroadcast.
 *
 * Implicit GEMM: y[m, k] = Σ_r Σ_e x[window(m, r), e] · weight[r, e, k], where e runs over the s · c neighbouring
 * elements of a window's row, which lie side by side in NHWC.
 */
import { defineKernel, memoizeKernel, unroll, wgsl } from '../../../gpu/index.ts';
import { dtypeLabel, type Dtype } from '../../dtype.ts';
import { epilogueLabel, finishStatement, sharedFinishStart, type Epilogue } from '../wgsl/epilogue.wgsl.ts';
import { forwardInterface } from '../wgsl/interface.wgsl.ts';
import { addProducts, sharedFour, sharedLoads } from './multiply.wgsl.ts';

export const subgroupForward = memoizeKernel(
  (
    lanes: number,
    pixels: number,
    channels: number,
    vectorX: boolean,
    vectorK: boolean,
    epilogue: Epilogue,
    dtype: Dtype,
  ) => {
    const shared = sharedLoads(lanes, channels);
    const { perRow, rows } = shared;
    const { bindings, params, functions } = forwardInterface(vectorX, vectorK, epilogue, dtype);
    return defineKernel({
      name: `conv2d.forward.subgroup ${lanes}·${pixels}×${channels}${epilogueLabel(epilogue)}${dtypeLabel(dtype)}`,
      enable: ['subgroups'],
      bindings,
      params,
      workgroupSize: [lanes],
      builtins: '@builtin(workgroup_id) workgroup: vec3u, @builtin(subgroup_invocation_id) lane: u32',
      declarations: functions,
      body: wgsl`
  let channel = workgroup.y * ${channels}u;
  ${unroll(
    pixels,
    (i) => wgsl`let m${i} = (workgroup.x * ${pixels}u + ${i}u) * ${lanes}u + lane;
  let p${i} = min(m${i}, params.count - 1u);
  let n${i} = p${i} / (params.oh * params.ow);
  let top${i} = i32((p${i} / params.ow) % params.oh) * params.stride - params.padding;
  let left${i} = (i32(p${i} % params.ow) * params.stride - params.padding) * i32(params.c);
  ${unroll(perRow, (j) => `var sum${i}_${j} = vec4f();`, ' ')}`,
  )}
  for (var r = 0; r < params.r; r++) {
    ${unroll(
      pixels,
      (i) => wgsl`let row${i} = (n${i} * params.h + u32(top${i} + r)) * params.rowLength;
    let start${i} = select(-0x40000000, left${i}, u32(top${i} + r) < params.h);`,
    )}
    let weightRow = u32(r) * params.windowLength + lane / ${perRow}u;
    let weightColumn = channel + (lane % ${perRow}u) * 4u;
    for (var e = 0u; e < params.windowLength; e += 4u) {
      ${unroll(pixels, (i) => `let x${i} = keep_x(load_window(row${i}, start${i} + i32(e)), params.windowLength - e);`)}
      ${unroll(4 / rows, (g) => `let shared${g}_0 = load_weight((weightRow + e + ${g * rows}u) * params.k + weightColumn);`)}
      ${unroll(perRow, (j) =>
        addProducts(
          pixels,
          j,
          4,
          (i, q) => `x${i}[${q}]`,
          (q) => sharedFour(shared, q, j),
        ),
      )}
    }
  }
  ${sharedFinishStart(epilogue, perRow)}
  ${unroll(
    pixels,
    (i) => wgsl`if (m${i} < params.count) {
    ${unroll(perRow, (j) => {
      const k = `channel + ${j * 4}u`;
      const store = finishStatement(
        epilogue,
        j,
        `m${i} * params.k + ${k}`,
        `sum${i}_${j}`,
        `params.k - (${k})`,
      );
      return wgsl`if (${k} < params.k) { ${store} }`;
    })}
  }`,
  )}`,
    });
  },
);
