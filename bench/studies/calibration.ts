// Whether a temperature makes probabilities truer, by photos that it was not fitted on: of each run's validation photos some at random set it,
// and the others tell. What is fitted on how few photos, with which prior:
//
//   node bin/run.mjs bench/studies/calibration.ts runs/flowers runs/pets [--draws 200]
import { parseArgs } from 'node:util';
import { exitCleanly } from '../../src/platform/node/index.ts';
import { createRandom, permutation } from '../../src/random.ts';
import { likeliest, reliabilityOf } from '../../src/report/index.ts';
import { fitTemperature, temper } from '../../src/train/explain/temperature.ts';
import { answersOfRun, type Answered } from './answers-of-run.ts';

const DEVIATIONS = [Infinity, 1, 0.5, 0.25];
const SIZES = [10, 20, 50, 100];

type Judged = Pick<Answered, 'rows' | 'labels'>;

const pick = ({ rows, labels }: Judged, indices: readonly number[]): Judged => ({
  rows: indices.map((i) => rows[i] ?? []),
  labels: indices.map((i) => labels[i] ?? -1),
});

/** ECE in percent, and the mean negative logarithm of the probability of the true class. */
function judge({ rows, labels }: Judged, temperature: number): [ece: number, loss: number] {
  const shares = rows.map((row) => temper(row, temperature));
  const predicted = shares.map((row) => likeliest(row) ?? -1);
  const confidence = shares.map((row, i) => Math.min(1, row[predicted[i] ?? -1] ?? NaN));
  const loss = shares.reduce(
    (sum, row, i) => sum - Math.log(Math.max(row[labels[i] ?? -1] ?? NaN, 1e-300)),
    0,
  );
  return [reliabilityOf({ actual: labels, predicted, confidence }).ece * 100, loss / rows.length];
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { draws: { type: 'string', default: '200' } },
});
for (const run of positionals) {
  const { valid } = await answersOfRun(run);
  const { length } = valid.labels;
  const [ece, loss] = judge(valid, 1);
  console.log(`${run}: ${length} photos; as it is ECE ${ece.toFixed(1)} %, loss ${loss.toFixed(4)}`);
  console.log(
    `  temperature of all, without a prior: ${fitTemperature(valid.rows, valid.labels, { deviation: Infinity }).toFixed(3)}`,
  );
  console.log(
    '  fitted on  deviation  T (least … most)      ECE before → after   loss before → after   worse loss',
  );
  for (const size of [...SIZES, Math.floor(length / 2)].filter((size) => size <= length / 2))
    for (const deviation of DEVIATIONS) {
      const draws = Array.from({ length: Number(values.draws) }, (_, seed) => {
        const order = permutation(length, createRandom(seed, 1));
        const [some, others] = [order.slice(0, size), order.slice(size)].map((part) =>
          pick(valid, [...part]),
        );
        if (!some || !others) throw new Error('No photos.');
        const temperature = fitTemperature(some.rows, some.labels, { deviation });
        return { temperature, before: judge(others, 1), after: judge(others, temperature) };
      });
      const temperatures = draws.map(({ temperature }) => temperature).sort((a, b) => a - b);
      const of = (which: 'before' | 'after', what: 0 | 1) => mean(draws.map((draw) => draw[which][what]));
      const worse = draws.filter(({ before, after }) => after[1] > before[1]).length / draws.length;
      console.log(
        `  ${String(size).padStart(9)}  ${String(deviation).padStart(9)}  ${mean(temperatures).toFixed(2)} (${temperatures[0]?.toFixed(2)} … ${temperatures.at(-1)?.toFixed(2)})` +
          `      ${of('before', 0).toFixed(1)} → ${of('after', 0).toFixed(1)}      ${of('before', 1).toFixed(4)} → ${of('after', 1).toFixed(4)}      ${(worse * 100).toFixed(0)} %`,
      );
    }
}
await exitCleanly(0);
