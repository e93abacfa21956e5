/** Autotuning a tiny convolution, with algorithms among them that are wrong, broken or slow. */
import { beforeAll, describe, expect, it } from 'vitest';
import { testGpu } from '../../../test/support/gpu.ts';
import { defineKernel, write, type Gpu } from '../../gpu/index.ts';
import type { ForwardAlgorithm } from '../conv2d/algorithm.ts';
import { chooseAlgorithm, conv2dForward, conv2dTunable, forwardPass } from '../conv2d/index.ts';
import { problemName, type Conv2dProblem } from '../conv2d/autotune/problem.ts';
import { tunable } from '../conv2d/autotune/tunable.ts';
import { autotune } from './autotune.ts';
import { AutotuneTable } from './table.ts';

const shape = { n: 2, h: 9, w: 9, c: 8, k: 12, r: 3, s: 3, stride: 1, padding: 1 };
const problem: Conv2dProblem = { pass: 'forward', shape, epilogue: 'none' };
const name = problemName(problem);
const tiles = forwardPass.algorithms.find((algorithm) => algorithm.name === 'tiled 32×32')!; // it is in the list

let gpu: Gpu;
beforeAll(async () => {
  gpu = await testGpu();
});

/** `tiled 32×32` under another name, run so many times, or with something done afterwards. */
const like = (name: string, run: ForwardAlgorithm['run']): ForwardAlgorithm => ({
  family: 'tiled',
  products: 'tiles',
  name,
  suits: () => true,
  run,
});
const slow = like('slow', (...args) => {
  for (let i = 0; i < 20; i++) tiles.run(...args);
});

const tuned = (rule: ForwardAlgorithm, ...others: readonly ForwardAlgorithm[]) =>
  autotune(gpu, tunable(gpu, name, problem, forwardPass, others, rule), { rounds: 3 });

const spoil = defineKernel({
  name: 'test.spoil',
  bindings: { y: write() },
  params: { at: 'u32' },
  workgroupSize: [1],
  builtins: '',
  body: 'y[params.at] += 0.001;',
});

