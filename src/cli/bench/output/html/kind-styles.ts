// What kinds of rows look like on the page. The colours keep apart for the common kinds of colour blindness.
import { KINDS } from '../../../../bench/kinds.ts';

export const kindStyles = `
:root { --k1: #1d5a9e; --k2: #7a3f9d; --k3: #b0570f; --k4: #1f7a5c; --k5: #7d7a72; }
@media (prefers-color-scheme: dark) { :root:not(.printed) { --k1: #74ade8; --k2: #c293e0; --k3: #e59a5b; --k4: #5cc2a0; --k5: #a8a59c; } }
${KINDS.map(({ colour }) => `.${colour} { --kind: var(--${colour}); }`).join('\n')}
.key[class*=" k"]::before { background: var(--kind); border-radius: 50%; }
.roofline { display: block; width: 100%; min-width: 40rem; height: auto; font: 12px system-ui, sans-serif; }
.roofline text { fill: var(--muted); } .roofline .grid { stroke: var(--rule); } .roofline .roof { stroke: var(--ink); stroke-width: 1.5; }
.roofline circle { fill: var(--kind); fill-opacity: 0.7; stroke: var(--paper); } .roofline circle:hover { fill-opacity: 1; r: 8px; }
.shares .bar { width: 45%; min-width: 9rem; } .shares .bar span { display: block; height: 0.7rem; margin-top: 0.35rem; border-radius: 2px;
  background: linear-gradient(var(--kind) 0 0) 0 0 / calc(var(--v) * 100%) no-repeat var(--soft); }
.figures { grid-template-columns: repeat(auto-fit, minmax(8.5rem, 1fr)); }
.plain.shares th, .plain.shares td { padding-block: 0.15rem; white-space: nowrap; } .plain.shares tbody tr > * { border: 0; }
.shares tr.same th { visibility: hidden; } .plain.shares tbody tr:not(.same, :first-child) > * { border-top: 1px solid var(--rule); }
.shares, .memory { width: 100%; } .memory tbody th { white-space: nowrap; } .memory .bar { width: 40%; min-width: 10rem; }
.memory .bar span { display: block; height: 0.6rem; margin-top: 0.35rem; border-radius: 2px; background: var(--k1); width: calc(var(--v) * 100%); }
.memory .bar span + span { background: var(--k5); margin-top: 0.2rem; }
.faster { color: var(--k4); } .slower { color: var(--k3); }
@media print { .shares .bar span, .memory .bar span, .key::before { print-color-adjust: exact; -webkit-print-color-adjust: exact; } .roofline { min-width: 0; } }
`;
