/**
 * The confusion matrix as a coloured table. It stays readable from 2 classes to 100: cells shrink with their number,
 * numbers give way to colour past 32, and the pairs mixed up most are listed beside it, so nobody has to hunt for them.
 */
import { classReport, countAt, mostConfused, type Confusion } from '../confusion.ts';
import { count, percent, plural } from '../../format.ts';
import { html, type Markup } from './markup.ts';

/** How many classes a table of large, of medium and of small cells with numbers holds. */
const LARGE = 6;
const MEDIUM = 14;
const WITH_NUMBERS = 32;
const PAIRS = 10;
/** From this share of a row on, a cell is dark enough for light text. */
const DARK = 0.7;

export function confusionSection(confusion: Confusion): Markup {
  const { classes, total } = confusion;
  const pairs = mostConfused(confusion, PAIRS);
  return html`<section aria-labelledby="confusion">
    <h2 id="confusion">What is taken for what</h2>
    <p class="lead">
      A row holds the photos of one class, a column what they were taken for:
      ${plural(total, 'validation photo')}. Colour is the share of the row,
      <span class="key right">right</span> on the diagonal and <span class="key wrong">wrong</span> beside it.
    </p>
    <div class="scroll" tabindex="0" role="region" aria-label="Confusion matrix">${matrix(confusion)}</div>
    ${pairs.length > 0 && classes.length > 2 ? pairTable(pairs, confusion) : undefined}
  </section>`;
}

const sizeOf = (classes: number) =>
  classes <= LARGE ? 'large' : classes <= MEDIUM ? 'medium' : classes <= WITH_NUMBERS ? 'small' : 'tiny';

function matrix(confusion: Confusion): Markup {
  const { classes } = confusion;
  const size = sizeOf(classes.length);
  const rows = classReport(confusion).perClass.map(({ name, support }, actual) => {
    const cells = classes.map((other, predicted) =>
      cell(confusion, { actual, predicted, support, other, name, size }),
    );
    return html`<tr>
      <th scope="row"><span title="${name}">${name}</span></th>
      ${cells}
    </tr>`;
  });
  const heads = classes.map((name) => html`<th scope="col"><span title="${name}">${name}</span></th>`);
  return html`<table class="matrix ${size}">
    <thead>
      <tr>
        <td class="corner"><span>actual ↓ &nbsp; predicted →</span></td>
        ${heads}
      </tr>
    </thead>
    <tbody>
      ${rows}
    </tbody>
  </table>`;
}

function cell(
  confusion: Confusion,
  at: { actual: number; predicted: number; support: number; name: string; other: string; size: string },
): Markup {
  const number = countAt(confusion, at.actual, at.predicted);
  const isRight = at.actual === at.predicted;
  if (number === 0)
    return at.size === 'tiny' ? html`<td></td>` : html`<td class="none">${isRight ? '0' : '·'}</td>`;
  const share = number / at.support;
  // A single mistake among hundreds must still be seen, the more so in a small cell.
  const faintest = at.size === 'tiny' ? 0.35 : 0.15;
  const strength = isRight ? share : faintest + (1 - faintest) * share;
  const kind = `${isRight ? 'right' : 'wrong'}${strength >= DARK ? ' dark' : ''}`;
  const title = isRight
    ? `${at.name}: ${count(number)} of ${count(at.support)} right (${percent(share)})`
    : `${at.name} taken for ${at.other}: ${count(number)} of ${count(at.support)} (${percent(share)})`;
  const shown = at.size === 'tiny' ? undefined : count(number);
  const below = at.size === 'large' ? html`<small>${percent(share)}</small>` : undefined;
  return html`<td class="${kind}" style="--v:${strength.toFixed(2)}" title="${title}">${shown}${below}</td>`;
}

function pairTable(pairs: ReturnType<typeof mostConfused>, { classes }: Confusion): Markup {
  const rows = pairs.map(
    ({ actual, predicted, count: number, share }) =>
      html`<tr>
        <td>${classes[actual]}</td>
        <td>${classes[predicted]}</td>
        <td class="number">${count(number)}</td>
        <td class="number">${percent(share)}</td>
      </tr>`,
  );
  return html`<div class="scroll">
    <table class="plain">
      <caption>
        Mixed up most often
      </caption>
      <thead>
        <tr>
          <th scope="col">Class</th>
          <th scope="col">taken for</th>
          <th scope="col" class="number">Photos</th>
          <th scope="col" class="number">Of the class</th>
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>
  </div>`;
}
