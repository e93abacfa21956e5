import { beforeAll, describe, expect, it } from 'vitest';
import { testGpu } from '../../test/support/gpu.ts';
import { align, defineKernel, GpuValidationError, read, write, type Gpu } from './index.ts';

const scale = defineKernel({
  name: 'test.scale',
  bindings: { x: read(), y: write() },
  params: { count: 'u32', factor: 'f32' },
  workgroupSize: [64],
  builtins: '@builtin(global_invocation_id) id: vec3u',
  body: 'if (id.x < params.count) { y[id.x] = x[id.x] * params.factor; }',
});

describe('Gpu', () => {
  let gpu: Gpu;
  beforeAll(async () => {
    gpu = await testGpu();
  });

  const run = (input: Float32Array, times: number): Promise<Float32Array> =>
    gpu.scope(() => {
      let x = gpu.upload(input);
      for (let i = 0; i < times; i++) {
        const y = gpu.temporary(input.byteLength);
        gpu.run(scale, { x, y }, { count: input.length, factor: 2 }, [Math.ceil(input.length / 64)]);
        x = y;
      }
      return gpu.read(x);
    });

  it('runs recorded kernels in order', async () => {
    expect([...(await run(Float32Array.of(1, 2, 3), 5))]).toEqual([32, 64, 96]);
  });

  it('gives a temporary its memory only from first to last use', async () => {
    gpu.trim();
    const before = gpu.statistics;
    await run(new Float32Array(5000).fill(1), 20);
    const two = 2 * align(5000 * 4);
    expect(gpu.statistics.bytes - before.bytes).toBe(two);
    expect(gpu.statistics.leastBytes - before.leastBytes).toBe(two);
  });

  it('needs no new buffers when work repeats', async () => {
    const input = new Float32Array(777).fill(1);
    await run(input, 3);
    const before = gpu.statistics;
    for (let i = 0; i < 50; i++) await run(input, 3);
    expect(gpu.statistics).toMatchObject({ buffers: before.buffers, bytes: before.bytes });
  });

  it('orders host writes after the commands that came before them', async () => {
    const state = gpu.persistent(8, 'state');
    const [first, second] = await gpu.scope(() => {
      gpu.write(state, Float32Array.of(1, 2));
      const a = gpu.read(state);
      gpu.write(state, Float32Array.of(3, 4));
      return Promise.all([a, gpu.read(state)]);
    });
    gpu.release(state);
    expect([...first, ...second]).toEqual([1, 2, 3, 4]);
  });

  it('submits once for work whose uploads come in the middle', async () => {
    const before = gpu.statistics.submissions;
    const values = await gpu.scope(() => {
      const first = gpu.temporary(8);
      gpu.run(scale, { x: gpu.upload(Float32Array.of(1, 2)), y: first }, { count: 2, factor: 2 }, [1]);
      const second = gpu.upload(Float32Array.of(5, 7));
      gpu.run(scale, { x: second, y: first }, { count: 1, factor: 1 }, [1]);
      return gpu.read(first);
    });
    expect([...values]).toEqual([5, 4]);
    expect(gpu.statistics.submissions - before).toBe(1);
  });

  it('refuses memory whose scope has ended, in place of giving what lies there now', async () => {
    const y = await gpu.scope(() => gpu.upload(Float32Array.of(1), 'activation'));
    await expect(gpu.read(y)).rejects.toThrow(/"activation" was freed when its scope ended/);
    const state = gpu.persistent(4, 'state');
    gpu.release(state);
    await gpu.finish();
    gpu.write(state, Float32Array.of(1));
    await expect(gpu.finish()).rejects.toThrow(/write: "state" was freed/);
  });

  it('releases memory once', async () => {
    const state = gpu.persistent(1 << 20, 'state');
    gpu.clear(state);
    await gpu.finish();
    const before = gpu.statistics;
    gpu.release(state);
    gpu.release(state);
    await gpu.finish();
    gpu.release(state);
    await gpu.finish();
    expect(gpu.statistics).toMatchObject({
      buffers: before.buffers - 1,
      bytes: before.bytes - (1 << 20),
    });
  });

  it('releases memory along with work that fails', async () => {
    const state = gpu.persistent(1 << 20, 'state');
    gpu.clear(state);
    await gpu.finish();
    const before = gpu.statistics;
    const broken = defineKernel({ ...specOf('test.released'), body: 'y[0] = missing;' });
    const attempt = gpu.scope(() => {
      gpu.release(state);
      gpu.run(broken, { y: gpu.temporary(4) }, {}, [1]);
    });
    await expect(attempt).rejects.toThrow(GpuValidationError);
    expect(before.bytes - gpu.statistics.bytes).toBe(1 << 20);
  });

  it('binds slices', async () => {
    const all = gpu.persistent(512, 'all');
    const values = await gpu.scope(() => {
      gpu.clear(all);
      gpu.run(
        scale,
        { x: gpu.upload(Float32Array.of(5)), y: all.slice(256, 4) },
        { count: 1, factor: 3 },
        [1],
      );
      return gpu.read(all);
    });
    gpu.release(all);
    expect(values[64]).toBe(15);
    expect(() => all.slice(4, 4)).toThrow(/does not fit/);
  });

  it('names the kernel that does not compile, and goes on', async () => {
    const broken = defineKernel({ ...specOf('test.broken'), body: 'y[0] = missing;' });
    const attempt = gpu.scope(() => {
      gpu.run(broken, { y: gpu.temporary(4) }, {}, [1]);
    });
    await expect(attempt).rejects.toThrow(GpuValidationError);
    await expect(attempt).rejects.toThrow(/test\.broken.*\n.*missing/);
    expect([...(await run(Float32Array.of(1), 1))]).toEqual([2]);
  });

  it('compiles ahead what work will run, with a count, and runs none of it', async () => {
    const kernel = defineKernel({ ...specOf('test.ahead'), body: 'y[0] += 1;' });
    const state = gpu.persistent(4, 'state');
    gpu.clear(state);
    await gpu.finish();
    const before = gpu.statistics;
    const counts: string[] = [];
    gpu.onCompile = (done, total) => counts.push(`${done}/${total}`);
    let lost: Promise<unknown> | undefined;
    gpu.write(state, Float32Array.of(5));
    await gpu.prepare(() => {
      const huge = gpu.persistent(2 ** 26, 'never made');
      gpu.run(kernel, { y: state }, {}, [1]);
      gpu.run(kernel, { y: huge }, {}, [1]);
      lost = gpu.read(state);
      return lost;
    });
    await expect(lost).rejects.toThrow(/only rehearsed/);
    expect(counts).toEqual(['0/1', '1/1']);
    expect(gpu.statistics).toEqual(before);
    expect([...(await gpu.read(state))]).toEqual([5]);
    await gpu.scope(() => gpu.run(kernel, { y: state }, {}, [1]));
    expect([...(await gpu.read(state))]).toEqual([6]);
    expect(counts).toHaveLength(2);
    gpu.onCompile = undefined;
    gpu.release(state);
  });

  it('tells of a kernel that does not compile when it is prepared', async () => {
    const broken = defineKernel({ ...specOf('test.unprepared'), body: 'y[0] = missing;' });
    const attempt = gpu.prepare(() => gpu.run(broken, { y: gpu.temporary(4) }, {}, [1]));
    await expect(attempt).rejects.toThrow(/test\.unprepared.*\n.*missing/);
    const thrown = gpu.prepare(() => {
      throw new Error('half-way');
    });
    await expect(thrown).rejects.toThrow('half-way');
    expect([...(await run(Float32Array.of(1), 1))]).toEqual([2]);
  });

  it.each([[65536], [0], [1, NaN], [1, 1, 65536]] as const)(
    'refuses a grid of %s, %s, %s workgroups',
    (...grid) => {
      const [x, y] = [gpu.temporary(4), gpu.temporary(4)];
      const run = () => gpu.run(scale, { x, y }, { count: 1, factor: 1 }, grid);
      expect(run).toThrow(/test\.scale: a grid of .* is out of range/);
    },
  );

  it('reports a fault of the adapter at the next wait', async () => {
    const kernel = defineKernel({
      ...specOf('test.alias'),
      bindings: { x: read(), y: write() },
      body: 'y[0] = x[0];',
    });
    const attempt = gpu.scope(() => {
      const both = gpu.temporary(4);
      gpu.run(kernel, { x: both, y: both }, {}, [1]);
      return gpu.read(both);
    });
    await expect(attempt).rejects.toThrow(GpuValidationError);
    expect([...(await run(Float32Array.of(1), 1))]).toEqual([2]);
  });

  it('drops what a failing scope recorded', async () => {
    await expect(
      gpu.scope(() => {
        gpu.upload(Float32Array.of(1));
        throw new Error('half-way');
      }),
    ).rejects.toThrow('half-way');
    expect([...(await run(Float32Array.of(1), 1))]).toEqual([2]);
  });

  it('drops nothing that was recorded before the failing scope', async () => {
    const state = gpu.persistent(8, 'state');
    gpu.write(state, Float32Array.of(1, 2));
    const failing = gpu.scope(() => {
      gpu.write(state, Float32Array.of(3, 4));
      throw new Error('half-way');
    });
    await expect(failing).rejects.toThrow('half-way');
    expect([...(await gpu.read(state))]).toEqual([1, 2]);
    gpu.release(state);
  });

  it('fails the reads of a failing scope', async () => {
    const reads: Promise<unknown>[] = [];
    const broken = defineKernel({ ...specOf('test.unreadable'), body: 'y[0] = missing;' });
    const uncompiled = gpu.scope(() => {
      const y = gpu.temporary(4);
      gpu.run(broken, { y }, {}, [1]);
      reads.push(gpu.read(y));
    });
    const thrown = gpu.scope(() => {
      reads.push(gpu.read(gpu.upload(Float32Array.of(1))));
      throw new Error('half-way');
    });
    await Promise.all([
      expect(uncompiled).rejects.toThrow(GpuValidationError),
      expect(thrown).rejects.toThrow('half-way'),
    ]);
    await expect(reads[0]).rejects.toThrow(GpuValidationError);
    await expect(reads[1]).rejects.toThrow('half-way');
  });

  it('leaves no rejection unhandled where a scope fails and its result with it', async () => {
    const unhandled: unknown[] = [];
    const listener = (reason: unknown) => unhandled.push(reason);
    process.on('unhandledRejection', listener);
    const broken = defineKernel({ ...specOf('test.unhandled'), body: 'y[0] = missing;' });
    const attempt = gpu.scope(async () => {
      gpu.run(broken, { y: gpu.temporary(4) }, {}, [1]);
      await Promise.reject(new Error('the result fails first'));
    });
    await expect(attempt).rejects.toThrow(GpuValidationError);
    await new Promise((resolve) => setTimeout(resolve));
    process.off('unhandledRejection', listener);
    expect(unhandled).toEqual([]);
  });

  it('profiles by kernel where the adapter has timestamps', async (context) => {
    const state = gpu.persistent(4, 'state');
    const times = await gpu.profile(() =>
      gpu.scope(() => {
        const x = gpu.upload(new Float32Array(1 << 18).fill(1));
        const y = gpu.temporary(1 << 20);
        for (let i = 0; i < 4; i++) gpu.run(scale, { x, y }, { count: 1 << 18, factor: 2 }, [4096]);
        gpu.write(state, Float32Array.of(1)); // comes last, and sends what came before it
      }),
    );
    gpu.release(state);
    if (!times) return context.skip('this adapter has no timestamps');
    expect(times).toMatchObject([{ name: 'test.scale', dispatches: 4 }]);
    expect(times[0]?.milliseconds).toBeGreaterThan(0);
  });
});

function specOf(name: string) {
  return {
    name,
    bindings: { y: write() },
    workgroupSize: [1] as const,
    builtins: '@builtin(global_invocation_id) id: vec3u',
  };
}
