import { setTimeout } from 'node:timers/promises';
import { expect, it, vi } from 'vitest';
import { secondDevice, testGpu } from '../../../test/support/gpu.ts';
import { createPipeline } from './create-pipeline.ts';
import { defineKernel, write } from '../index.ts';
import { LazyDriver, type Twins } from './lazy-driver.ts';

const kernels = Array.from({ length: 12 }, (_, i) =>
  defineKernel({
    ...{ name: `test.lazy ${i}`, bindings: { y: write() }, workgroupSize: [1], builtins: '' },
    body: `y[${i}] = ${i}.0;`,
  }),
);

/** Compiles all kernels on the test device, without patience; gives what the twins were asked. */
async function compileWith(open: () => Promise<GPUDevice>, count = 1) {
  const { device } = await testGpu();
  const opening = vi.fn(open);
  const driver = new LazyDriver(device, { count, open: opening } satisfies Twins, 0);
  const created = await Promise.all(kernels.map((kernel) => createPipeline(device, kernel)));
  const compiled = kernels.map((kernel, i) => driver.compile(kernel, created[i]!));
  await expect(Promise.all(compiled)).resolves.toHaveLength(kernels.length);
  return opening;
}

it('compiles with the help of twins, and closes them when nothing is left to begin', async () => {
  const twins: GPUDevice[] = [];
  const created = vi.fn();
  const opening = await compileWith(async () => {
    const twin = await secondDevice();
    const { createComputePipelineAsync } = twin;
    twin.createComputePipelineAsync = (descriptor) => {
      created(descriptor.label);
      return createComputePipelineAsync.call(twin, descriptor);
    };
    twins.push(twin);
    return twin;
  }, 2);
  expect(opening).toHaveBeenCalledTimes(2);
  await Promise.all(twins.map(({ lost }) => lost)); // destroyed
  const labels = created.mock.calls.flat();
  expect(new Set(labels).size).toBe(labels.length); // no kernel was compiled on two of them
});

it('does without twins where they cannot be had', async () => {
  await compileWith(() => Promise.reject(new Error('none left')));
});

it('takes over what a twin fails at', async () => {
  await compileWith(async () => {
    const twin = await secondDevice();
    twin.createComputePipelineAsync = () => Promise.reject(new Error('lost'));
    return twin;
  });
});

it('opens none for what compiles quickly, and none for one kernel', async () => {
  const { device } = await testGpu();
  const open = vi.fn(secondDevice);
  const [kernel] = kernels as [(typeof kernels)[0]];
  const created = await createPipeline(device, kernel);
  await new LazyDriver(device, { count: 1, open }, 0).compile(kernel, created);
  await new LazyDriver(device, { count: 1, open }, Infinity).compile(kernel, created);
  expect(open).not.toHaveBeenCalled();
});

it('settles where the device is lost, whatever that answers: nobody waits for ever', async () => {
  const device = await secondDevice();
  const driver = new LazyDriver(device, undefined);
  const [first, second] = kernels as [(typeof kernels)[0], (typeof kernels)[0]];
  const created = [await createPipeline(device, first), await createPipeline(device, second)] as const;
  await driver.compile(first, created[0]);
  device.destroy();
  await device.lost;
  const both = Promise.allSettled([driver.compile(first, created[0]), driver.compile(second, created[1])]);
  const hangs = setTimeout(60_000, 'hangs', { ref: false });
  expect(await Promise.race([both.then(() => 'settles'), hangs])).toBe('settles');
});
