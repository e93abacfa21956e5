// A run as one HTML file for people: no script, nothing from the network, in the training report's own style.
import { html, rawText } from '../../../../report/html/markup.ts';
import { styleSheet } from '../../../../report/html/style.ts';
import type { Comparison } from '../../../../bench/compare.ts';
import type { Results } from '../../../../bench/results.ts';
import { kindStyles } from './kind-styles.ts';
import { rooflineSection } from './roofline-plot.ts';
import {
  comparisonSection,
  headerSection,
  networksSection,
  numbersSection,
  sharesSection,
} from './sections.ts';

export function renderPage(
  results: Results,
  against?: { readonly before: Results; readonly comparison: Comparison },
): string {
  const { rows, ceilings } = results;
  const page = html`<html lang="en">
    <head>
      <meta charset="utf-8" />
      <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <meta name="color-scheme" content="light dark" />
      <meta name="generator" content="graft ${results.graft}" />
      <title>${results.adapter.name} – graft benchmark</title>
      <style>
        ${rawText(styleSheet, 'style')}${rawText(kindStyles, 'style')}
      </style>
    </head>
    <body>
      <main>
        ${headerSection(results)} ${rooflineSection(rows, ceilings)} ${sharesSection(rows, ceilings)}
        ${networksSection(rows)} ${against && comparisonSection(against.comparison, against.before)}
        ${numbersSection(rows)}
      </main>
      <footer>Written by graft ${results.graft}.</footer>
    </body>
  </html>`;
  return `<!doctype html>\n${page.text}`;
}
