import { expect, it } from 'vitest';
import { testGpu } from '../../test/support/gpu.ts';
import { defineKernel, paperGpu, write } from './index.ts';

const kernel = (name: string) =>
  defineKernel({ name, bindings: { y: write() }, workgroupSize: [1], builtins: '', body: 'y[0] += 1.0;' });
const [first, second] = [kernel('test.first'), kernel('test.second')];

it('rehearses: names kernels in their order and does nothing of it', async () => {
  const gpu = await testGpu();
  const before = gpu.statistics;
  let rehearsed: Promise<Float32Array> | undefined;
  const read = await gpu.scope(() => {
    const y = gpu.upload(Float32Array.of(1));
    gpu.run(first, { y }, {}, [1]);
    const kernels = gpu.rehearse(() => {
      gpu.run(second, { y }, {}, [1]);
      void gpu.scope(() => gpu.run(first, { y: gpu.temporary(4) }, {}, [1]));
      rehearsed = gpu.read(y);
    });
    expect(kernels.map(({ name }) => name)).toEqual(['test.second', 'test.first']);
    return gpu.read(y);
  });
  await expect(rehearsed).rejects.toThrow('only rehearsed');
  expect([...read]).toEqual([2]); // the first kernel ran, once
  expect(gpu.statistics.dispatches).toBe(before.dispatches + 1);
});

it('drops what was rehearsed where that fails', async () => {
  const gpu = await testGpu();
  const { dispatches } = gpu.statistics;
  const rehearsal = () =>
    gpu.rehearse(() => {
      gpu.run(first, { y: gpu.temporary(4) }, {}, [1]);
      throw new Error('stop');
    });
  expect(rehearsal).toThrow('stop');
  await gpu.finish();
  expect(gpu.statistics.dispatches).toBe(dispatches);
});

it('rehearses on paper, for an adapter that is only described', async () => {
  const gpu = paperGpu({ software: true, subgroupSize: 8 });
  expect([gpu.software, gpu.subgroupSize]).toEqual([true, 8]);
  const [run] = gpu.rehearseRuns(() => gpu.run(first, { y: gpu.temporary(12, 'y') }, {}, [3]));
  expect(run?.kernel).toBe(first);
  expect(run?.storages.map(({ bytes }) => bytes)).toEqual([12]);
  expect(run?.grid).toEqual([3]);
  await expect(gpu.scope(() => gpu.run(first, { y: gpu.temporary(4) }, {}, [1]))).rejects.toThrow();
});
