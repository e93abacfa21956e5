/** The report's other sections, one function each, in the order in which they are read. */
import { classReport, type ClassReport, type Confusion } from '../confusion.ts';
import type { HistoryEpoch } from '../history.ts';
import { likelyAccuracy } from '../interval.ts';
import { overconfidenceText } from '../overconfidence.ts';
import type { ReportData } from './data.ts';
import { count, duration, lossText, percent, plural, rate } from '../../format.ts';
import { dateText } from './format.ts';
import { html, type Markup } from './markup.ts';
import { imageOf } from './picture.ts';

/** The best epoch: the last that was the best when it ended. */
export const bestOf = (history: readonly HistoryEpoch[]): HistoryEpoch | undefined =>
  history.filter(({ isBest }) => isBest).at(-1);

/** The run's name and its few most important numbers. */
export function headerSection(data: ReportData): Markup {
  const { name, history, confusion, seconds, imagesPerSecond: speed, outcome } = data;
  const best = bestOf(history);
  const scores = confusion && classReport(confusion);
  const warning = best && scores && overconfidenceText(best, history.length, scores.perClass.length);
  return html`<header>
    <p class="kicker">Training report</p>
    <h1>${name}</h1>
    <p class="lead">
      ${data.model} on ${count(data.data.train)} photos of ${data.data.folder}, judged on
      ${plural(data.data.valid, 'other')}. ${outcomeText(outcome, history.length)},
      ${dateText(data.finished)}.
    </p>
    <dl class="figures">
      ${figure('Validation accuracy', best && percent(best.valid.accuracy), best && `epoch ${best.epoch} of ${history.length}; likely ${likelyAccuracy(best.valid.accuracy, data.data.valid)}`)}
      ${figure('Validation loss', best && lossText(best.valid.loss), best && `training ${lossText(best.train.loss)}`)}
      ${figure('Macro F1', scores && percent(scores.macro.f1), scores ? `mean of ${plural(scores.perClass.length, 'class', 'classes')}` : outcome === 'training' ? 'told at the end' : undefined)}
      ${figure('Time', duration(seconds), outcome === 'training' ? 'so far' : 'start to written model')}
      ${figure('Speed', speed?.toFixed(speed < 100 ? 1 : 0), speed === undefined ? undefined : 'training photos a second')}
    </dl>
    ${warning === undefined ? undefined : html`<p class="warning">${warning}</p>`}
  </header>`;
}

function outcomeText(outcome: ReportData['outcome'], epochs: number): string {
  const after = `after ${plural(epochs, 'epoch')}`;
  if (outcome === 'training') return epochs === 0 ? 'In its first epoch' : `Going on ${after}`;
  if (outcome === 'interrupted') return `Interrupted ${after}`;
  return outcome === 'stopped early'
    ? `Stopped early ${after}, as validation no longer improved`
    : `Finished ${after}`;
}

const figure = (label: string, value: string | undefined, note: string | undefined): Markup =>
  html`<div>
    <dt>${label}</dt>
    <dd>${value ?? '–'}<small>${note ?? 'no epoch ended'}</small></dd>
  </div>`;

/** The curves, which a script draws, and the same numbers as a table. */
export function curvesSection(history: readonly HistoryEpoch[]): Markup {
  if (history.length === 0)
    return html`<section>
      <h2>How it learned</h2>
      <p>No epoch ended.</p>
    </section>`;
  const charts = [
    ['loss', 'Loss'],
    ['accuracy', 'Accuracy'],
    ['rate', 'Learning rate'],
  ].map(
    ([id, title]) =>
      html`<figure class="chart">
        <figcaption>${title}</figcaption>
        <div id="chart-${id}"></div>
      </figure>`,
  );
  const rows = history.map(
    (e) =>
      html`<tr class="${e.isBest ? 'best' : ''}">
        <th scope="row">${e.epoch}</th>
        ${[
          lossText(e.train.loss),
          lossText(e.valid.loss),
          percent(e.train.accuracy),
          percent(e.valid.accuracy),
          rate(e.learningRate),
          duration(e.trainSeconds + e.validSeconds),
        ].map((text) => html`<td class="number">${text}</td>`)}
      </tr>`,
  );
  const heads = ['training', 'validation', 'training', 'validation', 'rate', 'time'];
  return html`<section aria-labelledby="curves">
    <h2 id="curves">How it learned</h2>
    <p class="lead legend">
      <span class="key train">training</span><span class="key valid">validation</span
      ><span class="key mark">best epoch</span>
    </p>
    <div class="charts">${charts}</div>
    <noscript><p>The curves need JavaScript; the table below has their numbers.</p></noscript>
    <details>
      <summary>The numbers of every epoch</summary>
      <div class="scroll">
        <table class="plain">
          <thead>
            <tr>
              <td></td>
              <th scope="colgroup" colspan="2" class="number">Loss</th>
              <th scope="colgroup" colspan="2" class="number">Accuracy</th>
              <th scope="colgroup" colspan="2"></th>
            </tr>
            <tr>
              <th scope="col">Epoch</th>
              ${heads.map((text) => html`<th scope="col" class="number">${text}</th>`)}
            </tr>
          </thead>
          <tbody>
            ${rows}
          </tbody>
        </table>
      </div>
    </details>
  </section>`;
}

