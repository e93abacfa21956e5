import { read, write } from '../../../gpu/index.ts';
import { values } from '../data.ts';
import { defineExercise } from '../exercise.ts';
import { inBounds, right } from '../steps.ts';

export const bounds = defineExercise({
  name: 'bounds',
  title: 'More threads than elements',
  about: 'broken',
  task: 'Each thread computes one element: y[i] = factor · x[i]. There are 100 elements. A workgroup has 64 threads, so the host dispatches two of them, 128 threads. Let the last 28 do no harm.',
  moral:
    'A grid is whole workgroups, so there are nearly always more threads than elements. WebGPU keeps a stray write inside of the buffer, where it may hit another element: the check is yours.',
  bindings: { x: read(), y: write() },
  params: { count: 'u32', factor: 'f32' },
  start: {
    workgroupSize: [64],
    builtins: '@builtin(global_invocation_id) id: vec3u',
    body: `
      let i = id.x;
      y[i] = params.factor * x[i];`,
  },
  solution: {
    body: `
      let i = id.x;
      if (i >= params.count) { return; }
      y[i] = params.factor * x[i];`,
  },
  cases: () => {
    const x = values(100, 1);
    return [
      {
        name: '100 elements',
        inputs: { x },
        params: { count: x.length, factor: 3 },
        output: { name: 'y', shape: [100], expected: x.map((value) => 3 * value) },
        grid: ([width]) => [Math.ceil(x.length / width)],
      },
    ];
  },
  steps: [
    inBounds([
      'The host passes how many elements there are: params.count.',
      'A thread whose i is not below params.count may leave at once: if (…) { return; }',
    ]),
    right(['Each of the first 100 threads writes factor times its element.']),
  ],
});
