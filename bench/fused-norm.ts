// What batch norm inside the convolution's kernel saves: ResNet-18's forward pass in evaluation, with each convolution and
// batch norm as one kernel and as two, in alternating runs. Medians, their ratio, and the largest relative difference
// of the features; with --profile also the time by kernel.
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

function fuse(fused: boolean): void {
  for (const norm of norms) {
    if (fused) Reflect.deleteProperty(norm, 'after');
    else norm.after = (convolution, x, then) => norm.forward(convolution.forward(x), then);
  }
}

async function forward(
  batch: number,
  size: number,
): Promise<{ milliseconds: number; features: Float32Array }> {
  const pixels = Float32Array.from({ length: batch * size * size * 3 }, (_, i) => Math.sin(i));
  const start = performance.now();
  const features = await gpu.scope(() =>
    model.features(new Tensor(gpu, [batch, size, size, 3], gpu.upload(pixels))).read(),
  );
  return { milliseconds: performance.now() - start, features };
}

const median = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1]!; // runs ≥ 1

for (const [batch, size] of settings) {
  const times: Record<'one' | 'two', number[]> = { one: [], two: [] };
  let difference = 0;
  for (let run = -1; run < runs; run++) {
    fuse(true);
    const one = await forward(batch, size);
    fuse(false);
    const two = await forward(batch, size);
    const scale = Math.max(...two.features.map(Math.abs));
    difference = Math.max(...one.features.map((value, i) => Math.abs(value - two.features[i]!) / scale)); // same length
    if (run < 0) continue; // compilation
    times.one.push(one.milliseconds);
    times.two.push(two.milliseconds);
  }
  const [one, two] = [median(times.one), median(times.two)];
  console.log(
    `${batch}×${size}²: one kernel ${one.toFixed(0)} ms, two ${two.toFixed(0)} ms, ratio ${(two / one).toFixed(2)}, difference ${difference.toExponential(1)}`,
  );
}

if (process.argv.includes('--profile')) {
  for (const fused of [true, false]) {
    fuse(fused);
    const times = await gpu.profile(async () => void (await forward(8, 128)));
    for (const { name, dispatches, milliseconds } of times)
      console.log(`${milliseconds.toFixed(1).padStart(8)} ms ${String(dispatches).padStart(4)}  ${name}`);
  }
}
await exitCleanly(0);
