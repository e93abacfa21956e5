/** How far the model's certainty is to be believed: a curve of how often it was right where it was how sure, drawn without a script. */
import { percent, plural } from '../../format.ts';
import type { Reliability, ReliabilityBin } from '../reliability.ts';
import type { ReportData } from './data.ts';
import { html, type Markup } from './markup.ts';

/** Of the drawing; its plot is a square of 200 by 200 with its foot at (60, 210). */
const [WIDTH, HEIGHT] = [276, 250];
const [LEFT, FOOT, SIDE] = [60, 210, 200];
/** Radii of the marks of few photos and of all. */
const [SMALLEST, LARGEST] = [3, 9];

export function reliabilitySection({ reliability }: ReportData): Markup | undefined {
  if (!reliability || reliability.bins.length === 0) return undefined;
  const { ece, temperature, bins } = reliability;
  const photos = bins.reduce((sum, { count }) => sum + count, 0);
  return html`<section aria-labelledby="reliability">
    <h2 id="reliability">How far to believe it</h2>
    <p class="lead">
      Each mark holds the validation photos that it was about as sure of, and says how often it was right
      about them: on the line as often as it says, below it is too sure. The two differ by ${percent(ece)} in
      the mean (ECE).
      ${
        temperature === 1
          ? undefined
          : `Its logits are divided by a temperature of ${temperature.toFixed(2)}, which was fitted on these same photos: on others it does a bit worse.`
      }
      ${photos < FEW ? `With ${plural(photos, 'photo')} much of the difference is chance.` : undefined}
    </p>
    <div class="reliability">
      ${drawing(reliability)}
      <div class="scroll">${numbers(bins)}</div>
    </div>
  </section>`;
}

/** In bins of a fifteenth, fewer than this leave a handful in each. */
const FEW = 300;

const x = (share: number) => (LEFT + share * SIDE).toFixed(1);
const y = (share: number) => (FOOT - share * SIDE).toFixed(1);

function drawing({ bins }: Reliability): Markup {
  const most = Math.max(...bins.map(({ count }) => count));
  const marks = bins.map((bin) => {
    const radius = SMALLEST + (LARGEST - SMALLEST) * Math.sqrt(bin.count / most);
    return html`<circle cx="${x(bin.confidence)}" cy="${y(bin.accuracy)}" r="${radius.toFixed(1)}">
      <title>
        ${percent(bin.confidence)} sure, ${percent(bin.accuracy)} right: ${plural(bin.count, 'photo')}
      </title>
    </circle>`;
  });
  const line = bins.map((bin) => `${x(bin.confidence)},${y(bin.accuracy)}`).join(' ');
  const ticks = [0, 0.5, 1].map(
    (share) =>
      html`<text x="${x(share)}" y="${FOOT + 16}" text-anchor="middle">${share * 100}</text
        ><text x="${LEFT - 8}" y="${y(share)}" text-anchor="end" dominant-baseline="middle"
          >${share * 100}</text
        >`,
  );
  return html`<svg
    viewBox="0 0 ${WIDTH} ${HEIGHT}"
    role="img"
    aria-label="How often it was right by how sure it was"
  >
    <rect x="${LEFT}" y="${FOOT - SIDE}" width="${SIDE}" height="${SIDE}" />
    <line x1="${x(0)}" y1="${y(0)}" x2="${x(1)}" y2="${y(1)}" />
    <polyline points="${line}" />
    ${marks}${ticks}
    <text x="${x(0.5)}" y="${FOOT + 34}" text-anchor="middle">% sure</text>
    <text x="${LEFT - 8}" y="${y(0.75)}" text-anchor="end">% right</text>
  </svg>`;
}

const numbers = (bins: readonly ReliabilityBin[]): Markup =>
  html`<table class="plain">
    <thead>
      <tr>
        ${['Sure', 'Right', 'Photos'].map((text) => html`<th scope="col" class="number">${text}</th>`)}
      </tr>
    </thead>
    <tbody>
      ${bins.map(
        ({ confidence, accuracy, count }) =>
          html`<tr>
            <td class="number">${percent(confidence)}</td>
            <td class="number">${percent(accuracy)}</td>
            <td class="number">${count}</td>
          </tr>`,
      )}
    </tbody>
  </table>`;
