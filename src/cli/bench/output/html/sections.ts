// The parts of the page beside the plot: the ceilings as figures, shares of the ceiling as bars, networks, and every number as a table.
import { dateText } from '../../../../report/html/format.ts';
import { html, type Markup } from '../../../../report/html/markup.ts';
import { idOf, totalNeeded, type ModelFacts, type Row, type Work } from '../../../../bench/benchmark.ts';
import { meanRatio, type Comparison } from '../../../../bench/compare.ts';
import { gbpsOf, gflopsOf, standing, type Ceilings } from '../../../../bench/roofline.ts';
import { median, spreadOf } from '../../../../bench/statistics.ts';
import { placeOf, type Results } from '../../../../bench/results.ts';
import { bytes, significant, time } from '../../../../bench/units.ts';
import { kindOf } from '../../../../bench/kinds.ts';

export function headerSection(results: Results): Markup {
  const { adapter, ceilings, rows, ...run } = results;
  const memory = ceilings.copies.at(-1);
  const cache = ceilings.copies.reduce((best, copy) => (copy.gbps > best.gbps ? copy : best));
  const code = run.revision === undefined ? '' : ` at ${run.revision}`;
  const latency = (operation: string) => {
    const row = rows.find((one) => one.operation === `ceiling.${operation}`);
    return row ? time(median(row.wall)) : '–';
  };
  return html`<header>
    <p class="kicker">Benchmark</p>
    <h1>${adapter.name}</h1>
    <p class="lead">
      ${adapter.kind}, ${adapter.driver || 'driver unknown'}, on ${run.cpus} × ${run.cpu}. graft
      ${run.graft}${code}, ${placeOf(results)}, ${dateText(new Date(run.date))}.
    </p>
    <dl class="figures">
      ${figure('Multiply-add', significant(ceilings.gflops), 'GFLOP/s in registers')}
      ${figure('Copy', significant(memory?.gbps ?? NaN), `GB/s over ${bytes(memory?.bytes ?? 0)}`)}
      ${cache === memory ? undefined : figure('Copy at best', significant(cache.gbps), `GB/s over ${bytes(cache.bytes)}`)}
      ${figure('Dispatch', latency('dispatch'), 'one of many in a pass')}
      ${figure('Submit', latency('submit'), 'of nothing')}
      ${figure('Read-back', latency('read-back'), 'of 4 bytes')}
    </dl>
  </header>`;
}

const figure = (name: string, value: string, note: string): Markup =>
  html`<div>
    <dt>${name}</dt>
    <dd>${value}<small>${note}</small></dd>
  </div>`;

/** A bar a row, in the order in which they were measured. */
export function sharesSection(rows: readonly Row[], ceilings: Ceilings): Markup | undefined {
  const shown = rows.filter(({ group }) => !group.startsWith('ceiling'));
  const bars = shown.flatMap((row, i) => {
    const { work } = row;
    if (!work) return [];
    const isSame = row.operation === shown[i - 1]?.operation; // then its name above is enough
    const middle = median(row.wall);
    const { bound, share } = standing(ceilings, work, middle);
    return [
      html`<tr class="${kindOf(row).colour}${isSame ? ' same' : ''}">
        <th scope="row">${row.operation}</th>
        <td>${row.shape}${row.asked === undefined ? '' : `, ${row.asked}`}</td>
        <td class="number">${rate(work, bound, middle)}</td>
        <td class="bar"><span style="--v:${Math.min(1, share).toFixed(3)}"></span></td>
        <td class="number">${percent(share)}</td>
        <td>${bound}</td>
      </tr>`,
    ];
  });
  if (bars.length === 0) return undefined;
  return html`<section aria-labelledby="shares">
    <h2 id="shares">Share of the ceiling</h2>
    <p class="lead">
      Of the one that binds the row: multiply-adds, or a copy of about as many bytes. Over 100 % is possible
      where a kernel reads more than it writes, which is cheaper than a copy.
    </p>
    ${dataTable('shares', ['Operation', 'Shape', '#Rate', '', '#Share', 'of'], bars)}
  </section>`;
}

type NetworkRow = Row & { readonly facts: ModelFacts };

