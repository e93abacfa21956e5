import { read, write } from '../../../gpu/index.ts';
import { at, matrix, sum, values } from '../data.ts';
import { defineExercise, type Tried } from '../exercise.ts';
import { inBounds, numberText, right } from '../steps.ts';

const [ROWS, CHANNELS] = [16, 6];

/** What must be zero, as a share of what it sums up; in words where it is not. */
function nonzero(tried: Tried | undefined, what: string, of: (row: number, channel: number) => number) {
  if (!tried) return undefined;
  for (let c = 0; c < CHANNELS; c++) {
    const terms = (row: number) => at(tried.found, row * CHANNELS + c) * of(row, c);
    const [total, size] = [sum(0, ROWS, terms), sum(0, ROWS, (row) => Math.abs(terms(row)))];
    if (!(Math.abs(total) <= 1e-3 * size)) return `In channel ${c} ${what} is ${numberText(total)}.`;
  }
  return undefined;
}

export const batchNorm = defineExercise({
  name: 'batch-norm',
  title: 'What the mean takes with it',
  about: 'broken',
  task: 'Batch norm has computed x̂ = (x − mean) · inverse, with mean and inverse deviation of each channel over all rows, and y = gamma · x̂. Now its way back, a thread a channel. The start treats mean and deviation as constants. But each x has a share in both, so a change of one x moves all the others.',
  moral:
    'dx = gamma · inverse · (dy − mean(dy) − x̂ · mean(dy · x̂)). The two means take out of dy what the norm would take out of x again: a shift of all rows, and a stretch.',
  bindings: { normalized: read(), inverse: read(), gamma: read(), dy: read(), dx: write() },
  params: { rows: 'u32', channels: 'u32' },
  start: {
    workgroupSize: [8],
    builtins: '@builtin(global_invocation_id) id: vec3u',
    body: `
      let c = id.x;
      if (c >= params.channels) { return; }
      for (var row = 0u; row < params.rows; row++) {
        let i = row * params.channels + c;
        dx[i] = gamma[c] * inverse[c] * dy[i];
      }`,
  },
  solution: {
    body: `
      let c = id.x;
      if (c >= params.channels) { return; }
      var sum = 0.0;
      var product = 0.0;
      for (var row = 0u; row < params.rows; row++) {
        let i = row * params.channels + c;
        sum += dy[i];
        product += dy[i] * normalized[i];
      }
      let rows = f32(params.rows);
      for (var row = 0u; row < params.rows; row++) {
        let i = row * params.channels + c;
        dx[i] = gamma[c] * inverse[c] * (dy[i] - sum / rows - normalized[i] * product / rows);
      }`,
  },
  cases: () => {
    const [x, dy, gamma] = [
      values(ROWS * CHANNELS, 16),
      values(ROWS * CHANNELS, 17),
      values(CHANNELS, 18, 0.5, 2),
    ];
    const overRows = (of: (row: number) => number) => sum(0, ROWS, of) / ROWS;
    const channels = Array.from({ length: CHANNELS }, (_, c) => {
      const mean = overRows((row) => at(x, row * CHANNELS + c));
      const variance = overRows((row) => (at(x, row * CHANNELS + c) - mean) ** 2);
      return { mean, inverse: 1 / Math.sqrt(variance) };
    });
    const inverse = Float32Array.from(channels, (one) => one.inverse);
    const normalized = matrix(ROWS, CHANNELS, (row, c) => {
      const { mean = 0, inverse: own = 0 } = channels[c] ?? {};
      return (at(x, row * CHANNELS + c) - mean) * own;
    });
    const expected = matrix(ROWS, CHANNELS, (row, c) => {
      const meanDy = overRows((r) => at(dy, r * CHANNELS + c));
      const meanProduct = overRows((r) => at(dy, r * CHANNELS + c) * at(normalized, r * CHANNELS + c));
      const i = row * CHANNELS + c;
      return at(gamma, c) * at(inverse, c) * (at(dy, i) - meanDy - at(normalized, i) * meanProduct);
    });
    return [
      {
        name: '16 rows',
        inputs: { normalized, inverse, gamma, dy },
        params: { rows: ROWS, channels: CHANNELS },
        output: { name: 'dx', shape: [ROWS, CHANNELS], expected },
        grid: ([width]) => [Math.ceil(CHANNELS / width)],
      },
    ];
  },
  steps: [
    inBounds(['A thread has one channel, and there are params.channels of them.']),
    {
      holds: 'dx sums to zero in each channel: a shift of all its x would change nothing',
      hints: [
        'What does the norm do to x where the same number is added to all rows? So what must the sum of dx be?',
        'First sum dy over the rows, in a loop of its own; then take sum / rows from each dy.',
      ],
      check: ({ tried: [tried] }) => nonzero(tried, 'the sum of dx', () => 1),
    },
    {
      holds: 'dx · x̂ sums to zero in each channel: a stretch of its x would change nothing',
      hints: [
        'Stretching all x of a channel is undone by the inverse deviation. So dx has no part along x̂.',
        'Sum dy · normalized over the rows too, and take normalized[i] · product / rows from each dy.',
      ],
      check: ({ tried: [tried] }) =>
        nonzero(tried, 'the sum of dx · x̂', (row, c) =>
          at(tried?.of.inputs['normalized'] as Float32Array, row * CHANNELS + c),
        ),
    },
    right(['dx = gamma · inverse · (dy − mean(dy) − x̂ · mean(dy · x̂)).']),
  ],
});
