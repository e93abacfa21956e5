// The adapter's own limits, which every other row is held against: how many multiply-adds, how fast a copy at what size, and
// what a dispatch, a submit and an answer cost. The kernels are as plain as can be; what they reach, a real kernel may reach.
import { defineKernel, read, rowOfWorkgroups, unroll, write, type Gpu, type Storage } from '../gpu/index.ts';
import { STEPS_A_SAMPLE, type Benchmark, type Row, type Subject } from './benchmark.ts';
import { Buffers } from './buffers.ts';
import { measureGroup, RecordedSubject } from './measure.ts';
import { gbpsOf, gflopsOf, type Ceilings } from './roofline.ts';
import { median } from './statistics.ts';

const MIB = 2 ** 20;
/** Bytes of either buffer of a copy: little more than a dispatch, within a core's cache, within that of all cores, in memory. */
const COPIES = [MIB / 64, MIB / 16, MIB / 4, MIB, 4 * MIB, 16 * MIB, 64 * MIB];
const QUICK_COPIES = [4 * MIB];

/** All ceilings as benchmarks: one group for rates, one for latencies. A quick run has one size of copies. */
export function ceilingBenchmarks(gpu: Gpu, quick = false): Benchmark[] {
  const sizes = (quick ? QUICK_COPIES : COPIES).filter((bytes) => bytes <= gpu.maxBindingBytes);
  return [multiplyAdd, ...sizes.map(copy), ...sizes.slice(-1).map(bufferCopy), ...latencies];
}

/**
 * The ceilings from their rows, by the clock on the wall or by processor time. Throws `RangeError` if some are missing.
 */
export function ceilingsFrom(rows: readonly Row[], clock: 'wall' | 'cpu' = 'wall'): Ceilings {
  const best = (operation: string, rate: typeof gflopsOf) =>
    rows.flatMap(({ operation: name, work, [clock]: samples }) =>
      name === operation && work && samples ? { bytes: work.bytes, rate: rate(work, median(samples)) } : [],
    );
  const [arithmetic] = best(multiplyAdd.operation, gflopsOf);
  const copies = best(COPY, gbpsOf).map(({ bytes, rate }) => ({ bytes, gbps: rate }));
  if (!arithmetic || copies.length === 0) throw new RangeError('The ceilings were not measured.');
  return { gflops: arithmetic.rate, copies };
}

/** A moment's look at the rates: a few samples of each, which are enough for shares in whole per cent. */
export async function measureCeilings(gpu: Gpu): Promise<Ceilings> {
  const rates = ceilingBenchmarks(gpu).filter(({ group }) => group === multiplyAdd.group);
  const deadline = performance.now() + 2000;
  return ceilingsFrom(
    await measureGroup(gpu, rates, { rounds: 5, leastRounds: 2, minMilliseconds: 3, deadline }),
  );
}

// Four chains of vec4 hide the latency of a multiply-add and still fit a CPU's registers. Unrolled, since compilers keep a loop
// that they are given, and on lavapipe its bookkeeping costs half the speed.
const CHAINS = ['a', 'b', 'c', 'd'];
const UNROLLED = 8;
const TURNS = 128;
const THREADS = 1 << 15;

const fmaKernel = defineKernel({
  name: 'ceiling.multiply-add',
  bindings: { results: write() },
  workgroupSize: [64],
  builtins: '@builtin(global_invocation_id) id: vec3u',
  body: `
  let x = 1.0 - f32(id.x & 63u) * 1e-4;
  let m = vec4f(x);
  ${CHAINS.map((chain, i) => `var ${chain} = vec4f(x + ${i}.0);`).join('\n  ')}
  for (var turn = 0u; turn < ${TURNS}u; turn++) {
    ${Array<string>(UNROLLED)
      .fill(CHAINS.map((chain) => `${chain} = fma(${chain}, m, m);`).join(' '))
      .join('\n    ')}
  }
  results[id.x] = dot(${CHAINS.join(' + ')}, vec4f(1.0));`,
});

/** Multiply-adds in registers and nothing else: as fast as the adapter's arithmetic can be. */
export const multiplyAdd = {
  ...{ group: 'ceiling.rates', operation: 'ceiling.multiply-add', shape: 'in registers' },
  variant: `${CHAINS.length} vec4 chains`,
  work: { flops: 2 * 4 * CHAINS.length * UNROLLED * TURNS * THREADS, bytes: THREADS * 4 },
  open: (gpu, timing) => {
    const buffers = new Buffers(gpu);
    const record = recordMultiplyAdd(gpu, buffers);
    return RecordedSubject.open(gpu, { record, close: () => buffers.release() }, timing);
  },
} satisfies Benchmark;

/** What records one call of it. */
export function recordMultiplyAdd(gpu: Gpu, buffers: Buffers): () => void {
  const results = buffers.empty(THREADS * 4);
  return () => gpu.run(fmaKernel, { results }, {}, [THREADS / 64]);
}

const COPY = 'ceiling.copy';
const WORKGROUP = 64;

/**
 * How a copy may be laid out: `items` vec4s a thread, those of a thread `run` threads apart. GPUs want whole workgroups beside each
 * other, CPUs a thread's own items; which is fastest at a size is found by trying.
 */
const LAYOUTS = [
  { items: 1, run: WORKGROUP },
  { items: 4, run: WORKGROUP },
  { items: 4, run: 8 },
  { items: 8, run: 8 },
  { items: 8, run: 1 },
] as const;
type Layout = (typeof LAYOUTS)[number];