describe('tune', () => {
  it('remembers an algorithm that beats the rule, with the kernels that were measured', async () => {
    const { candidates, choice } = await tuned(slow, tiles);
    expect(choice).toMatchObject({ algorithm: tiles.name, rule: 'slow' });
    expect(choice!.milliseconds).toBeLessThan(choice!.ruleMilliseconds); // there is one
    expect(choice?.kernels).toMatch(/^[0-9a-f]{16}$/);
    expect(candidates.map((candidate) => candidate.name)).toEqual(['slow', tiles.name]);
    expect(candidates.every(({ refused }) => refused === undefined)).toBe(true);
  });

  it('remembers nothing where the rule is right', async () => {
    const { candidates, choice } = await tuned(tiles, slow);
    expect(choice).toBeUndefined();
    expect(candidates[1]!.milliseconds).toBeGreaterThan(candidates[0]!.milliseconds!); // both were timed
  });

  it('refuses a fast algorithm that does nothing, or gets one element wrong by little', async () => {
    const idle = like('idle', () => undefined);
    const sloppy = like('sloppy', (gpu, storages, shape) => {
      tiles.run(gpu, storages, shape);
      gpu.run(spoil, { y: storages.y }, { at: 7 }, [1]);
    });
    const { candidates, choice } = await tuned(slow, idle, sloppy);
    expect(choice).toBeUndefined();
    expect(candidates.map(({ refused }) => refused)).toEqual([
      undefined,
      expect.stringContaining('its result is wrong (error Infinity, allowed'),
      expect.stringMatching(/^its result is wrong \(error \d\.\de-\d+, allowed \d\.\de-\d+\)$/),
    ]);
    expect(candidates.map(({ milliseconds }) => milliseconds !== undefined)).toEqual([true, false, false]);
  });

  it('refuses an algorithm that is right on small problems only', async () => {
    const large = { ...problem, shape: { ...shape, h: 20, w: 20 } };
    const lazy = like('lazy', (gpu, storages, of) => {
      if (of.h < 20) tiles.run(gpu, storages, of);
    });
    const offered = tunable(gpu, problemName(large), large, forwardPass, [lazy], slow);
    const { candidates, choice } = await autotune(gpu, offered, { rounds: 3 });
    expect(candidates[1]!.refused).toContain('its result is wrong'); // of two
    expect(choice).toBeUndefined();
    const asRule = await autotune(gpu, tunable(gpu, name, large, forwardPass, [tiles], lazy), { rounds: 3 });
    expect(asRule.candidates.map(({ refused }) => refused !== undefined)).toEqual([true, false]);
  });

  it('refuses an algorithm whose kernel does not compile, and goes on', async () => {
    const broken = defineKernel({
      name: 'test.broken',
      bindings: { y: write() },
      workgroupSize: [1],
      builtins: '',
      body: 'y[0] = nonsense;',
    });
    const failing = like('failing', (gpu, { y }) => gpu.run(broken, { y }, {}, [1]));
    const { candidates, choice } = await tuned(slow, failing, tiles);
    expect(candidates[1]!.refused).toMatch(/^it fails: Kernel "test.broken" does not compile/); // of three
    expect(choice?.algorithm).toBe(tiles.name);
  });

  it('remembers nothing where the rule itself is wrong, and says so', async () => {
    const { candidates, choice } = await tuned(
      like('idle', () => undefined),
      tiles,
    );
    expect(choice).toBeUndefined();
    expect(candidates[0]!.refused).toContain('its result is wrong'); // of two
    expect(candidates[1]!.milliseconds).toBeGreaterThan(0);
  });

  it('stops where it is told to, and gives all memory back', async () => {
    const stopped = AbortSignal.abort(new Error('enough'));
    const offered = tunable(gpu, name, problem, forwardPass, [tiles], slow);
    await expect(autotune(gpu, offered, { signal: stopped })).rejects.toThrow('enough');
    await tuned(tiles);
    await gpu.finish();
    gpu.trim();
    const before = gpu.statistics;
    await tuned(tiles, slow);
    await gpu.finish();
    gpu.trim();
    expect(gpu.statistics).toMatchObject({ buffers: before.buffers, bytes: before.bytes });
  });

  it('finds algorithms that conv2d then uses, from a table that went through its text', async () => {
    const adapter = { vendor: 'test', architecture: '', device: '', description: '' };
    const table = new AutotuneTable(adapter);
    const offered = conv2dTunable(gpu, name)!; // the name of a convolution
    const result = await autotune(gpu, offered, { rounds: 3 });
    const timed = result.candidates.filter(({ milliseconds }) => milliseconds !== undefined);
    expect(timed.length).toBeGreaterThan(2);
    const other = timed.find((candidate) => candidate.name !== result.candidates[0]?.name)!; // there are several
    table.set(name, {
      algorithm: other.name,
      rule: result.candidates[0]!.name, // the rule's comes first
      // It is one of those that were offered.
      kernels: offered.candidates.find((candidate) => candidate.name === other.name)!.kernels(),
      milliseconds: 1,
      ruleMilliseconds: 2,
    });
    gpu.autotuned = AutotuneTable.parse(table.toString(), adapter);
    try {
      expect(chooseAlgorithm(gpu, forwardPass, shape).name).toBe(other.name);
      const made = forwardPass.tensors(shape, 'none');
      const kernels = gpu.rehearse(() => {
        const sizes = new Map([...Object.entries(made.inputs), made.output]);
        const tensor = (tensor: string) => gpu.temporary(sizes.get(tensor)! * 4); // forwardPass knows its own
        conv2dForward(gpu, forwardPass.storages(tensor, 'none'), shape);
      });
      expect(kernels.map((kernel) => kernel.name).join()).toContain(other.name.split(' ')[0]);
    } finally {
      gpu.autotuned = undefined;
    }
  });
});
