/** Every exercise: its start fails for the reason that it was made for, and its solution passes. */
import { describe, expect, it } from 'vitest';
import { testGpu } from '../../../test/support/gpu.ts';
import { examine } from './examine.ts';
import { exercises } from './index.ts';

const gpu = await testGpu();

/** Why each start is not right. */
const faults: Readonly<Record<string, RegExp>> = {
  bounds: /^Line 11: thread 36 of workgroup 1 writes y\[100\], and y has 100 elements\.$/,
  'rows-and-columns':
    /^Thread 5 of workgroup 0 writes y\[5\] in line 15, thread 8 of workgroup 0 writes it in line 15, with no barrier between: /,
  uniforms: /^piece\[0, 0\] is pixel 20 of the picture and should be pixel 43\.$/,
  sigmoid:
    /^With a dy of ones: dx\[0\] is -0\.083\d+ and should be 0\.083\d+\. 64 of 64 elements are wrong\.$/,
  barrier:
    /^Thread 1 of workgroup 0 writes sums\[1\] in line 8, thread 0 of workgroup 0 reads it in line 10, with no barrier between: /,
  race: /^Thread 1 of workgroup 0 writes ring\[1\] in line 14, thread 0 of workgroup 0 reads it in line 14, with no barrier between: /,
  'uniform-flow': /^Line 16: 'workgroupBarrier' must only be called from uniform control flow$/,
  softmax:
    /^With logits of −1,000 to 1,000: probabilities\[0, 4\] is .* and should be 1\. \d+ of 40 elements are wrong\.$/,
  border: /^Line 19: thread 40 of workgroup 0 reads x\[54\], and x has 54 elements\.$/,
  'stride-two': /^dx\[1\] is -0\.638\d+ and should be -0\.355\d+\.$/,
  'batch-norm': /^In channel 0 the sum of dx is 8\.19\d+\.$/,
  limits: /total number of workgroup invocations \(4096\) exceeds the maximum allowed/,
  'one-for-all':
    /^Counted: thread 0 of workgroup 0 reads 1,024 numbers of x\. Shared evenly it would be 16\.$/,
  neighbours: /^Line 14: 32 neighbouring threads touch 32 stretches of 128 bytes of x at once\./,
  tiles: /^Counted: 65,536 reads, 64 for each element\. It can be done with 4\.$/,
  registers: /^Counted: 65,536 reads, 2 for each multiplication\. It can be done with 0\.5\.$/,
};

describe.each(exercises.map((exercise) => [exercise.name, exercise] as const))('%s', (name, exercise) => {
  it('starts with its mistake, and is solved by its solution', async () => {
    const start = await examine(gpu, exercise, exercise.start);
    const solution = await examine(gpu, exercise, exercise.solution);
    expect(solution.steps.filter(({ state }) => state !== 'right')).toEqual([]);
    expect(start.steps.find(({ state }) => state === 'wrong')?.reason).toMatch(faults[name] ?? /^$/);
  });
});
