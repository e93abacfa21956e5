import { read, write } from '../../../gpu/index.ts';
import { at, sum, values } from '../data.ts';
import { defineExercise, type Case } from '../exercise.ts';
import { inBounds, noRace, right } from '../steps.ts';

const [SIZE, GROUPS] = [64, 3];

/** Sums of the 64 numbers of each workgroup. */
export function sumsCase(): Case {
  const x = values(SIZE * GROUPS, 6);
  return {
    name: 'three workgroups',
    inputs: { x },
    params: {},
    output: {
      name: 'y',
      shape: [GROUPS],
      expected: Float32Array.from({ length: GROUPS }, (_, g) => sum(0, SIZE, (i) => at(x, g * SIZE + i))),
    },
    grid: () => [GROUPS],
  };
}

export const barrier = defineExercise({
  name: 'barrier',
  title: 'A sum in a hurry',
  about: 'broken',
  task: 'A workgroup of 64 threads sums 64 numbers: each thread puts one into workgroup memory, then the upper half is added to the lower half, again and again, until one number is left. No thread waits for another. On this device it may even give the right sum: what is checked is whether it must.',
  moral:
    'Threads of a workgroup run in any order. Whatever one writes to workgroup memory and another reads needs a workgroupBarrier() between: after filling, and after each round.',
  bindings: { x: read(), y: write() },
  start: {
    workgroupSize: [SIZE],
    builtins: '@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) lane: u32',
    declarations: `var<workgroup> sums: array<f32, ${SIZE}>;`,
    body: `
      sums[lane] = x[workgroup.x * ${SIZE}u + lane];
      for (var half = ${SIZE / 2}u; half > 0u; half /= 2u) {
        if (lane < half) { sums[lane] += sums[lane + half]; }
      }
      if (lane == 0u) { y[workgroup.x] = sums[0]; }`,
  },
  solution: {
    body: `
      sums[lane] = x[workgroup.x * ${SIZE}u + lane];
      workgroupBarrier();
      for (var half = ${SIZE / 2}u; half > 0u; half /= 2u) {
        if (lane < half) { sums[lane] += sums[lane + half]; }
        workgroupBarrier();
      }
      if (lane == 0u) { y[workgroup.x] = sums[0]; }`,
  },
  compileHints: [
    'All threads of a workgroup must come to the same barriers: put them where no condition depends on the thread.',
  ],
  cases: () => [sumsCase()],
  steps: [
    inBounds(['64 threads, 64 elements of sums: in the first round lane + half must stay below 64.']),
    noRace([
      'Which threads have written what a thread reads in the first round, and has it waited for them?',
      'Two barriers are missing: one before the loop, and one in it.',
      'workgroupBarrier(); as the last statement of the loop, outside of the if: all threads have to come to it.',
    ]),
    right(['The sum of a workgroup is in sums[0] once half has become 0.']),
  ],
});
