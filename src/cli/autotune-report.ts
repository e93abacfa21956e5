// What `graft autotune` prints: each problem with the times of its candidates, and the total gain.
import type { AutotuneResult } from '../kernels/autotune/autotune.ts';
import { colours as pc } from './terminal/colours.ts';
import { totalTimes } from '../run/autotune.ts';
import { table } from '../report/text/table.ts';
import { heading } from './terminal/format.ts';

/** Prints a problem that comes up `count` times in a step and an evaluation, and its candidates, the fastest first. */
export function printTuned({ name, candidates, choice }: AutotuneResult, count: number): void {
  console.log(`\n${pc.bold(name)}${count > 1 ? `  (${count} times)` : ''}`);
  const [rule] = candidates;
  const timed = candidates.filter(({ milliseconds }) => milliseconds !== undefined);
  timed.sort((a, b) => (a.milliseconds ?? 0) - (b.milliseconds ?? 0));
  const rows = timed.map(({ name, milliseconds }) => [
    `  ${name}`,
    `${milliseconds?.toPrecision(3)} ms`,
    name === rule?.name ? 'the rule' : gain(rule?.milliseconds, milliseconds),
    name === (choice?.algorithm ?? rule?.name) ? '<' : '',
  ]);
  for (const line of table(rows)) console.log(line.trimEnd());
  for (const { name, refused } of candidates)
    if (refused !== undefined) console.log(pc.red(`  ${name} is refused: ${refused}`));
}

/** Prints the time of all problems by the rule and as measured, each counted as often as it comes up. */
export function printTotal(results: readonly AutotuneResult[], counts: ReadonlyMap<string, number>): void {
  const { byRule, measured, changed } = totalTimes(results, counts);
  console.log();
  heading('faster', `${changed} of ${results.length} problems with a choice other than the rule's`);
  const times = `${byRule.toFixed(1)} ms by the rule, ${measured.toFixed(1)} ms as measured`;
  heading('in all', `${times} (${gain(byRule, measured)})`);
}

/** "−12 %" or "+3 %" of time. */
function gain(before: number | undefined, after: number | undefined): string {
  if (before === undefined || after === undefined) return '';
  const percent = Math.round((after / before - 1) * 100);
  return `${percent < 0 ? '−' : '+'}${Math.abs(percent)} %`;
}
