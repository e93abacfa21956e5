import { read, write } from '../../../gpu/index.ts';
import { at, sum, values } from '../data.ts';
import { defineExercise } from '../exercise.ts';
import { inBounds, noRace, right } from '../steps.ts';

const [SIZE, COUNT] = [64, 150];
const GROUPS = Math.ceil(COUNT / SIZE);

export const uniformFlow = defineExercise({
  name: 'uniform-flow',
  title: 'A barrier that some never reach',
  about: 'broken',
  task: 'The sum by workgroups again, with 150 numbers for 192 threads. Threads past the end leave at once, as they did in the first exercise, and the compiler refuses the text. Read what it says, and mend it.',
  moral:
    'A barrier waits for all threads of a workgroup, so WGSL demands a proof that all of them come to it: it must stand in uniform control flow. Threads without work stay, and bring a zero.',
  bindings: { x: read(), y: write() },
  params: { count: 'u32' },
  start: {
    workgroupSize: [SIZE],
    builtins:
      '@builtin(global_invocation_id) id: vec3u, @builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) lane: u32',
    declarations: `var<workgroup> sums: array<f32, ${SIZE}>;`,
    body: `
      if (id.x >= params.count) { return; }
      sums[lane] = x[id.x];
      workgroupBarrier();
      for (var half = ${SIZE / 2}u; half > 0u; half /= 2u) {
        if (lane < half) { sums[lane] += sums[lane + half]; }
        workgroupBarrier();
      }
      if (lane == 0u) { y[workgroup.x] = sums[0]; }`,
  },
  solution: {
    body: `
      var mine = 0.0;
      if (id.x < params.count) { mine = x[id.x]; }
      sums[lane] = mine;
      workgroupBarrier();
      for (var half = ${SIZE / 2}u; half > 0u; half /= 2u) {
        if (lane < half) { sums[lane] += sums[lane + half]; }
        workgroupBarrier();
      }
      if (lane == 0u) { y[workgroup.x] = sums[0]; }`,
  },
  compileHints: [
    'The message says “uniform control flow”: after the return, only some threads of the last workgroup go on to the barrier.',
    'Let no thread return. What may a thread without an element put into sums, so that the sum stays right?',
  ],
  cases: () => {
    const x = values(COUNT, 8);
    return [
      {
        name: '150 numbers',
        inputs: { x },
        params: { count: COUNT },
        output: {
          name: 'y',
          shape: [GROUPS],
          expected: Float32Array.from({ length: GROUPS }, (_, g) =>
            sum(g * SIZE, Math.min(COUNT, (g + 1) * SIZE), (i) => at(x, i)),
          ),
        },
        grid: () => [GROUPS],
      },
    ];
  },
  steps: [
    inBounds([
      'A thread past the end must stay, and must still not read x.',
      'var mine = 0.0; then read x into it only if id.x is below params.count. select() would read in any case.',
    ]),
    noRace(['The barriers before the loop and at its end have to stay.']),
    right(['What the threads past the end put into sums must not change the sum: a zero.']),
  ],
});
