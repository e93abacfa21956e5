/** In how many submissions lists of commands go out, on a clock that the test turns. */
import { beforeEach, describe, expect, it } from 'vitest';
import { testAdapter, testGpu } from '../../test/support/gpu.ts';
import { waiterFor } from '../platform/node/index.ts';
import { defineKernel, write, type Gpu } from './index.ts';
import { Pace } from './pace.ts';

/** It matters in which order these are done. */
const step = defineKernel({
  name: 'test.step',
  bindings: { x: write() },
  params: { count: 'u32' },
  workgroupSize: [64],
  builtins: '@builtin(global_invocation_id) id: vec3u',
  body: 'if (id.x < params.count) { x[id.x] = x[id.x] * 0.75 + f32(id.x); }',
});

describe('a list of commands', () => {
  let gpu: Gpu;
  /** Seconds that pass while the GPU is waited for. */
  let passing: number;
  beforeEach(async () => {
    let clock = 0;
    passing = 0;
    const wait = waiterFor((await testAdapter()).choice);
    gpu = await testGpu({
      now: () => clock,
      async wait(promise) {
        const result = await wait(promise);
        clock += passing * 1000;
        return result;
      },
    });
    await run(1); // so that the kernel is compiled
  });

  /** Dispatches, and a read of what they made; gives that, and the number of submissions. */
  async function run(dispatches = 40): Promise<{ readonly x: readonly number[]; readonly sent: number }> {
    const before = gpu.statistics.submissions;
    const x = await gpu.scope(() => {
      const x = gpu.upload(Float32Array.of(1, 2, 3));
      for (let i = 0; i < dispatches; i++) gpu.run(step, { x }, { count: 3 }, [1]);
      return gpu.read(x);
    });
    return { x: [...x], sent: gpu.statistics.submissions - before };
  }

  it('goes out in small pieces first, and as a whole once it is known to be fast', async () => {
    const first = await run();
    expect(first.sent).toBe(5); // of eight each
    expect(await run()).toEqual({ x: first.x, sent: 1 });
  });

  it('goes out in pieces of a quarter of a second where it takes long, and computes the same', async () => {
    passing = 2;
    const first = await run();
    const second = await run();
    expect(second).toEqual({ x: first.x, sent: 8 });
    passing = 0.4;
    expect((await run()).sent).toBe(8); // as was seen last
    expect(await run()).toEqual({ x: first.x, sent: 1 });
  });

  it('is told from others', async () => {
    passing = 5;
    await run(40);
    passing = 0;
    await run(20);
    expect((await run(20)).sent).toBe(1);
    expect((await run(40)).sent).toBe(20);
  });
});

describe('the time of a list', () => {
  it('does not count that of those before it', () => {
    let clock = 0;
    const pace = new Pace(() => clock);
    const plan = () => ({ seconds: undefined }) as Parameters<Pace['sent']>[0]; // all that is looked at
    const [a, b] = [plan(), plan()];
    const [first, second] = [pace.sent(a), pace.sent(b)];
    clock = 3000;
    pace.done(first);
    clock = 3100;
    pace.done(second);
    expect(a.seconds).toBeCloseTo(3);
    expect(b.seconds).toBeCloseTo(0.1);
    expect(pace.pieceOf(a, 300)).toBe(25);
    expect(pace.pieceOf(b, 300)).toBe(Infinity);
  });
});
