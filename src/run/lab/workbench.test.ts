/** The workbench finds right what the engine computes, and tells wrong edits for what they are. */
import { describe, expect, it } from 'vitest';
import { testGpu } from '../../../test/support/gpu.ts';
import { noise } from '../../../test/support/kernels.ts';
import { operations } from '../kernels/index.ts';
import { windowEntries } from '../kernels/windows.ts';
import { elementsOf, type LabOperation } from './operation.ts';
import { labOperations } from './operations/index.ts';
import { race } from './times.ts';
import type { Trial } from './judgement.ts';
import { Workbench } from './workbench.ts';

const gpu = await testGpu();

/** 37 is no multiple of any tile. */
const product: Trial = { operation: 'ladder.matmul.1-naive', sizes: { rows: 70, columns: 37, depth: 20 } };

/** A workbench with the text of its only kernel, and what comes of a change to it. */
function opened(trial: Trial) {
  const bench = new Workbench(gpu, trial);
  const [run] = bench.runs;
  if (!run) throw new Error('It runs no kernel.');
  const { name, code } = run.kernel;
  const change = (from: string | RegExp, to: string) => {
    const text = code.replace(from, to);
    expect(text).not.toBe(code);
    return { [name]: text };
  };
  return { bench, change, judge: (from: string | RegExp, to: string) => bench.judge(change(from, to)) };
}

/** The largest case that takes a moment and that the operation can do here; undefined where there is none. */
function benchFor(operation: LabOperation): Workbench | undefined {
  const bytes = ({ sizes }: LabOperation['cases'][number]) => operation.work(sizes).bytes;
  const sorted = [...operation.cases].sort((a, b) => bytes(b) - bytes(a));
  const quick = sorted.filter((one) => bytes(one) < 300_000);
  for (const { sizes } of quick.length > 0 ? quick : sorted.slice(-1))
    try {
      return new Workbench(gpu, { operation: operation.name, sizes });
    } catch (error) {
      if (!(error instanceof RangeError && error.message.includes('does not suit'))) throw error;
    }
  return undefined;
}

describe('every operation of the lab', () => {
  it.each(labOperations.map((one) => [one.name, one] as const))('%s is right', async (name, operation) => {
    const bench = benchFor(operation);
    if (!bench) return expect(name).toBe('ladder.matmul.6-subgroup'); // for software adapters of one subgroup size
    const judgement = await bench.judge();
    expect(judgement, JSON.stringify(judgement)).toMatchObject({ kind: 'right' });
    bench.close();
  });

  it('is one of the catalogue, which has more: two that write no tensor of floats, and windows of any kind', () => {
    const names = operations.map(({ name }) => name);
    const left = ['cast', 'magnitudes', ...windowEntries.map(({ name }) => name)];
    expect(labOperations.map(({ name }) => name).sort()).toEqual(
      names.filter((name) => !left.includes(name)).sort(),
    );
  });
});

describe('a sample', () => {
  it.each(
    labOperations
      .filter(({ name, elementAt }) => elementAt && !/^ladder\..*[2-9]-/.test(name))
      .map((one) => [one.name, one] as const),
  )('of %s is what the whole has there', (_name, operation) => {
    for (const { sizes } of operation.cases.filter(({ sizes }) => operation.work(sizes).flops < 2e5)) {
      const { inputs, outputs } = operation.tensors(sizes);
      const values = Object.fromEntries(
        Object.entries(inputs).map(([name, { shape }], i) => [name, noise(elementsOf(shape), i)]),
      );
      const [[name, shape] = ['', [0]] as const] = Object.entries(outputs);
      const whole = operation.expected(values, sizes)[name] ?? [];
      expect(whole).toHaveLength(elementsOf(shape));
      Array.from(whole).forEach((value, index) =>
        expect(operation.elementAt?.(values, sizes, index)).toBeCloseTo(value, 9),
      );
    }
  });

  it('is taken where plain loops over all would take seconds, and finds what is wrong in it', async () => {
    const large = { rows: 400, columns: 400, depth: 400 };
    const { bench, judge } = opened({ operation: 'ladder.matmul.4-register-tiled', sizes: large });
    const judgement = await bench.judge();
    expect(judgement).toMatchObject({ kind: 'right', outputs: [{ isSample: true }] });
    const last = 'select(sum[i][j], 0.0, row == 399u && column == 399u)';
    expect(await judge('= sum[i][j];', `= ${last};`)).toMatchObject({
      kind: 'wrong',
      outputs: [{ wrong: 1, first: { coordinates: [399, 399] } }],
    });
    bench.close();
  });
});

