// Three small kernels with which `doctor` checks an adapter: one whose every result is compared with the host's, one that
// does nothing but multiply-add and one that does nothing but copy. They use plain WebGPU, so that what they say does
// not depend on the engine that they are meant to vouch for.
import type { Waiter } from '../../gpu/index.ts';

export interface Check {
  /** How many results were compared, and how many differed from the host's. */
  readonly compared: number;
  readonly wrong: number;
}

export interface Speed {
  /** f32 multiply-adds, counted as two operations each, in 10⁹ per second. */
  readonly gflops: number;
  /** Bytes read plus bytes written by a copy, in 10⁹ per second. */
  readonly copyGBps: number;
}

const CHECKED = 1 << 18;

// Integer hashing (PCG) shows that the arithmetic is right bit by bit. The f32 part uses values that are exact with and
// without a fused multiply-add, as WGSL allows either.
const checkShader = /* wgsl */ `
@group(0) @binding(0) var<storage, read_write> results: array<vec2u>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let state = id.x * 747796405u + 2891336453u;
  let word = ((state >> ((state >> 28u) + 4u)) ^ state) * 277803737u;
  let hash = (word >> 22u) ^ word;
  results[id.x] = vec2u(hash, bitcast<u32>(f32(hash & 0xffffu) * 0.25 - 3.0));
}`;

// Four chains of vec4 hide the latency of a multiply-add and still fit a CPU's registers. Unrolled four times:
// compilers keep a loop that they are given, and on lavapipe its bookkeeping costs half the speed.
const CHAINS = ['a', 'b', 'c', 'd'];
const UNROLL = 4;
const TURNS = 64;
const FMA_THREADS = 1 << 14;
const FMA_OPERATIONS = 2 * 4 * CHAINS.length * UNROLL * TURNS * FMA_THREADS;
const fmaShader = /* wgsl */ `
@group(0) @binding(0) var<storage, read_write> results: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let x = 1.0 - f32(id.x & 63u) * 1e-4;
  let m = vec4f(x);
  ${CHAINS.map((chain, i) => `var ${chain} = vec4f(x + ${i}.0);`).join('\n  ')}
  for (var turn = 0u; turn < ${TURNS}u; turn++) {
    ${Array<string>(UNROLL)
      .fill(CHAINS.map((chain) => `${chain} = fma(${chain}, m, m);`).join(' '))
      .join('\n    ')}
  }
  results[id.x] = dot(${CHAINS.join(' + ')}, vec4f(1.0));
}`;

const COPY_BYTES = 32 * 2 ** 20;
const copyShader = /* wgsl */ `
@group(0) @binding(0) var<storage, read> input: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> output: array<vec4f>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  output[id.x] = input[id.x];
}`;

/** Computes 262,144 hashes on `device` and compares every bit with the host's. Rejects when the device fails. */
export async function checkResults(device: GPUDevice, wait: Waiter): Promise<Check> {
  const results = device.createBuffer({
    size: CHECKED * 8,
    usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC,
  });
  const readback = device.createBuffer({
    size: results.size,
    usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST,
  });
  const kernel = await prepare(device, checkShader, [results], CHECKED / 64);
  const encoder = device.createCommandEncoder();
  kernel(encoder, 1);
  encoder.copyBufferToBuffer(results, 0, readback, 0, results.size);
  device.queue.submit([encoder.finish()]);
  await wait(readback.mapAsync(GPUMapMode.READ));
  const found = new Uint32Array(readback.getMappedRange());
  let wrong = 0;
  const float = new Float32Array(1);
  const bits = new Uint32Array(float.buffer);
  for (let i = 0; i < CHECKED; i++) {
    const hash = pcg(i);
    float[0] = (hash & 0xffff) * 0.25 - 3;
    if (found[2 * i] !== hash || found[2 * i + 1] !== bits[0]) wrong++;
  }
  readback.destroy();
  results.destroy();
  return { compared: CHECKED, wrong };
}

/**
 * Measures multiply-add and copy, the median of five runs each; takes about a second. Rejects when the device fails.
 */
export async function measureSpeed(device: GPUDevice, wait: Waiter): Promise<Speed> {
  const storage = (size: number) => device.createBuffer({ size, usage: GPUBufferUsage.STORAGE });
  const buffers = [storage(FMA_THREADS * 4), storage(COPY_BYTES), storage(COPY_BYTES)] as const;
  const [sums, input, output] = buffers;
  const fma = await prepare(device, fmaShader, [sums], FMA_THREADS / 64);
  const copy = await prepare(device, copyShader, [input, output], COPY_BYTES / 16 / 64);
  const fmaSeconds = await medianSeconds(device, wait, fma);
  const copySeconds = await medianSeconds(device, wait, copy);
  for (const buffer of buffers) buffer.destroy();
  return {
    gflops: FMA_OPERATIONS / fmaSeconds / 1e9,
    copyGBps: (2 * COPY_BYTES) / copySeconds / 1e9,
  };
}

/** PCG's output function on a counter (O'Neill 2014; as a GPU hash, Jarzynski and Olano 2020). */
function pcg(counter: number): number {
  const state = (Math.imul(counter, 747796405) + 2891336453) >>> 0;
  const word = Math.imul((state >>> ((state >>> 28) + 4)) ^ state, 277803737) >>> 0;
  return ((word >>> 22) ^ word) >>> 0;
}

/** Records a kernel's dispatch a number of times. */
type Recorder = (encoder: GPUCommandEncoder, times: number) => void;

async function prepare(
  device: GPUDevice,
  code: string,
  buffers: readonly GPUBuffer[],
  workgroups: number,
): Promise<Recorder> {
  const module = device.createShaderModule({ code });
  const pipeline = await device.createComputePipelineAsync({ layout: 'auto', compute: { module } });
  const entries = buffers.map((buffer, binding) => ({ binding, resource: { buffer } }));
  const bindGroup = device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries });
  return (encoder, times) => {
    const pass = encoder.beginComputePass();
    pass.setPipeline(pipeline);
    pass.setBindGroup(0, bindGroup);
    for (let i = 0; i < times; i++) pass.dispatchWorkgroups(workgroups);
    pass.end();
  };
}

/** Seconds of one dispatch: as many in a run as take about 50 ms, so that neither submitting nor waiting counts. */
async function medianSeconds(device: GPUDevice, wait: Waiter, kernel: Recorder): Promise<number> {
  const secondsOf = async (times: number) => {
    const encoder = device.createCommandEncoder();
    kernel(encoder, times);
    const start = performance.now();
    device.queue.submit([encoder.finish()]);
    await wait(device.queue.onSubmittedWorkDone());
    return (performance.now() - start) / 1e3;
  };
  await secondsOf(1); // a driver compiles at the first dispatch
  let times = 1;
  for (
    let seconds = await secondsOf(times);
    seconds < 0.05 && times < 1 << 14;
    seconds = await secondsOf(times)
  ) {
    times = Math.ceil(times * Math.min(16, Math.max(2, 0.06 / seconds)));
  }
  const runs: number[] = [];
  for (let run = 0; run < 5; run++) runs.push((await secondsOf(times)) / times);
  runs.sort((a, b) => a - b);
  return runs[2] ?? Number.NaN;
}
