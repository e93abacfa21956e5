// `graft runs`: the runs that there are, the newest first.
import type { Command } from 'commander';
import { byteSize, count, percent, printable } from '../format.ts';
import { table } from '../report/text/table.ts';
import { listRuns, scoreOf, type RunSummary } from '../run/runs.ts';
import { addCommand, exitCodes, runAndExit } from './command.ts';
import { commandHost } from './device.ts';
import { printTable } from './terminal/format.ts';
import { typed } from './terminal/invocation.ts';

/** Adds `graft runs` to the program. */
export function addRunsCommand(program: Command): void {
  addCommand(program, 'runs', {
    description: 'List your runs, the newest first.',
    examples: ['', '--json'],
    notes: `They are the folders in runs/; to remove one, remove its folder. A run that ended and is not
to go on needs no last.safetensors.`,
  })
    .option('--json', 'print them as JSON')
    .action((options: { readonly json?: true }) =>
      runAndExit(() => showRuns(options), { json: options.json }),
    );
}

async function showRuns({ json }: { readonly json?: true }): Promise<number> {
  const runs = await listRuns(commandHost());
  if (json) console.log(JSON.stringify(runs.map(asJson), null, 2));
  else if (runs.length === 0)
    console.log(`There are no runs in runs/ yet. ${typed('train')} --data photos begins one.`);
  else printTable(table([HEAD, ...runs.map(rowOf)]));
  return exitCodes.done;
}

const HEAD = [
  'run',
  'accuracy',
  'val photos',
  'classes',
  'trained',
  'pixels',
  'epochs',
  'on disk',
  'changed',
];

function rowOf(run: RunSummary): string[] {
  const { best, classes, config, history, isUsable } = run;
  const score = scoreOf(run);
  return [
    printable(run.run) + (isUsable ? '' : ' (not ended)'),
    score ? percent(score.right / score.total) : percent(best?.accuracy ?? NaN),
    score ? count(score.total) : '–',
    count(classes.length),
    printable(config.tune ?? '–'),
    String(config.size ?? '–'),
    `${history.length}/${config.epochs ?? '–'}`,
    byteSize(run.bytes),
    dateOf(run),
  ];
}

/** In local time: 2026-11-29 01:20 */
function dateOf({ changedAt }: RunSummary): string {
  const date = new Date(changedAt);
  const local = new Date(changedAt - date.getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 16).replace('T', ' ');
}

function asJson(run: RunSummary): Record<string, unknown> {
  const { best, classes, history, isUsable, bytes, config } = run;
  return {
    ...{ run: run.run, changed: new Date(run.changedAt).toISOString(), ended: isUsable, bytes, classes },
    ...{ epochs: history.length, best: best ?? null, score: scoreOf(run) ?? null, config },
  };
}