describe('sizes', () => {
  const open = (operation: string, sizes: Record<string, number>) => () =>
    new Workbench(gpu, { operation, sizes });
  const convolution = { n: 1, h: 8, w: 8, c: 4, k: 4, r: 3, s: 3, stride: 1, padding: 1 };

  it('that cannot be are refused with the reason', () => {
    expect(open('nothing', {})).toThrow(/no operation "nothing"/);
    expect(open('ladder.matmul.1-naive', { rows: 4, columns: 4 })).toThrow(/depth must be a whole number/);
    expect(open('ladder.matmul.1-naive', { rows: 4, columns: 4.5, depth: 4 })).toThrow(/columns must be/);
    expect(open('conv2d.forward', { ...convolution, h: 1, padding: 0 })).toThrow(/does not fit/);
    expect(open('conv2d.forward', { ...convolution, n: 64, h: 512, w: 512 })).toThrow(/more than 64 MiB/);
    expect(open('conv2d.forward', { ...convolution, h: 64, w: 64, c: 512, k: 2048 })).toThrow(/20 GFLOP/);
    expect(open('max-pool.forward', { n: 1, h: 2, w: 2, c: 4, kernel: 3, stride: 1, padding: 0 })).toThrow(
      /does not fit/,
    );
  });
});

describe('an edit', () => {
  it('that does not compile is told with line and column', async () => {
    const { judge } = opened(product);
    const judgement = await judge('var sum = 0.0;', 'var sum = nobody;');
    expect(judgement).toMatchObject({ kind: 'does-not-compile', kernel: 'matmul 1-naive' });
    const { messages } = judgement as Extract<typeof judgement, { kind: 'does-not-compile' }>;
    expect(messages[0]).toMatchObject({ kind: 'error', text: expect.stringContaining('nobody') as string });
    expect(messages[0]?.line).toBeGreaterThan(5);
    expect(messages[0]?.column).toBeGreaterThan(5);
  });

  it('that the adapter refuses is told with its reason', async () => {
    const { bench, judge } = opened(product);
    const { name, code } = bench.runs[0]!.kernel; // it has one
    const text = code
      .replace('@compute', 'var<workgroup> much: array<f32, 10000>;\n@compute')
      .replace('= 0.0;', '= much[column]; much[row] = sum;');
    expect(await bench.judge({ [name]: text })).toEqual({
      kind: 'refused',
      why: expect.stringContaining('total use of workgroup storage (40000 bytes)') as string,
    });
    const more = '@group(0) @binding(7) var<storage, read> more: array<f32>;\n@compute';
    expect(await judge('@compute', more)).toMatchObject({ kind: 'right' }); // it is declared, and not used
  });

  it('that is wrong is told with where, how far, and how much', async () => {
    const { bench, judge } = opened(product);
    expect(await bench.judge()).toMatchObject({ kind: 'right' });
    const judgement = await judge('params.depth; k++', 'params.depth - 1u; k++');
    expect(judgement).toMatchObject({
      kind: 'wrong',
      outputs: [
        {
          name: 'c',
          shape: [70, 37],
          compared: 2590,
          unwritten: 0,
          first: { index: 0, coordinates: [0, 0] },
        },
      ],
    });
    expect(
      await judge(
        'row * params.columns + column] = sum',
        'row * params.columns + column] = select(sum, 0.0, row == 3u && column == 5u)',
      ),
    ).toMatchObject({
      kind: 'wrong',
      outputs: [{ wrong: 1, first: { index: 3 * 37 + 5, coordinates: [3, 5], found: 0 } }],
    });
    expect(await judge('c[row', 'if (row == 2u) { return; }\n c[row')).toMatchObject({
      kind: 'wrong',
      outputs: [{ wrong: 37, unwritten: 37, first: { coordinates: [2, 0], found: NaN } }],
    });
    expect(await bench.judge()).toMatchObject({ kind: 'right' });
    bench.close();
  });

  it('is timed beside the original', async () => {
    const { bench, change } = opened(product);
    await bench.open();
    const slow = change(
      'var sum = 0.0;',
      'var sum = 0.0; for (var i = 0u; i < 2000u; i++) { sum += f32(i) * 1e-9 * a[0]; }',
    );
    const racers = [bench.recorder(), bench.recorder(slow)].map((record) => ({
      record,
      written: bench.written,
    }));
    const [original, edited] = await race(gpu, racers, { rounds: 3, minMilliseconds: 5 });
    expect(original?.milliseconds).toHaveLength(3);
    expect(Math.min(...(edited?.milliseconds ?? []))).toBeGreaterThan(
      Math.max(...(original?.milliseconds ?? [])),
    );
    bench.close();
  });
});
