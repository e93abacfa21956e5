import { describe, expect, it } from 'vitest';
import { GpuOutOfMemoryError, paperGpu } from '../gpu/index.ts';
import { testGpu } from '../../test/support/gpu.ts';
import type { Benchmark, Subject } from './benchmark.ts';
import { catalogue } from './catalogue.ts';
import { BenchError } from './errors.ts';
import { measureGroup, type LostRow } from './measure.ts';
import { reportRows, reportSizes } from './report.ts';

describe('a report', () => {
  it('has three batches at two sizes on a GPU, and on a CPU none that takes minutes', () => {
    const names = (software: boolean) =>
      reportSizes({ software }).map(({ batch, size }) => `${batch}×${size}`);
    expect(names(false)).toEqual(['1×128', '1×224', '8×128', '8×224', '32×128', '32×224']);
    expect(names(true)).toEqual(['1×128', '1×224', '8×128', '8×224', '32×128']);
  });

  it('has all kernels, and of networks a forward pass and a whole step, in f16 where the adapter has it', () => {
    const size = { batch: 8, size: 128 };
    const rowsOn = (gpu: Parameters<typeof catalogue>[0]) => {
      const all = catalogue(gpu, { kernels: size, networks: [size], allVariants: false });
      const rows = reportRows(all);
      expect(rows.slice(0, all.kernels.length)).toEqual(all.kernels);
      return rows.slice(all.kernels.length).map(({ operation }) => operation);
    };
    expect(rowsOn(paperGpu({ software: false, subgroupSize: 32 }))).toEqual([
      'network.forward',
      ...(paperGpu({ software: false, subgroupSize: 32 }).device.features.has('shader-f16')
        ? ['network.forward-half']
        : []),
      'network.train-all',
    ]);
  });
});

describe('rows that cannot run', () => {
  const closed: string[] = [];
  const row = (operation: string, faults: { open?: Error; sample?: Error } = {}): Benchmark => ({
    ...{ operation, shape: 'x', variant: '', group: 'g' },
    open: () => {
      if (faults.open) return Promise.reject(faults.open);
      const sample = () => (faults.sample ? Promise.reject(faults.sample) : Promise.resolve({ wall: 1 }));
      return Promise.resolve<Subject>({ sample, close: () => void closed.push(operation) });
    },
  });
  const options = { rounds: 2, leastRounds: 2, minMilliseconds: 1, deadline: Infinity };
  const full = new GpuOutOfMemoryError('The GPU is out of memory.');
  const rows = [
    row('a'),
    row('no room', { open: full }),
    row('no room later', { sample: full }),
    row('peer', { open: new BenchError('cannot-run', 'no compiler at /home/ada') }),
    row('full peer', { sample: new BenchError('cannot-run', 'out of memory', undefined, true) }),
    row('b'),
  ];

  it('are left out and told of, and the others are measured', async () => {
    const gpu = await testGpu();
    const lost: LostRow[] = [];
    const measured = await measureGroup(gpu, rows, { ...options, onLost: (one) => lost.push(one) });
    expect(measured.map(({ operation, wall }) => [operation, wall.length])).toEqual([
      ['a', 2],
      ['b', 2],
    ]);
    expect(lost).toEqual([
      { row: 'no room x', why: 'memory' },
      { row: 'peer x', why: 'failed' },
      { row: 'no room later x', why: 'memory' },
      { row: 'full peer x', why: 'memory' },
    ]);
    expect(closed.toSorted()).toEqual(['a', 'b', 'full peer', 'no room later']);
  });

  it('fail a run that is no report, and so does any other mistake', async () => {
    const gpu = await testGpu();
    await expect(measureGroup(gpu, rows, options)).rejects.toBe(full);
    const bug = new TypeError('a bug');
    const onLost = () => expect.unreachable();
    await expect(measureGroup(gpu, [row('c', { open: bug })], { ...options, onLost })).rejects.toBe(bug);
  });
});
