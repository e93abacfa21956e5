/**
 * A run as one HTML file for people: it needs no network and asks for none (its content policy forbids it), reads well
 * on a phone, a screen and paper, in light and in dark, and shows its numbers as tables where scripts are off.
 */
import { chartScript, chartSeries } from './charts.ts';
import { confusionSection } from './confusion-table.ts';
import type { ReportData } from './data.ts';
import { liveParts, type LivePage } from './live.ts';
import { html, rawText, scriptJson } from './markup.ts';
import { doubtsSection, mistakesSection } from './mistakes-section.ts';
import { reliabilitySection } from './reliability-section.ts';
import {
  batchSection,
  classesSection,
  commandsSection,
  curvesSection,
  headerSection,
  settingsSection,
} from './sections.ts';
import { styleSheet } from './style.ts';

/** What a report may do that is a file: nothing but show itself. */
const POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'";

/**
 * The report's page; with `live` one that follows a run, whose policy comes from its server. Throws `RangeError` if `data.uplot` could not stand
 * inside an HTML file.
 */
export function renderReport(data: ReportData, live?: LivePage): string {
  const { uplot, confusion, history } = data;
  const nonce = live && html`nonce="${live.nonce}"`;
  const page = html`<html lang="en">
    <head>
      <meta charset="utf-8" />
      ${live ? html`<link rel="icon" href="data:," />` : html`<meta http-equiv="Content-Security-Policy" content="${POLICY}" />`}
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <meta name="color-scheme" content="light dark" />
      <meta name="generator" content="graft ${data.graft}" />
      <title>${data.name} – training report</title>
      <style>
        ${rawText(uplot.style, 'style')}${rawText(styleSheet, 'style')}
      </style>
    </head>
    <body>
      <main>
        ${headerSection(data)} ${curvesSection(history)} ${confusion && confusionSection(confusion)}
        ${confusion && classesSection(confusion)} ${reliabilitySection(data)} ${mistakesSection(data)}
        ${doubtsSection(data)} ${batchSection(data)} ${settingsSection(data)} ${commandsSection(data)}
      </main>
      <footer>Written by graft ${data.graft}. Curves by uPlot.</footer>
      ${
        history.length > 0 || live
          ? html`<script type="application/json" id="history">
                ${scriptJson(chartSeries(history))}
              </script>
              <script ${nonce}>
                ${rawText(uplot.script, 'script')};
              </script>
              <script ${nonce}>
                ${rawText(chartScript, 'script')};
              </script>`
          : undefined
      }
      ${live && liveParts(live)}
    </body>
  </html> `;
  return `<!doctype html>\n${page.text}`;
}
