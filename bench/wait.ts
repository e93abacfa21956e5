// What waiting costs: the same kernels, once awaited plainly (Dawn's binding spins the main thread) and once with the
// napping wait of src/platform/wait.ts, in alternating runs so that both see the same machine. Medians.
//
//   npx tsx bench/wait.ts [runs]
import type { Waiter } from '../src/gpu/index.ts';
import { exitCleanly, openAdapter, requestDevice, waiterFor } from '../src/platform/node.ts';

const runs = Number(process.argv[2] ?? 9);
const size = 1024;

/** C = A·B for 1024² matrices, 4×4 outputs a thread, no shared memory: typical of a kernel that keeps every core busy. */
const matmul = {
  name: `matmul ${size}³`,
  flops: 2 * size ** 3,
  workgroups: [size / 32, size / 32] as const,
  buffers: [size * size * 4, size * size * 4, size * size * 4],
  code: /* wgsl */ `
@group(0) @binding(0) var<storage, read_write> a: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> b: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> c: array<vec4f>;

@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) id: vec3u) {
  const columns = ${size / 4}u;
  let row = 4u * id.y;
  var sum: array<vec4f, 4>;
  for (var k = 0u; k < columns; k++) {
    let b0 = b[(4u * k) * columns + id.x];
    let b1 = b[(4u * k + 1u) * columns + id.x];
    let b2 = b[(4u * k + 2u) * columns + id.x];
    let b3 = b[(4u * k + 3u) * columns + id.x];
    ${[0, 1, 2, 3]
      .map((i) => `let a${i} = a[(row + ${i}u) * columns + k];`)
      .concat(
        [0, 1, 2, 3].map((i) => `sum[${i}] += a${i}.x * b0 + a${i}.y * b1 + a${i}.z * b2 + a${i}.w * b3;`),
      )
      .join('\n    ')}
  }
  ${[0, 1, 2, 3].map((i) => `c[(row + ${i}u) * columns + id.x] = sum[${i}];`).join('\n  ')}
}`,
};

const turns = 1024;
const threads = 1 << 16;
/** Multiply-adds in registers and nothing else: the adapter's peak. */
const fma = {
  name: 'multiply-add',
  flops: 2 * 4 * 4 * 4 * turns * threads,
  workgroups: [threads / 64, 1] as const,
  buffers: [threads * 4],
  code: /* wgsl */ `
@group(0) @binding(0) var<storage, read_write> results: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let m = vec4f(1.0 - f32(id.x & 63u) * 1e-4);
  var a = m;
  var b = m + 1.0;
  var c = m + 2.0;
  var d = m + 3.0;
  for (var turn = 0u; turn < ${turns}u; turn++) {
    ${Array<string>(4).fill('a = fma(a, m, m); b = fma(b, m, m); c = fma(c, m, m); d = fma(d, m, m);').join('\n    ')}
  }
  results[id.x] = dot(a + b + c + d, vec4f(1.0));
}`,
};

const { adapter, choice } = await openAdapter();
const device = await requestDevice(adapter);
const ways: readonly (readonly [string, Waiter])[] = [
  ['plain await', (promise) => promise],
  ['napping wait', waiterFor(choice)],
];

console.log(`${adapter.info.description}; median of ${runs} alternating runs`);
for (const { name, flops, workgroups, buffers, code } of [matmul, fma]) {
  const pipeline = await device.createComputePipelineAsync({
    layout: 'auto',
    compute: { module: device.createShaderModule({ code }) },
  });
  const entries = buffers.map((bytes, binding) => ({
    binding,
    resource: { buffer: device.createBuffer({ size: bytes, usage: GPUBufferUsage.STORAGE }) },
  }));
  const bindGroup = device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries });
  const seconds = async (wait: Waiter) => {
    const encoder = device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    pass.setPipeline(pipeline);
    pass.setBindGroup(0, bindGroup);
    pass.dispatchWorkgroups(...workgroups);
    pass.end();
    const start = performance.now();
    device.queue.submit([encoder.finish()]);
    await wait(device.queue.onSubmittedWorkDone());
    return (performance.now() - start) / 1e3;
  };
  for (const [, wait] of ways) await seconds(wait); // a driver compiles at the first dispatch
  const times = ways.map((): number[] => []);
  for (let run = 0; run < runs; run++) {
    for (const [way, [, wait]] of ways.entries()) times[way]?.push(await seconds(wait));
  }
  for (const [way, [label]] of ways.entries()) {
    const sorted = (times[way] ?? []).sort((x, y) => x - y);
    const median = sorted[Math.floor(runs / 2)] ?? Number.NaN;
    const ms = [median, sorted[0] ?? NaN, sorted.at(-1) ?? NaN].map((s) => (1e3 * s).toFixed(1));
    console.log(
      `${name.padEnd(14)} ${label.padEnd(13)} ${ms[0]} ms (${ms[1]}–${ms[2]})  ${(flops / median / 1e9).toFixed(1)} GFLOP/s`,
    );
  }
}
await exitCleanly(0, device);
