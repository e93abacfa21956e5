import { read, write } from '../../../gpu/index.ts';
import { at, matrix, sum, values } from '../data.ts';
import { defineExercise, type Case } from '../exercise.ts';
import { inBounds, right } from '../steps.ts';

const [ROWS, CLASSES] = [8, 5];

function caseOf(name: string, scale: number): Case {
  const logits = values(ROWS * CLASSES, 11, -scale, scale);
  const expected = matrix(ROWS, CLASSES, (row, column) => {
    const own = logits.subarray(row * CLASSES, (row + 1) * CLASSES);
    const most = Math.max(...own);
    return Math.exp(at(own, column) - most) / sum(0, CLASSES, (i) => Math.exp(at(own, i) - most));
  });
  return {
    name,
    inputs: { logits },
    params: { rows: ROWS, classes: CLASSES },
    output: { name: 'probabilities', shape: [ROWS, CLASSES], expected },
    grid: ([width]) => [Math.ceil(ROWS / width)],
  };
}

export const softmax = defineExercise({
  name: 'softmax',
  title: 'Too large for a float',
  about: 'broken',
  task: 'The softmax of a row of logits: probabilities exp(z) / Σ exp(z). One thread computes a row. It is right as long as logits are small. In f32, exp(89) is already infinite, and a network that trains badly soon has logits of some hundreds.',
  moral:
    'Softmax does not change when the same number is taken from all logits. Take the largest: then no exponent is above zero, and one term of the sum is 1, so nothing overflows and nothing divides by zero.',
  bindings: { logits: read(), probabilities: write() },
  params: { rows: 'u32', classes: 'u32' },
  start: {
    workgroupSize: [8],
    builtins: '@builtin(global_invocation_id) id: vec3u',
    body: `
      if (id.x >= params.rows) { return; }
      let begin = id.x * params.classes;
      var sum = 0.0;
      for (var c = 0u; c < params.classes; c++) { sum += exp(logits[begin + c]); }
      for (var c = 0u; c < params.classes; c++) { probabilities[begin + c] = exp(logits[begin + c]) / sum; }`,
  },
  solution: {
    body: `
      if (id.x >= params.rows) { return; }
      let begin = id.x * params.classes;
      var most = logits[begin];
      for (var c = 1u; c < params.classes; c++) { most = max(most, logits[begin + c]); }
      var sum = 0.0;
      for (var c = 0u; c < params.classes; c++) { sum += exp(logits[begin + c] - most); }
      for (var c = 0u; c < params.classes; c++) {
        probabilities[begin + c] = exp(logits[begin + c] - most) / sum;
      }`,
  },
  cases: () => [caseOf('logits of −2 to 2', 2), caseOf('logits of −1,000 to 1,000', 1000)],
  steps: [
    inBounds(['A thread has one row, and rows are params.classes long.']),
    right(['For small logits the plain formula is right.'], {
      ...{ holds: 'It is right for small logits', of: 'logits of −2 to 2' },
    }),
    right(
      [
        'exp(z) / Σ exp(z) stays the same when one number is taken from all z. Which number makes every exp at most 1?',
        'First find the largest logit of the row, in a loop of its own, then take it from each logit inside of exp().',
      ],
      { holds: 'It is right for large logits', of: 'logits of −1,000 to 1,000' },
    ),
  ],
});
