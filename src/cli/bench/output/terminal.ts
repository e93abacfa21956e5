// What is printed beside the table: where the run happens, what networks take beyond time, how even cost grows, and how this run
// compares with another.
import { colours as pc } from '../../terminal/colours.ts';
import { table } from '../../../report/text/table.ts';
import { wrapped } from '../../../run/texts.ts';
import { typed } from '../../terminal/invocation.ts';
import { printable } from '../../../format.ts';
import { idOf, totalNeeded, type ModelFacts, type Row } from '../../../bench/benchmark.ts';
import {
  drift,
  meanRatio,
  type Comparison,
  type RowComparison,
  type Verdict,
} from '../../../bench/compare.ts';
import { evenness, lineThrough } from '../../../bench/models/scaling.ts';
import { median } from '../../../bench/statistics.ts';
import { placeOf, type Circumstances, type Results } from '../../../bench/results.ts';
import { bytes, significant, time } from '../../../bench/units.ts';

export function headLines(circumstances: Circumstances, width = Infinity): string[] {
  const { adapter, graft, revision, cpu, cpus } = circumstances;
  const code = `graft ${graft}${revision === undefined ? '' : ` at ${revision}`}`;
  const [first = '', ...others] = wrapped(
    `${adapter.name} (${adapter.kind}; ${adapter.driver || 'driver unknown'})`,
    width,
  );
  const bold = first.startsWith(adapter.name)
    ? pc.bold(adapter.name) + first.slice(adapter.name.length)
    : pc.bold(first);
  const about = wrapped(`${code}, ${placeOf(circumstances)}, ${cpus} × ${cpu}`, width);
  return [bold, ...others, ...about.map((line) => pc.dim(line)), ''];
}

/** Lines below a group: what its rows say together, or beside their times. */
export function notesOn(rows: readonly Row[], width = Infinity): string[] {
  const facts = rows.flatMap((row) => (row.facts ? [factsLine(row, row.facts)] : []));
  return (isScaling(rows) ? [evennessLine(rows)] : facts).flatMap((text) =>
    wrapped(text.trim(), width - 2).map((line) => pc.dim(`  ${line}`)),
  );
}

const isScaling = (rows: readonly Row[]) =>
  rows.length > 1 && rows.every(({ group }) => group.startsWith('scaling'));

function factsLine(
  row: Row,
  { dispatches, submissions, bytesBetween, bytesPeak, needed }: ModelFacts,
): string {
  const { parameters, optimizer, activations, passing } = needed;
  const all = totalNeeded(needed);
  const rate = significant(((row.images ?? 0) / median(row.wall)) * 1000);
  const parts = `parameters ${bytes(parameters)}, gradients and moments ${bytes(optimizer)}, activations kept ${bytes(activations)} and passing ${bytes(passing)}`;
  return [
    `  ${idOf(row)}: ${rate} images/s, ${dispatches} dispatches, ${submissions} submission${submissions === 1 ? '' : 's'};`,
    `${bytes(bytesBetween)} between steps, ${bytes(bytesPeak)} at most: ${(bytesPeak / all).toFixed(2)} × the ${bytes(all)} needed (${parts})`,
  ].join(' ');
}

function evennessLine(rows: readonly Row[]): string {
  const shares = evenness(rows);
  const worst = Math.max(...shares.map((share) => Math.abs(share - 1)));
  const each = rows
    .map(({ shape }, i) => `${shape.split(' ').at(-1)} ${(shares[i] ?? NaN).toFixed(2)}`)
    .join(', ');
  const line = lineThrough(rows);
  return (
    `  time a pixel, as a share of the median: ${each}; at most ${percent(worst)} off. ` +
    `As a line: ${time(line.fixed)} and ${time(line.perPixel * 1e6)} a megapixel; at most ${percent(line.worst)} off`
  );
}