/** Precision, recall and F1 of every class, the weakest first. */
export function classesSection(confusion: Confusion): Markup {
  const report = classReport(confusion);
  const ordered = [...report.perClass].sort((a, b) => a.f1 - b.f1);
  return html`<section aria-labelledby="classes">
    <h2 id="classes">Class by class</h2>
    <p class="lead">
      The weakest first. Precision: of the photos taken for the class, the share that is. Recall: of its
      photos, the share that was found. F1 is their harmonic mean.
    </p>
    <div class="scroll">
      <table class="plain scores">
        <thead>
          <tr>
            <th scope="col">Class</th>
            ${['Precision', 'Recall', 'F1', 'Photos'].map((text) => html`<th scope="col" class="number">${text}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${ordered.map((scores) => scoreRow(scores.name, scores))}
        </tbody>
        <tfoot>
          ${scoreRow('Mean of the classes', report.macro)}${scoreRow('Mean of the photos', report.weighted)}
        </tfoot>
      </table>
    </div>
  </section>`;
}

function scoreRow(name: string, { precision, recall, f1, support }: ClassReport['macro']): Markup {
  const cells = [precision, recall, f1].map(
    (share) => html`<td class="number bar" style="--v:${share.toFixed(3)}">${percent(share)}</td>`,
  );
  return html`<tr>
    <th scope="row">${name}</th>
    ${cells}
    <td class="number">${count(support)}</td>
  </tr>`;
}

/** Training photos as the network saw them. */
export const batchSection = ({ batch }: ReportData): Markup | undefined =>
  batch &&
  html`<section aria-labelledby="batch">
    <h2 id="batch">What the network saw</h2>
    <p class="lead">${batch.caption}</p>
    <div class="batch">${imageOf(batch.picture, 'Augmented training photos')}</div>
  </section>`;

/** The strategy with its reasons, the machine, and every setting. */
export function settingsSection(data: ReportData): Markup {
  const { strategy, config, device, parameters, graft } = data;
  const facts = [
    ['Model', data.model],
    ['Trained', plural(parameters.trained, 'parameter')],
    ['Frozen', plural(parameters.frozen, 'parameter')],
    ['Device', device],
    ['graft', graft],
  ] as const;
  const settings = Object.entries(config).map(([key, value]) => [flagOf(key), settingText(value)] as const);
  const list = (rows: readonly (readonly [string, string])[]) =>
    rows.map(
      ([key, value]) =>
        html`<div>
          <dt>${key}</dt>
          <dd>${value}</dd>
        </div>`,
    );
  return html`<section aria-labelledby="settings">
    <h2 id="settings">How it was made</h2>
    ${
      strategy &&
      html`<p class="lead">${strategy.summary}</p>
        <ul>
          ${strategy.reasons.map((reason) => html`<li>${reason}</li>`)}
        </ul>`
    }
    <dl class="facts">${list(facts)}</dl>
    <h3>Settings</h3>
    <dl class="facts settings">${list(settings)}</dl>
  </section>`;
}

const flagOf = (key: string) => `--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
const settingText = (value: unknown): string =>
  value === null || value === undefined ? 'none' : typeof value === 'string' ? value : JSON.stringify(value);

export const commandsSection = ({ commands }: ReportData): Markup | undefined =>
  commands.length === 0
    ? undefined
    : html`<section aria-labelledby="next">
        <h2 id="next">To go on</h2>
        <dl class="commands">
          ${commands.map(
            ({ purpose, command }) =>
              html`<div>
                <dt>${purpose}</dt>
                <dd>
                  <pre><code>${command}</code></pre>
                </dd>
              </div>`,
          )}
        </dl>
      </section>`;
