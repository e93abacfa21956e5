// What batch norm inside the convolution's kernel saves: ResNet-18's forward pass in evaluation, with each convolution and
// batch norm as one kernel and as two, in alternating runs. Medians of wall time and of the process's CPU time (which on a
// software adapter is the kernels', and which other programs disturb less), ratios, and the largest difference of the
// features as a share of the largest feature; with --profile also the time by kernel.
//
//   npx tsx bench/fused-norm.ts [runs] [--profile]
import { Tensor } from '../src/autograd/index.ts';
import { Gpu } from '../src/gpu/index.ts';
import { BatchNorm2d, resnet18 } from '../src/nn/index.ts';
import { exitCleanly, openAdapter, requestDevice, waiterFor } from '../src/platform/node.ts';
import { createRandom } from '../src/random.ts';

const runs = Number(process.argv[2] ?? 9);
const settings = [
  [8, 64],
  [8, 128],
  [8, 160],
  [32, 128],
] as const;

const { adapter, choice } = await openAdapter();
const gpu = new Gpu(await requestDevice(adapter), { wait: waiterFor(choice) });
const model = resnet18(gpu, 10).eval();
model.initialise(createRandom(1));
const norms = model.modules().filter((module) => module instanceof BatchNorm2d);
for (const { runningMean, runningVar, weight } of norms) {
  const wave = (offset: number) =>
    Float32Array.from({ length: weight.size }, (_, i) => offset + Math.sin(i) / 2);
  runningMean.load({ shape: weight.fileShape, data: wave(0) });
  runningVar.load({ shape: weight.fileShape, data: wave(1) });
}

function fuse(fused: boolean): void {
  for (const norm of norms) {
    if (fused) Reflect.deleteProperty(norm, 'after');
    else norm.after = (convolution, x, then) => norm.forward(convolution.forward(x), then);
  }
}

interface Pass {
  readonly wall: number;
  readonly cpu: number;
  readonly features: Float32Array;
}

async function forward(batch: number, size: number): Promise<Pass> {
  const pixels = Float32Array.from({ length: batch * size * size * 3 }, (_, i) => Math.sin(i));
  const start = performance.now();
  const used = process.cpuUsage();
  const features = await gpu.scope(() =>
    model.features(new Tensor(gpu, [batch, size, size, 3], gpu.upload(pixels))).read(),
  );
  return { wall: performance.now() - start, cpu: process.cpuUsage(used).user / 1000, features };
}

function differenceOf(one: Float32Array, two: Float32Array): number {
  return one.reduce((most, value, i) => Math.max(most, Math.abs(value - two[i]!)), 0) / Math.max(...two); // same length
}

const median = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1]!; // runs ≥ 1

for (const [batch, size] of settings) {
  const passes: { one: Pass; two: Pass }[] = [];
  for (let run = -1; run < runs; run++) {
    fuse(true);
    const one = await forward(batch, size);
    fuse(false);
    const two = await forward(batch, size);
    if (run >= 0) passes.push({ one, two }); // the first compiles
  }
  const column = (time: 'wall' | 'cpu') => {
    const [one, two] = [median(passes.map((p) => p.one[time])), median(passes.map((p) => p.two[time]))];
    return `${time}: one kernel ${one.toFixed(0)} ms, two ${two.toFixed(0)} ms, ratio ${(two / one).toFixed(2)}`;
  };
  const difference = Math.max(...passes.map(({ one, two }) => differenceOf(one.features, two.features)));
  console.log(
    `${batch}×${size}²  ${column('wall')}  ${column('cpu')}  difference ${difference.toExponential(1)}`,
  );
}

if (process.argv.includes('--profile')) {
  for (const fused of [true, false]) {
    fuse(fused);
    const times = await gpu.profile(async () => void (await forward(8, 128)));
    for (const { name, dispatches, milliseconds } of times ?? [])
      console.log(`${milliseconds.toFixed(1).padStart(8)} ms ${String(dispatches).padStart(4)}  ${name}`);
  }
}
await exitCleanly(0);
