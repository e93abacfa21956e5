/**
 * The report's style sheet. Type does the work and colour only carries meaning: blue for right and for validation,
 * orange for wrong, two colours that the common kinds of colour blindness keep apart. Fonts are the reader's own.
 */
const light = `
  --paper: #fdfdfc; --ink: #1b1d21; --muted: #5c626b; --rule: #e2e1dd; --soft: #f4f3f0;
  --train: #8a8f98; --valid: #1d5a9e; --mark: #b0570f; --right: 20 78 145; --wrong: 176 74 16;
`;
const dark = `
  --paper: #14161a; --ink: #e4e3df; --muted: #9aa0a9; --rule: #2b2f36; --soft: #1c1f24;
  --train: #8d939d; --valid: #74ade8; --mark: #e59a5b; --right: 45 104 178; --wrong: 178 84 30;
`;

export const styleSheet = `
:root { color-scheme: light dark; ${light} }
@media (prefers-color-scheme: dark) { :root { ${dark} } }
:root.printed { color-scheme: light; ${light} }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); line-height: 1.5;
  font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif; }
main, footer { max-width: 72rem; margin: 0 auto; padding: 0 clamp(1rem, 4vw, 3rem); }
main { padding-top: clamp(1.5rem, 5vw, 4rem); }
h1, h2 { font-family: "Iowan Old Style", "Palatino Linotype", Palatino, "Book Antiqua", Georgia, serif;
  font-weight: 600; line-height: 1.15; text-wrap: balance; }
h1 { font-size: clamp(2rem, 6vw, 3.25rem); margin: 0.1em 0 0.35em; overflow-wrap: anywhere; }
h2 { font-size: 1.6rem; margin: 0 0 0.5rem; }
h3 { font-size: 1rem; margin: 2rem 0 0.5rem; }
section { margin-top: 3rem; padding-top: 2rem; border-top: 1px solid var(--rule); }
.kicker { margin: 0; color: var(--muted); font-size: 0.85rem; letter-spacing: 0.08em; text-transform: uppercase; }
.lead { max-width: 44rem; margin: 0 0 1.5rem; color: var(--muted); text-wrap: pretty; overflow-wrap: anywhere; }
.muted { color: var(--muted); }
dl { margin: 0; } dd { margin: 0; }
ul { max-width: 44rem; padding-left: 1.2rem; margin: 0 0 1.5rem; } li { margin: 0.25rem 0; }
code, pre { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; font-size: 0.85rem; }
.number { font-variant-numeric: tabular-nums; text-align: right; white-space: nowrap; }
.scroll { overflow-x: auto; max-width: 100%; }
:focus-visible { outline: 2px solid var(--valid); outline-offset: 3px; }

.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(9.5rem, 1fr)); gap: 1.5rem 2rem; margin-top: 2rem; }
.figures dt { color: var(--muted); font-size: 0.85rem; }
.figures dd { font-size: 1.75rem; line-height: 1.25; font-variant-numeric: tabular-nums; white-space: nowrap; }
.figures small { display: block; font-size: 0.8rem; line-height: 1.4; color: var(--muted); white-space: normal; }

.warning { max-width: 44rem; margin: 2rem 0 0; padding-left: 0.9rem; border-left: 3px solid var(--mark); }

.key { white-space: nowrap; } .legend .key { margin-right: 1.25rem; }
.key::before { content: ""; display: inline-block; width: 0.8em; height: 0.8em; margin-right: 0.35em; border-radius: 2px; vertical-align: -0.05em; }
.key.right::before { background: rgb(var(--right)); } .key.wrong::before { background: rgb(var(--wrong)); }
.key.train::before, .key.valid::before, .key.mark::before { width: 1.4em; height: 0; border-top: 2px solid; border-radius: 0; vertical-align: 0.25em; }
.key.train::before { border-top-style: dashed; color: var(--train); } .key.valid::before { color: var(--valid); }
.key.mark::before { border-top-style: dotted; color: var(--mark); }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 19rem), 1fr)); gap: 1.5rem 2rem; }
.chart { margin: 0; min-width: 0; } .chart figcaption { font-weight: 600; margin-bottom: 0.25rem; }
.uplot, .uplot *, .uplot *::before, .uplot *::after { box-sizing: border-box; }
.uplot { font: inherit; font-size: 0.8rem; color: var(--muted); } .u-legend { text-align: left; font-variant-numeric: tabular-nums; }
.u-legend { visibility: hidden; } .chart:hover .u-legend { visibility: visible; } .u-legend .u-marker { display: none; } .u-legend th { font-weight: 400; padding-left: 0; }
details { margin-top: 1.5rem; } summary { cursor: pointer; color: var(--muted); } details .scroll { margin-top: 0.75rem; }

table { border-collapse: collapse; font-size: 0.9rem; }
caption { text-align: left; font-weight: 600; padding: 0 0 0.4rem; }
.plain { --gap: 1.25rem; margin-bottom: 0.5rem; }
.plain th, .plain td { padding: 0.35rem var(--gap) 0.35rem 0; border-bottom: 1px solid var(--rule); text-align: left; vertical-align: top; max-width: 20rem; overflow-wrap: anywhere; }
.plain th.number, .plain td.number { text-align: right; }
.plain thead th { color: var(--muted); font-weight: 400; white-space: nowrap; } .plain tbody th { font-weight: 500; } .scores th[scope="row"] { min-width: 8rem; } .plain td:not(.number) { min-width: 7rem; }
.plain tfoot th { font-weight: 400; color: var(--muted); } .plain tfoot tr:first-child > * { border-top: 2px solid var(--rule); }
.plain tr.best > * { color: var(--mark); font-weight: 600; }
.scores .bar { min-width: 7.5rem; background: linear-gradient(rgb(var(--right)) 0 0) 0 calc(100% - 3px) / calc((100% - var(--gap)) * var(--v)) 2px no-repeat; padding-bottom: 0.5rem; }

.matrix { border-collapse: separate; border-spacing: 2px; margin-bottom: 2rem; font-variant-numeric: tabular-nums; }
.matrix td { text-align: center; border-radius: 2px; background: var(--soft); }
.matrix td.right { background: rgb(var(--right) / var(--v)); } .matrix td.wrong { background: rgb(var(--wrong) / var(--v)); }
.matrix td.dark { color: #fff; } .matrix .none { color: var(--muted); }
.matrix td.corner { background: none; color: var(--muted); font-size: 0.75rem; text-align: right; vertical-align: bottom; padding: 0 0.6rem 0.3rem 0; white-space: nowrap; }
.matrix th { font-weight: 500; } .matrix th span { display: block; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; max-width: 11rem; }
.matrix tbody th { position: sticky; left: 0; background: var(--paper); text-align: right; padding: 0 0.6rem 0 0; }
.matrix small { display: block; font-size: 0.72rem; opacity: 0.85; }
.matrix.large td:not(.corner) { min-width: 6rem; height: 4.25rem; font-size: 1.1rem; } .matrix.large thead th { padding-bottom: 0.3rem; }
.matrix.large th span { max-width: 8rem; margin-left: auto; } .matrix.large thead th span { margin: auto; }
.matrix:not(.large) thead th { vertical-align: bottom; } .matrix:not(.large) thead th span { writing-mode: vertical-rl; rotate: 180deg; max-height: 8rem; max-width: none; margin: 0 auto; padding-block: 0; line-height: 1.1; }
.matrix:not(.large) .corner span { display: none; } .matrix:not(.large) tbody th span { max-width: 9rem; margin-left: auto; }
.matrix.medium td { width: 2.9rem; min-width: 2.9rem; height: 2.4rem; font-size: 0.85rem; }
.matrix.small { border-spacing: 1px; font-size: 0.75rem; } .matrix.small td { width: 1.75rem; min-width: 1.75rem; height: 1.6rem; font-size: 0.68rem; }
.matrix.tiny { border-spacing: 1px; font-size: 0.5rem; line-height: 1; } .matrix.tiny td { width: 0.53rem; min-width: 0.53rem; height: 0.53rem; padding: 0; border-radius: 1px; }
.matrix.tiny th { padding: 0 0.3rem 0 0; font-weight: 400; } .matrix.tiny thead th { padding: 0 0 0.2rem; } .matrix.tiny thead th span { max-height: 5rem; line-height: 0.53rem; }

.gallery { display: grid; grid-template-columns: repeat(auto-fill, minmax(9.5rem, 1fr)); gap: 1.5rem 1.25rem; }
.gallery.pairs { grid-template-columns: repeat(auto-fill, minmax(15rem, 1fr)); } .pair { display: grid; grid-template-columns: 1fr 1fr; gap: 0.35rem; }
.gallery figure { margin: 0; min-width: 0; break-inside: avoid; }
.gallery img, .nopicture { display: block; width: 100%; height: auto; aspect-ratio: 1; object-fit: cover; border-radius: 3px; background: var(--soft); }
.nopicture { display: grid; place-items: center; color: var(--muted); font-size: 0.8rem; }
.gallery figcaption { margin-top: 0.5rem; font-size: 0.85rem; line-height: 1.4; overflow-wrap: anywhere; }
.gallery code { font-size: 0.72rem; color: var(--muted); }
.gallery a, .files a { color: inherit; }
.files td:first-child { min-width: 14rem; }
.reliability { display: flex; flex-wrap: wrap; gap: 1.5rem 3rem; align-items: flex-start; }
.reliability svg { width: min(100%, 24rem); height: auto; font-size: 11px; fill: var(--muted); }
.reliability rect { fill: none; stroke: var(--rule); } .reliability line { stroke: var(--muted); stroke-dasharray: 4 3; }
.reliability polyline { fill: none; stroke: var(--valid); stroke-width: 1.5; } .reliability circle { fill: var(--valid); fill-opacity: 0.75; }
.batch img { display: block; max-width: 100%; height: auto; border-radius: 3px; }

.facts { columns: 2 22rem; column-gap: 3rem; font-size: 0.9rem; }
.facts div, .commands div { break-inside: avoid; }
.facts div { display: grid; grid-template-columns: 11rem 1fr; gap: 0 1rem; padding: 0.3rem 0; border-bottom: 1px solid var(--rule); }
.facts dt { color: var(--muted); } .facts dd { overflow-wrap: anywhere; }
.settings dt, .settings dd { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; font-size: 0.82rem; }
.commands dt { margin-top: 1rem; } .commands pre { margin: 0.35rem 0 0; padding: 0.7rem 0.9rem; background: var(--soft); border-radius: 4px; white-space: pre-wrap; overflow-wrap: anywhere; }
.live { position: fixed; right: 1rem; bottom: 1rem; margin: 0; padding: 0.4rem 0.8rem; border-radius: 4px; background: var(--ink); color: var(--paper); font-size: 0.85rem; }
.live.over { background: var(--soft); color: var(--muted); }
footer { margin-top: 4rem; padding-bottom: 3rem; color: var(--muted); font-size: 0.8rem; }

@media (max-width: 34rem) {
  .figures { grid-template-columns: repeat(2, 1fr); } .figures dd { font-size: 1.45rem; }
  .facts div { grid-template-columns: 8.5rem 1fr; } .gallery { grid-template-columns: repeat(2, 1fr); } .gallery.pairs { grid-template-columns: 1fr; }
  .matrix.large td:not(.corner) { min-width: 4.5rem; } .matrix.large .corner span { display: none; } .matrix.large th span { max-width: 6rem; }
  .plain { --gap: 0.6rem; } .scores .bar { min-width: 4rem; } .scores th[scope="row"] { min-width: 5.5rem; }
}
@media print {
  :root { color-scheme: light; ${light} }
  body { font-size: 11pt; background: none; } main, footer { max-width: none; padding: 0; }
  section { margin-top: 1.5rem; padding-top: 1rem; } h2, .chart, tr { break-inside: avoid; } h2 { break-after: avoid; }
  .scroll { overflow: visible; } details, .u-legend { display: none; }
  td, .bar, .key::before, pre { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
`;