/** Memory of networks beside what they need. */
export function networksSection(rows: readonly Row[]): Markup | undefined {
  const networks = rows.filter(
    (row): row is NetworkRow => row.facts !== undefined && !row.group.startsWith('scaling'),
  );
  if (networks.length === 0) return undefined;
  const most = Math.max(...networks.flatMap(({ facts }) => [facts.bytesPeak, totalNeeded(facts.needed)]));
  const lines = networks.map((row) => {
    const { facts, images = 0 } = row;
    const middle = median(row.wall);
    return html`<tr>
      <th scope="row">${idOf(row)}</th>
      <td class="number">${time(middle)}</td>
      <td class="number">${significant((images / middle) * 1000)}</td>
      <td class="number">${row.host ? time(median(row.host)) : '–'}</td>
      <td class="number">${facts.dispatches}</td>
      <td class="number">
        ${bytes(facts.bytesPeak)}<br /><span class="muted">${bytes(totalNeeded(facts.needed))}</span>
      </td>
      <td class="bar">
        <span style="--v:${(facts.bytesPeak / most).toFixed(3)}"></span
        ><span style="--v:${(totalNeeded(facts.needed) / most).toFixed(3)}"></span>
      </td>
      <td class="number">${(facts.bytesPeak / totalNeeded(facts.needed)).toFixed(2)}</td>
    </tr>`;
  });
  const heads = ['Step', '#Median', '#Images a second', '#Host', '#Dispatches', '#Memory', '', '#Ratio'];
  return html`<section aria-labelledby="networks">
    <h2 id="networks">Whole networks</h2>
    <p class="lead">
      Memory at most, in blue, beside what is needed without computing anything twice or cutting the batch:
      parameters, their gradients and Adam's moments, the results of the forward pass that the backward pass
      reads, and what else is alive at one time in the forward pass. Host is JavaScript until the submit.
    </p>
    ${dataTable('memory', heads, lines)}
  </section>`;
}

export function comparisonSection({ rows, tolerance }: Comparison, before: Results): Markup {
  const lines = rows.map(
    ({ row, ratio, low, high, verdict }) =>
      html`<tr>
        <th scope="row">${idOf(row)}</th>
        <td class="number">×${ratio.toFixed(2)}</td>
        <td class="number muted">${low.toFixed(2)} – ${high.toFixed(2)}</td>
        <td class="${verdict}">${verdict}</td>
      </tr>`,
  );
  return html`<section aria-labelledby="comparison">
    <h2 id="comparison">Against an earlier run</h2>
    <p class="lead">
      New time ÷ old time, against ${before.adapter.name} on
      ${dateText(new Date(before.date))}${rows.length > 0 ? `; ×${meanRatio(rows).toFixed(3)} in the geometric mean` : ''}.
      A verdict needs a change of over ${percent(tolerance)}, and ranks that chance gives less than once in
      twenty.
    </p>
    ${dataTable('', ['Row', '#Ratio', '#95 % within', 'Verdict'], lines)}
  </section>`;
}

export function numbersSection(rows: readonly Row[]): Markup {
  const heads = [
    'Row',
    'Variant',
    '#Median',
    '#p10 – p90',
    '#GPU',
    '#Host',
    '#First call',
    '#Bytes',
    '#Samples',
  ];
  const middle = (values: readonly number[] | undefined) => (values ? time(median(values)) : '–');
  const lines = rows.map((row) => {
    const { median: ms, low, high } = spreadOf(row.wall);
    return html`<tr>
      <th scope="row">${idOf(row)}</th>
      <td>${row.variant}</td>
      <td class="number">${time(ms)}</td>
      <td class="number">${time(low)} – ${time(high)}</td>
      <td class="number">${middle(row.gpu)}</td>
      <td class="number">${middle(row.host)}</td>
      <td class="number">${row.firstCall === undefined ? '–' : time(row.firstCall)}</td>
      <td class="number">${row.work && row.work.bytes > 0 ? bytes(row.work.bytes) : '–'}</td>
      <td class="number">${row.wall.length}</td>
    </tr>`;
  });
  return html`<section aria-labelledby="numbers">
    <h2 id="numbers">All numbers</h2>
    <details>
      <summary>Every row</summary>
      ${dataTable('', heads, lines)}
    </details>
  </section>`;
}

/** A table that scrolls on its own where the page is narrow. Heads of columns of numbers begin with #. */
function dataTable(name: string, heads: readonly string[], rows: readonly Markup[]): Markup {
  const cells = heads.map((head) =>
    head.startsWith('#')
      ? html`<th scope="col" class="number">${head.slice(1)}</th>`
      : html`<th scope="col">${head}</th>`,
  );
  return html`<div class="scroll">
    <table class="plain ${name}">
      <thead>
        <tr>
          ${cells}
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>
  </div>`;
}

const rate = (work: Work, bound: 'FMA' | 'copy', ms: number) =>
  bound === 'FMA' ? `${significant(gflopsOf(work, ms))} GFLOP/s` : `${significant(gbpsOf(work, ms))} GB/s`;

const percent = (share: number) => `${(share * 100).toFixed(0)} %`;
