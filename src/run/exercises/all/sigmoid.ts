import { read, write } from '../../../gpu/index.ts';
import { at, values } from '../data.ts';
import { defineExercise, type Case } from '../exercise.ts';
import { inBounds, right } from '../steps.ts';

const COUNT = 64;

/** By the plain formula in double precision: a central difference of the sigmoid itself. */
function slope(x: number): number {
  const [step, of] = [1e-4, (one: number) => 1 / (1 + Math.exp(-one))];
  return (of(x + step) - of(x - step)) / (2 * step);
}

function caseOf(name: string, dy: Float32Array): Case {
  const x = values(COUNT, 4, -3, 3);
  return {
    name,
    inputs: { y: x.map((value) => 1 / (1 + Math.exp(-value))), dy },
    params: { count: COUNT },
    output: { name: 'dx', shape: [COUNT], expected: x.map((value, i) => at(dy, i) * slope(value)) },
    grid: ([width]) => [Math.ceil(COUNT / width)],
  };
}

export const sigmoid = defineExercise({
  name: 'sigmoid',
  title: 'A gradient of the wrong sign',
  about: 'broken',
  task: 'The forward pass has computed y = 1 / (1 + exp(−x)). Now the backward pass: from y and the gradient dy of what comes later, compute dx. The result is compared with a nudge: how much does y change where x grows a little?',
  moral:
    'With the wrong sign a network still trains, uphill. A nudge of the forward pass, (f(x + h) − f(x − h)) / 2h, finds it at once: every operation of the engine is tested that way.',
  bindings: { y: read(), dy: read(), dx: write() },
  params: { count: 'u32' },
  start: {
    workgroupSize: [64],
    builtins: '@builtin(global_invocation_id) id: vec3u',
    body: `
      let i = id.x;
      if (i >= params.count) { return; }
      dx[i] = y[i] * (y[i] - 1.0);`,
  },
  solution: {
    body: `
      let i = id.x;
      if (i >= params.count) { return; }
      dx[i] = dy[i] * y[i] * (1.0 - y[i]);`,
  },
  cases: () => [caseOf('a dy of ones', new Float32Array(COUNT).fill(1)), caseOf('any dy', values(COUNT, 5))],
  steps: [
    inBounds(['Threads past the end have nothing to do.']),
    right(
      [
        'The sigmoid rises everywhere, so its slope is above zero, and y lies between 0 and 1. Which sign has y − 1?',
        'The slope of the sigmoid is y · (1 − y).',
      ],
      { holds: 'Where dy is 1, dx is the slope of the sigmoid', of: 'a dy of ones' },
    ),
    right(['The chain rule: a slope is multiplied by what comes from later.', 'Multiply by dy[i].'], {
      holds: 'For any dy, dx is that of the chain rule',
      of: 'any dy',
    }),
  ],
});
