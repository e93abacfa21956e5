// `npm run doctor`: which adapter graft uses here and why, whether it computes right, how fast it is and what would be
// faster. The first thing to run on a new machine and the first thing to paste into a bug report.
import { arch, availableParallelism, platform, release } from 'node:os';
import type { Command } from 'commander';
import { adapterIdentity } from '../gpu/index.ts';
import { findAutotuned } from '../platform/node/autotune-file.ts';
import { colours as pc } from './terminal/colours.ts';
import { gpuAdvice, lavapipeAdvice, thisMachine, type Machine } from '../platform/node/advice.ts';
import { openAdapter, requestDevice, waiterFor, type AdapterChoice } from '../platform/node/index.ts';
import { addCommand, exitCodes, runAndExit } from './command.ts';
import { count, printable } from '../format.ts';
import { examineAdapter, type AdapterReport } from '../run/doctor/adapter.ts';
import { checkText, featureFacts, isRight, operationsText, speedFacts } from '../run/doctor/facts.ts';
import { wrapped } from '../run/texts.ts';
import { graftVersion } from '../platform/node/package.ts';
import { reportPhotos, type PhotosReport } from '../platform/node/photos/report.ts';

const COLUMNS = 80;
/** Room for the longest name of a line, "workgroups per side", and a space. */
const NAMES = 20;

interface Report extends AdapterReport {
  readonly graft: string;
  readonly node: string;
  readonly system: string;
  readonly cpus: number;
  readonly adapter: AdapterChoice & {
    readonly driver: string;
    readonly device: string;
    readonly vendor: string;
    readonly architecture: string;
  };
  /** What was measured on this adapter, and where that is kept. */
  readonly tuning: { readonly path: string; readonly problems: number } | { readonly problem: string } | null;
  readonly photos: PhotosReport;
  readonly advice: readonly string[];
}

async function examine(): Promise<{ report: Report; device: GPUDevice }> {
  const { adapter, choice } = await openAdapter();
  const { info } = adapter;
  const device = await requestDevice(adapter);
  const machine = thisMachine();
  const { description: driver, device: name, vendor, architecture } = info;
  const report: Report = {
    graft: graftVersion(),
    node: process.versions.node,
    system: systemName(machine),
    cpus: availableParallelism(),
    adapter: { ...choice, driver, device: name, vendor, architecture },
    ...(await examineAdapter(device, info, waiterFor(choice))),
    tuning: await autotunedOf(info),
    photos: await reportPhotos(),
    advice: adviceFor(choice, machine),
  };
  return { report, device };
}

async function autotunedOf(info: GPUAdapterInfo): Promise<Report['tuning']> {
  try {
    const found = await findAutotuned(adapterIdentity(info));
    return found ? { path: found.path, problems: found.table.size } : null;
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}

function autotunedText(tuning: Report['tuning']): string {
  if (!tuning) return 'none: rules choose algorithms (npm run autotune measures)';
  if ('problem' in tuning) return `not used: ${printable(tuning.problem)}`;
  return `${count(tuning.problems)} problems faster than by the rule`;
}

/** What is read, and what would let more be read, on lines. */
function photosTexts({ formats, reason }: PhotosReport): string[] {
  const [last = '', ...others] = formats.toReversed();
  const read = `${others.toReversed().join(', ')} and ${last}`;
  if (reason !== undefined) return [read, ...wrapped(reason, COLUMNS - NAMES - 2)];
  return formats.includes('HEIC') ? [read] : [read, 'HEIC after `npm install heic-decode`'];
}

function adviceFor({ kind, software }: AdapterChoice, machine: Machine): string[] {
  if (!software) return [];
  return [...(kind === 'lavapipe' ? [] : lavapipeAdvice(machine)), ...gpuAdvice(machine)];
}

function print(report: Report): void {
  const { adapter } = report;
  const line = (name: string, value: string) => console.log(`  ${pc.dim(name.padEnd(NAMES))}${value}`);
  const heading = (text: string) => console.log(`\n${pc.bold(text)}`);

  console.log(
    `${pc.bold(`graft ${report.graft}`)} on Node ${report.node}, ${report.system}, ${report.cpus} CPUs`,
  );

  heading('Adapter');
  line('device', adapter.device || adapter.driver);
  line('driver', adapter.driver);
  line('vendor', `${adapter.vendor}, ${adapter.architecture || 'architecture unknown'}`);
  line('chosen', adapter.kind + (adapter.source === 'npm' ? ' (from npm)' : ''));
  line('because', adapter.reason);
  line('autotuned', autotunedText(report.tuning));

  heading('Features and limits');
  for (const [name, value] of featureFacts(report)) line(name, value);

  heading('Photos');
  line('decoder', report.photos.decoder);
  photosTexts(report.photos).forEach((text, i) => line(i === 0 ? 'reads' : '', text));

  heading('Test');
  const mark = (right: boolean) => (right ? pc.green : pc.red);
  line('results', mark(report.check.wrong === 0)(checkText(report)));
  line('operations', mark(report.operations.wrong.length === 0)(operationsText(report)));
  for (const [name, value] of speedFacts(report)) line(name, value);

  if (report.advice.length > 0) {
    heading('Faster');
    for (const text of report.advice) console.log(`  ${text}`);
  }
  if (!isRight(report))
    console.error(
      `\n${pc.red('error:')} this adapter computes wrong results: update its driver, or choose another adapter with GRAFT_ADAPTER.`,
    );
}

function systemName({ release: distribution }: Machine): string {
  return `${distribution['PRETTY_NAME'] ?? `${platform()} ${release()}`} ${arch()}`;
}

async function doctor(json: true | undefined): Promise<number> {
  const { report, device } = await examine();
  if (json) console.log(JSON.stringify(report, null, 2));
  else print(report);
  device.destroy();
  return isRight(report) ? exitCodes.done : exitCodes.failed;
}

/** Adds `graft doctor` to the program. */
export function addDoctorCommand(program: Command): void {
  addCommand(program, 'doctor', {
    description: 'Show the adapter that graft computes on, check its results and measure its speed.',
    examples: ['', '--json'],
    notes: `GRAFT_ADAPTER=gpu|lavapipe|swiftshader|NAME chooses the adapter.
GRAFT_DECODER=sharp|graft chooses what reads photos.
GRAFT_VERBOSE=1 shows the drivers' warnings.`,
  })
    .option('--json', 'print the report as JSON')
    .action(({ json }: { json?: true }) => runAndExit(() => doctor(json), { json }));
}
