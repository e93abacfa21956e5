/** Work that repeats goes by the plan of the first time; anything that a plan depends on makes a new one. */
import { beforeEach, describe, expect, it } from 'vitest';
import { testGpu } from '../../../test/support/gpu.ts';
import { defineKernel, read, write, type Gpu, type Storage } from '../index.ts';

const axpy = defineKernel({
  name: 'test.axpy',
  bindings: { x: read(), y: write() },
  params: { count: 'u32', factor: 'f32' },
  workgroupSize: [64],
  builtins: '@builtin(global_invocation_id) id: vec3u',
  body: 'if (id.x < params.count) { y[id.x] = y[id.x] + x[id.x] * params.factor; }',
});
const assign = defineKernel({
  name: 'test.assign',
  bindings: { x: read(), y: write() },
  params: { count: 'u32' },
  workgroupSize: [64],
  builtins: '@builtin(global_invocation_id) id: vec3u',
  body: 'if (id.x < params.count) { y[id.x] = x[id.x]; }',
});

describe('plans', () => {
  let gpu: Gpu;
  let state: Storage;
  beforeEach(async () => {
    gpu = await testGpu();
    state = gpu.persistent(4 * 300, 'state');
    gpu.clear(state);
    await gpu.finish();
  });

  /** state += factor · values, by way of temporaries; gives the new state. */
  const step = (values: readonly number[], factor: number, into = state): Promise<number[]> =>
    gpu
      .scope(() => {
        const count = values.length;
        const copy = gpu.temporary(4 * count);
        gpu.run(assign, { x: gpu.upload(Float32Array.from(values)), y: copy }, { count }, [5]);
        gpu.run(axpy, { x: copy, y: into.slice(0, 4 * count) }, { count, factor }, [5]);
        return gpu.read(into.slice(0, 4 * count));
      })
      .then((result) => [...result]);

  /** How many plans `work` made, and how often it went by one that there was. */
  const counted = async (work: () => Promise<unknown>) => {
    const before = gpu.statistics;
    await work();
    const after = gpu.statistics;
    return [after.plans - before.plans, after.replays - before.replays];
  };

  it('are made once for work that repeats, whatever its values', async () => {
    expect(await counted(() => step([1, 2], 1))).toEqual([1, 0]);
    expect(await counted(() => step([3, 4], 10))).toEqual([0, 1]);
    expect(await step([1, 1], 100)).toEqual([131, 142]);
  });

  it('are not used for other shapes, and again for the earlier ones', async () => {
    await step([1, 2], 1);
    expect(await counted(() => step([1, 2, 3], 1))).toEqual([1, 0]);
    expect(await counted(() => step(new Array<number>(300).fill(1), 1))).toEqual([1, 0]);
    expect(await counted(() => step([1, 2], 1))).toEqual([0, 1]);
    expect(await step([0, 0, 0, 0], 1)).toEqual([4, 7, 4, 1]);
  });

  it('are not used for other memory, even where it lies in the place of memory that was released', async () => {
    const before = await step([1, 2], 1);
    gpu.release(state);
    const next = gpu.persistent(4 * 300, 'state');
    gpu.clear(next);
    expect(await counted(() => step([5, 6], 1, next))).toEqual([1, 0]); // the release goes with the step
    expect(before).toEqual([1, 2]);
    expect(await step([1, 1], 1, next)).toEqual([6, 7]);
    await expect(step([1, 2], 1)).rejects.toThrow(/"state" was freed/);
  });

  it('are not used where a command is left out', async () => {
    const both = (twice: boolean) =>
      gpu.scope(() => {
        const [x, y] = [gpu.upload(Float32Array.of(2)), gpu.temporary(4)];
        gpu.clear(y);
        gpu.run(axpy, { x, y }, { count: 1, factor: 1 }, [1]);
        if (twice) gpu.run(axpy, { x, y }, { count: 1, factor: 1 }, [1]);
        return gpu.read(y);
      });
    for (const twice of [true, false, true, false]) expect([...(await both(twice))]).toEqual([twice ? 4 : 2]);
  });

  it('are forgotten and made again where there are too many to keep', async () => {
    const many = async () => {
      for (let count = 1; count <= 40; count++) await step(new Array<number>(count).fill(1), 1);
    };
    await many();
    expect(await counted(many)).toEqual([40, 0]);
    expect((await step([0], 1))[0]).toBe(80);
  });

  it('do not depend on which rows of the same memory are copied', async () => {
    const row = (i: number) =>
      gpu.scope(() => {
        const y = gpu.temporary(256);
        gpu.copy(state.slice(256 * i, 256), y);
        return gpu.read(y);
      });
    await step(
      Array.from({ length: 300 }, (_, i) => i),
      1,
    );
    const rows: (number | undefined)[] = [];
    expect(
      await counted(async () => {
        for (const i of [0, 3, 1]) rows.push((await row(i))[0]);
      }),
    ).toEqual([1, 2]);
    expect(rows).toEqual([0, 192, 64]);
  });

  it('hold where the workspace or the block of parameters was made anew in between', async () => {
    await step([1, 2], 1);
    await gpu.scope(() => {
      let x = gpu.upload(new Float32Array(1 << 16));
      for (let i = 0; i < 300; i++) {
        const y = gpu.temporary(4 << 16);
        gpu.run(assign, { x, y }, { count: 1 << 16 }, [1 << 10]);
        x = y;
      }
    });
    expect(await counted(() => step([1, 2], 1))).toEqual([0, 1]);
    gpu.trim();
    expect(await counted(() => step([1, 2], 1))).toEqual([1, 0]);
    expect(await step([1, 2], 1)).toEqual([4, 8]);
  });

  it('hold while times are measured, and afterwards', async () => {
    await step([1, 2], 1);
    expect(await counted(() => gpu.profile(() => step([1, 2], 1)))).toEqual([
      0,
      gpu.device.features.has('timestamp-query') ? 1 : 0,
    ]);
    const times = gpu.device.features.has('timestamp-query') ? 3 : 2;
    expect(await step([1, 2], 1)).toEqual([times, 2 * times]);
  });

  it('that nothing goes by for long give their memory back when more is asked for', async () => {
    await step([1], 1);
    await gpu.scope(() =>
      gpu.run(
        assign,
        { x: gpu.upload(new Float32Array(1 << 20)), y: gpu.temporary(4 << 20) },
        { count: 1 },
        [1],
      ),
    );
    const large = gpu.statistics.bytes;
    for (let i = 0; i < 70; i++) await step([1], 1);
    expect(gpu.statistics.bytes).toBe(large);
    const more = gpu.persistent(4, 'more');
    gpu.clear(more);
    await gpu.finish();
    expect(gpu.statistics.bytes).toBeLessThan(large - (4 << 20));
    expect(await step([0], 1)).toEqual([71]);
  });

  it('give back no memory of scopes that take turns', async () => {
    const turn = async () => {
      await step([1], 1);
      await step(new Array<number>(300).fill(1), 1);
    };
    await turn();
    const before = gpu.statistics;
    for (let i = 0; i < 50; i++) await turn();
    expect(gpu.statistics).toMatchObject({
      buffers: before.buffers,
      bytes: before.bytes,
      plans: before.plans,
    });
  });
});
