// How well wrong labels among training photos are found: of each run's training photos some at random get the label of another class, and
// answers that were given without the photo itself rank all photos. AUROC, and how many of the first are wrong:
//
//   node bin/run.mjs bench/studies/wrong-labels.ts runs/pets runs/cats-dogs [--share 0.05] [--draws 20]
import { parseArgs } from 'node:util';
import { exitCleanly } from '../../src/platform/node/index.ts';
import { createRandom, permutation } from '../../src/random.ts';
import { likeliest } from '../../src/report/index.ts';
import { leaveOneOut } from '../../src/train/explain/leave-one-out.ts';
import { answersOfRun } from './answers-of-run.ts';

type Row = readonly number[];

/** What may rank photos: the larger, the likelier that the label is wrong. */
const rankings: Readonly<Record<string, (row: Row, label: number) => number>> = {
  'not its label': (row, label) => 1 - (row[label] ?? NaN),
  'margin of another': (row, label) =>
    Math.max(...row.filter((_, index) => index !== label)) - (row[label] ?? NaN),
  'mistakes by probability': (row, label) => {
    const answer = likeliest(row) ?? -1;
    return answer === label ? -1 - (row[label] ?? NaN) : (row[answer] ?? NaN);
  },
};

/** The share of pairs of a wrong and a right label that are ranked so; equals count half. */
function auroc(scores: readonly number[], wrong: ReadonlySet<number>): number {
  let [sum, pairs] = [0, 0];
  for (const i of wrong)
    scores.forEach((score, j) => {
      if (wrong.has(j)) return;
      const own = scores[i] ?? NaN;
      pairs += 1;
      sum += own > score ? 1 : own === score ? 0.5 : 0;
    });
  return sum / pairs;
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { share: { type: 'string', default: '0.05' }, draws: { type: 'string', default: '20' } },
});
for (const run of positionals) {
  const { classes, train } = await answersOfRun(run);
  const { length: count } = train.labels;
  const flipped = Math.round(count * Number(values.share));
  const width = train.features[0]?.length ?? 0;
  const features = new Float32Array(count * width);
  train.features.forEach((row, i) => features.set(row, i * width));
  const found = new Map(Object.keys(rankings).map((name) => [name, [] as number[][]]));
  const [listed, seconds]: [number[], number[]] = [[], []];
  for (let seed = 0; seed < Number(values.draws); seed++) {
    const random = createRandom(seed, 5);
    const wrong = new Set(permutation(count, random).slice(0, flipped));
    const labels = train.labels.map((label, i) =>
      wrong.has(i) ? (label + 1 + random.below(classes.length - 1)) % classes.length : label,
    );
    const start = process.cpuUsage();
    const rows = leaveOneOut({ features, width, labels, classes: classes.length }) ?? [];
    const { user, system } = process.cpuUsage(start);
    seconds.push((user + system) / 1e6);
    listed.push(rows.filter((row, i) => likeliest(row) !== labels[i]).length);
    for (const [name, score] of Object.entries(rankings)) {
      const scores = rows.map((row, i) => score(row, labels[i] ?? -1));
      const order = [...scores.keys()].sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0));
      const among = (first: number) => order.slice(0, first).filter((i) => wrong.has(i)).length;
      found
        .get(name)
        ?.push([
          auroc(scores, wrong),
          among(Math.ceil(flipped / 2)) / Math.ceil(flipped / 2),
          ...[among(flipped) / flipped, among(2 * flipped) / flipped],
        ]);
    }
  }
  console.log(
    `${run}: ${count} photos, ${flipped} of them mislabelled; ${mean(listed).toFixed(0)} listed, ${mean(seconds).toFixed(2)} s of processor time`,
  );
  console.log(
    '  ranked by                AUROC   of the first half as many   of as many   found among twice as many',
  );
  for (const [name, draws] of found) {
    const [area, half, first, twice] = [0, 1, 2, 3].map((at) => mean(draws.map((draw) => draw[at] ?? NaN)));
    const share = (value = NaN) => `${(value * 100).toFixed(0)} %`;
    console.log(
      `  ${name.padEnd(23)}  ${area?.toFixed(3)}   ${share(half).padStart(25)}   ${share(first).padStart(10)}   ${share(twice).padStart(26)}`,
    );
  }
}
await exitCleanly(0);
