import { read, write } from '../../../gpu/index.ts';
import { at, sum, values } from '../data.ts';
import { defineExercise } from '../exercise.ts';
import { inBounds, noRace, right, together } from '../steps.ts';

const [SIZE, COUNT] = [64, 1024];

export const oneForAll = defineExercise({
  name: 'one-for-all',
  title: 'One works, 63 wait',
  about: 'slow',
  task: 'A workgroup of 64 threads sums 1,024 numbers, and its first thread does all of it. Share the work: no thread is to read more than 16 numbers, and threads side by side are to read numbers side by side.',
  moral:
    'Each thread first sums what it can on its own, in a register, stepping by the workgroup’s size so that neighbours read neighbours; only then is there anything to share.',
  bindings: { x: read(), y: write() },
  params: { count: 'u32' },
  start: {
    workgroupSize: [SIZE],
    builtins: '@builtin(local_invocation_index) lane: u32',
    declarations: `var<workgroup> sums: array<f32, ${SIZE}>;`,
    body: `
      if (lane == 0u) {
        var sum = 0.0;
        for (var i = 0u; i < params.count; i++) { sum += x[i]; }
        y[0] = sum;
      }`,
  },
  solution: {
    body: `
      var sum = 0.0;
      for (var i = lane; i < params.count; i += ${SIZE}u) { sum += x[i]; }
      sums[lane] = sum;
      workgroupBarrier();
      for (var half = ${SIZE / 2}u; half > 0u; half /= 2u) {
        if (lane < half) { sums[lane] += sums[lane + half]; }
        workgroupBarrier();
      }
      if (lane == 0u) { y[0] = sums[0]; }`,
  },
  cases: () => {
    const x = values(COUNT, 9);
    return [
      {
        name: '1,024 numbers',
        inputs: { x },
        params: { count: COUNT },
        output: { name: 'y', shape: [1], expected: Float32Array.of(sum(0, COUNT, (i) => at(x, i))) },
        grid: () => [1],
      },
    ];
  },
  timed: () => ({
    name: '65,536 numbers',
    inputs: { x: values(65_536, 9) },
    params: { count: 65_536 },
    output: { name: 'y', shape: [1] },
    grid: () => [1],
  }),
  steps: [
    inBounds(['Each thread’s loop ends at params.count.']),
    noRace(['Partial sums go to sums[lane], then a barrier, then they are added as in “A sum in a hurry”.']),
    right(['Every number must be in the partial sum of just one thread.']),
    {
      holds: 'No thread reads more than 16 numbers',
      hints: [
        'Let each thread sum every 64th number: its loop begins at lane.',
        'for (var i = lane; i < params.count; i += 64u), then put the sum into sums[lane] and add those up in rounds.',
      ],
      check: ({ tried: [tried] }) => {
        const { thread, reads } = tried?.diaries.busiest('x') ?? { thread: 'no thread', reads: 0 };
        return reads > COUNT / SIZE
          ? `Counted: ${thread} reads ${reads.toLocaleString('en-US')} numbers of x. Shared evenly it would be ${COUNT / SIZE}.`
          : undefined;
      },
    },
    together(
      ['x'],
      ['In one turn of the loop, thread 0 should read x[0] and thread 1 x[1]: step by 64, not by 1.'],
    ),
  ],
});
