import { read, write } from '../../../gpu/index.ts';
import { at, values } from '../data.ts';
import { defineExercise } from '../exercise.ts';
import { inBounds, noRace, right } from '../steps.ts';

const [SIZE, TURNS] = [64, 5];

function smoothed(x: Float32Array): Float32Array {
  let now = x;
  for (let turn = 0; turn < TURNS; turn++) {
    const before = now;
    now = before.map((value, i) => 0.5 * (value + at(before, (i + 1) % SIZE)));
  }
  return now;
}

export const race = defineExercise({
  name: 'race',
  title: 'In place',
  about: 'broken',
  task: '64 values lie on a ring in workgroup memory. Five times, each becomes the mean of itself and of its right neighbour, as the neighbour was before the turn. There is a barrier in each turn, and it is not enough.',
  moral:
    'To change shared values in place takes two barriers a turn: one between reading and writing, and one between writing and the next turn’s reading. A second array would save one of them.',
  bindings: { x: read(), y: write() },
  params: { turns: 'u32' },
  start: {
    workgroupSize: [SIZE],
    builtins: '@builtin(local_invocation_index) lane: u32',
    declarations: `var<workgroup> ring: array<f32, ${SIZE}>;`,
    body: `
      ring[lane] = x[lane];
      workgroupBarrier();
      for (var turn = 0u; turn < params.turns; turn++) {
        ring[lane] = 0.5 * (ring[lane] + ring[(lane + 1u) % ${SIZE}u]);
        workgroupBarrier();
      }
      y[lane] = ring[lane];`,
  },
  solution: {
    body: `
      ring[lane] = x[lane];
      workgroupBarrier();
      for (var turn = 0u; turn < params.turns; turn++) {
        let mean = 0.5 * (ring[lane] + ring[(lane + 1u) % ${SIZE}u]);
        workgroupBarrier();
        ring[lane] = mean;
        workgroupBarrier();
      }
      y[lane] = ring[lane];`,
  },
  cases: () => {
    const x = values(SIZE, 7);
    return [
      {
        name: 'five turns',
        inputs: { x },
        params: { turns: TURNS },
        output: { name: 'y', shape: [SIZE], expected: smoothed(x) },
        grid: () => [1],
      },
    ];
  },
  steps: [
    inBounds([`The right neighbour of thread ${SIZE - 1} is thread 0.`]),
    noRace([
      'A thread reads its neighbour’s value. When may the neighbour have written its new one?',
      'Keep the mean in a let until all threads have read.',
      'let mean = …; workgroupBarrier(); ring[lane] = mean; and the barrier that is there already.',
    ]),
    right(['Each turn takes the values of the turn before, of both neighbours.']),
  ],
});