/** Warns where the machine was not the same at the end of the run. */
export function driftLines({ ceilings, ceilingsAfter }: Results, width = Infinity): string[] {
  if (!ceilingsAfter) return [];
  const change = drift(ceilings, ceilingsAfter);
  const text = `Measured again at the end, the ceilings are ${percent(change)} off: multiply-add ${significant(ceilingsAfter.gflops)} GFLOP/s.`;
  const isOff = change > 0.1;
  const whole = isOff ? `${text} Something else was running; shares are no better than that.` : text;
  return ['', ...wrapped(whole, width).map((line) => (isOff ? pc.yellow : pc.dim)(line))];
}

export function comparisonLines(
  { rows, onlyOld, onlyNew, tolerance }: Comparison,
  before: Results,
  now: Results,
  width = Infinity,
): string[] {
  const others =
    before.adapter.name === now.adapter.name
      ? []
      : [pc.yellow(`It ran on another adapter: ${printable(before.adapter.name)}.`)];
  const cells = rows.map((row) => comparisonCells(row));
  const lines = table(cells).map((line) => [line]);
  const isNarrow = lines.some(([line = '']) => line.length > width);
  const shown = isNarrow ? cells.map((row) => narrow(row, width)) : lines;
  const date = before.date.slice(0, 16).replace('T', ' ');
  const count = (verdict: Verdict) => rows.filter((row) => row.verdict === verdict).length;
  const counts = (['faster', 'slower', 'same', 'too few samples'] as const)
    .map((verdict) => [count(verdict), verdict] as const)
    .filter(([number]) => number > 0)
    .map(([number, verdict]) => `${number} ${verdict}`);
  return [
    '',
    pc.bold(
      `Against ${date}${before.revision === undefined ? '' : `, ${printable(before.revision)}`}: new time ÷ old time`,
    ),
    ...others,
    ...shown.flatMap((texts, i) => texts.map((text) => paint(rows[i]?.verdict, text))),
    ...(rows.length > 0
      ? [`${counts.join(', ')}; geometric mean ×${meanRatio(rows).toFixed(3)}.`]
      : ['No row is in both.']),
    ...wrapped(
      `A verdict needs a change of over ${percent(tolerance)}, as the ceilings themselves moved or might, and p < 0.05.`,
      width,
    ).map((text) => pc.dim(text)),
    ...[...onlyIn('this run', onlyNew), ...onlyIn('the file', onlyOld)].flatMap((text) =>
      wrapped(text, width),
    ),
    ...remedy(count('too few samples'), rows.length, width),
  ];
}

/** What to do where there were too few samples for a verdict. */
function remedy(few: number, all: number, width: number): string[] {
  if (few === 0) return [];
  const text = `${few} of ${all} rows have too few samples to compare: measure both without --quick, or name some rows for more of each: ${typed('bench')} NAMES --compare FILE`;
  return ['', ...wrapped(text, width)];
}

/** A row of the comparison on two lines, or more where its name is longer than a line. */
const narrow = ([name = '', ...figures]: readonly string[], width: number): string[] => [
  ...wrapped(name.trim(), width - 4).map((line) => `  ${line}`),
  `      ${figures.join('  ')}`,
];

const comparisonCells = ({ row, ratio, low, high, verdict }: RowComparison): string[] => [
  `  ${idOf(row)}`,
  `×${ratio.toFixed(2)}`,
  `${low.toFixed(2)} – ${high.toFixed(2)}`,
  verdict,
];

function paint(verdict: Verdict | undefined, line: string): string {
  if (verdict === 'faster') return pc.green(line);
  return verdict === 'slower' ? pc.red(line) : line;
}

const SHOWN = 5;

function onlyIn(where: string, names: readonly string[]): string[] {
  if (names.length === 0) return [];
  const more = names.length > SHOWN ? ` and ${names.length - SHOWN} more` : '';
  return [pc.dim(`Only in ${where}: ${names.slice(0, SHOWN).map(printable).join(', ')}${more}.`)];
}

const percent = (share: number) => `${(share * 100).toFixed(0)} %`;