const copyKernels = new Map(
  LAYOUTS.map((layout) => {
    const { items, run } = layout;
    const kernel = defineKernel({
      name: `${COPY} ${items}/${run}`,
      bindings: { x: read('vec4f'), y: write('vec4f') },
      params: { count: 'u32' },
      workgroupSize: [WORKGROUP],
      builtins: '@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32',
      body: `
  let first = (group.x + group.y * 65535u) * ${WORKGROUP * items}u + lane / ${run}u * ${run * items}u + lane % ${run}u;
${unroll(items, (k) => `  if (first + ${k * run}u < params.count) { y[first + ${k * run}u] = x[first + ${k * run}u]; }`)}`,
    });
    return [layout, kernel] as const;
  }),
);

const sizeName = (bytes: number) => (bytes < MIB ? `${bytes / 1024} KiB` : `${bytes / MIB} MiB`);

function copy(bytes: number): Benchmark {
  const work = { flops: 0, bytes: 2 * bytes };
  return {
    ...{ group: 'ceiling.rates', operation: COPY, shape: `2 × ${sizeName(bytes)}`, variant: 'kernel', work },
    open: async (gpu, timing) => {
      const buffers = new Buffers(gpu);
      const storages = { x: buffers.floats(bytes / 4), y: buffers.empty(bytes) };
      const count = bytes / 16;
      const open = (layout: Layout) => {
        const kernel = copyKernels.get(layout);
        const grid = rowOfWorkgroups(Math.ceil(count / (WORKGROUP * layout.items)));
        const record = () => kernel && gpu.run(kernel, storages, { count }, grid);
        return RecordedSubject.open(gpu, { record, close: () => buffers.release() }, timing);
      };
      let best: { subject: RecordedSubject; wall: number } | undefined;
      for (const layout of LAYOUTS) {
        const subject = await open(layout);
        const tries = [await subject.sample(), await subject.sample()];
        const wall = Math.min(...tries.map((sample) => sample.wall));
        if (!best || wall < best.wall) best = { subject, wall };
      }
      if (!best) throw new RangeError('There is no layout of a copy to try.');
      return best.subject;
    },
  };
}

/** What `copyBufferToBuffer` does, which need not be what a kernel can do: shown beside it, and no ceiling. */
function bufferCopy(bytes: number): Benchmark {
  return {
    ...{ group: 'ceiling.rates', operation: 'ceiling.buffer-copy', shape: `2 × ${sizeName(bytes)}` },
    ...{ variant: 'no kernel', work: { flops: 0, bytes: 2 * bytes } },
    open: (gpu, timing) => {
      const buffers = new Buffers(gpu);
      const [x, y] = [buffers.floats(bytes / 4), buffers.empty(bytes)];
      const record = () => gpu.copy(x, y);
      return RecordedSubject.open(gpu, { record, close: () => buffers.release() }, timing);
    },
  };
}

/** One that does next to nothing: what is timed around it is the machinery. */
const tinyKernel = defineKernel({
  name: 'ceiling.tiny',
  bindings: { word: write('u32') },
  workgroupSize: [1],
  builtins: '@builtin(workgroup_id) group: vec3u',
  body: 'word[0] = group.x;',
});

/** A cost in milliseconds that `time` measures with a buffer of 4 bytes. */
function latency(
  operation: string,
  [shape, variant]: readonly [string, string],
  time: (gpu: Gpu, word: Storage) => Promise<number>,
): Benchmark {
  return {
    ...{ group: 'ceiling.latencies', operation: `ceiling.${operation}`, shape, variant },
    open: async (gpu, { grain }): Promise<Subject> => {
      const buffers = new Buffers(gpu);
      const word = buffers.holding(new Uint32Array(1));
      await time(gpu, word); // a driver compiles at the first dispatch
      const least = STEPS_A_SAMPLE * (grain?.wall ?? 0);
      const sample = async () => {
        const begin = performance.now();
        let [sum, times] = [0, 0];
        do {
          sum += await time(gpu, word);
          times++;
        } while (performance.now() - begin < least);
        return { wall: sum / times };
      };
      return { sample, close: () => buffers.release() };
    },
  };
}

const runTiny = (gpu: Gpu, word: Storage) => gpu.run(tinyKernel, { word }, {}, [1]);
const [DISPATCHES, SUBMITS] = [1024, 512];

const latencies: readonly Benchmark[] = [
  latency('dispatch', [`one of ${DISPATCHES}`, 'in one pass'], async (gpu, word) => {
    const begin = performance.now();
    await gpu.scope(() => {
      for (let i = 0; i < DISPATCHES; i++) runTiny(gpu, word);
    });
    await gpu.finish();
    return (performance.now() - begin) / DISPATCHES;
  }),
  latency('submit', [`one of ${SUBMITS}`, 'empty'], async (gpu) => {
    const { device } = gpu;
    const begin = performance.now();
    for (let i = 0; i < SUBMITS; i++) device.queue.submit([device.createCommandEncoder().finish()]);
    await gpu.finish();
    return (performance.now() - begin) / SUBMITS;
  }),
  latency('read-back', ['4 bytes', 'after a dispatch'], async (gpu, word) => {
    const begin = performance.now();
    await gpu.scope(() => {
      runTiny(gpu, word);
      return gpu.read(word);
    });
    return performance.now() - begin;
  }),
];
