/** A traced run tells what WGSL does in silence, of the engine's own kernels and of wrong edits. */
import { describe, expect, it } from 'vitest';
import { testGpu } from '../../../test/support/gpu.ts';
import { THREADS } from './instrument.ts';
import { labOperation } from './operations/index.ts';
import type { Trace } from './trace.ts';
import type { Judgement, Trial } from './judgement.ts';
import { Workbench } from './workbench.ts';

const gpu = await testGpu();

function opened(trial: Trial) {
  const bench = new Workbench(gpu, trial);
  const [{ kernel } = { kernel: undefined }] = bench.runs;
  if (!kernel) throw new Error('It runs no kernel.');
  const judge = (from: string | RegExp, to: string) => {
    const text = kernel.code.replace(from, to);
    expect(text).not.toBe(kernel.code);
    return bench.judge({ [kernel.name]: text });
  };
  return { bench, kernel, judge };
}

function traceOf(judgement: Judgement): Trace {
  const [trace] = 'traces' in judgement ? (judgement.traces ?? []) : [];
  if (!trace) throw new Error(`There is no trace: ${JSON.stringify(judgement)}`);
  return trace;
}

const product = { operation: 'ladder.matmul.1-naive', sizes: { rows: 70, columns: 37, depth: 20 } };

describe('a trace', () => {
  it('knows which thread has written what', async () => {
    const { bench, kernel } = opened(product);
    const judgement = await bench.judge({}, { look: [kernel.name] });
    const { owners, endless, outOfBounds, contested } = traceOf(judgement);
    expect({ kind: judgement.kind, endless, outOfBounds, count: contested.count }).toEqual({
      ...{ kind: 'right', endless: undefined, outOfBounds: [], count: 0 },
    });
    expect(owners).toMatchObject({ binding: 'c', width: 1, shape: [70, 37] });
    // 16 × 16 threads a workgroup, id.x for the row and id.y for the column; 5 workgroups along x.
    const owner = (row: number, column: number) => {
      const workgroup = Math.floor(column / 16) * 5 + Math.floor(row / 16);
      return workgroup * THREADS + (column % 16) * 16 + (row % 16) + 1;
    };
    for (const [row, column] of [
      [0, 0],
      [3, 36],
      [69, 17],
    ] as const)
      expect(owners?.threads[row * 37 + column]).toBe(owner(row, column));
    bench.close();
  });

  it.each([
    'ladder.matmul.4-register-tiled',
    'ladder.conv2d.3-register-tiled',
    'conv2d.forward',
    'conv2d.backward-weight',
    'linear.forward',
    'elementwise.gelu',
  ])('is there for %s, and changes nothing of it', async (name) => {
    const { cases } = labOperation(name);
    const odd =
      name.startsWith('ladder') && cases.find((one) => /^(3x3-odd-channels|no multiple)/.test(one.name));
    const bench = new Workbench(gpu, { operation: name, sizes: (odd || cases[0])?.sizes ?? {} });
    const judgement = await bench.judge({}, { look: bench.runs.map(({ kernel }) => kernel.name) });
    expect(judgement.kind).toBe('right');
    if (!('traces' in judgement)) throw new Error('It has no traces.');
    expect(judgement.traces).toHaveLength(bench.runs.length);
    for (const { endless, owners, contested, outOfBounds } of judgement.traces ?? []) {
      expect(endless).toBeUndefined();
      expect(contested.count).toBe(0);
      expect(outOfBounds.filter(({ kind }) => kind === 'write')).toEqual([]);
      expect(owners?.threads.every((thread) => thread > 0)).toBe(true);
    }
    bench.close();
  });

  it('finds a loop that never ends, by its line, and does not run it', async () => {
    const { kernel, judge } = opened(product);
    const line = kernel.code.split('\n').findIndex((text) => text.includes('for (')) + 1;
    expect(await judge('k < params.depth; k++', 'k < params.depth; k += 0u')).toEqual({
      ...{ kind: 'endless', kernel: kernel.name, line },
    });
    expect(await judge('var sum = 0.0;', 'var sum = 0.0; while true { sum += a[0]; }')).toMatchObject({
      ...{ kind: 'endless', line: line - 1 },
    });
  });

  it('finds one in which threads wait for each other', async () => {
    const { kernel, judge } = opened({ ...product, operation: 'ladder.matmul.3-tiled' });
    const line = kernel.code.split('\n').findIndex((text) => /for \(.*params\.depth/.test(text)) + 1;
    const head = /for \(var (\w+) = 0u; \w+ < params\.depth; [^)]*\)/;
    expect(await judge(head, 'for (var $1 = 0u; $1 < params.depth; $1 += 0u)')).toEqual({
      ...{ kind: 'endless', kernel: kernel.name, line },
    });
  });

  it('finds what is read and written past the end', async () => {
    const { judge } = opened(product);
    const read = await judge('b[k * params.columns + column]', 'b[k * params.columns + column + 5u]');
    expect(traceOf(read).outOfBounds).toEqual([
      expect.objectContaining({ binding: 'b', kind: 'read', count: 5 * 70, length: 740 }),
    ]);
    const written = await judge(
      'c[row * params.columns + column] =',
      'c[row * params.columns + column + 1u] =',
    );
    expect(written.kind).toBe('wrong');
    expect(traceOf(written).outOfBounds).toEqual([
      expect.objectContaining({ binding: 'c', kind: 'write', count: 1, index: 2590, length: 2590 }),
    ]);
    const below = await judge('a[row * params.depth + k]', 'a[i32(row * params.depth + k) - 1]');
    expect(traceOf(below).outOfBounds).toEqual([
      expect.objectContaining({ binding: 'a', kind: 'read', count: 37, index: 2 ** 32 - 1 }),
    ]);
  });

  it('finds threads that write the same element', async () => {
    const { judge } = opened(product);
    const judgement = await judge('let column = id.y;', 'let column = id.y / 2u;');
    expect(traceOf(judgement).contested.count).toBeGreaterThan(1000);
  });
});
