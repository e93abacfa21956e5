/**
 * A run's training step, printed: its tape, what its memory is used for, its kernels with time and text. For whoever wants to see inside
 * without a page; loaded only then. The step is recorded on a network of its own, so that the run's is not touched.
 */
import { byteSize, count, plural } from '../format.ts';
import type { Kernel, KernelTime } from '../gpu/index.ts';
import { networks } from '../networks/index.ts';
import { createRandom } from '../random.ts';
import {
  blankImages,
  outputsFor,
  recordStep,
  stepOf,
  type StepDispatch,
  type StepOperation,
  type StepRecord,
} from '../train/index.ts';
import type { RunControls } from './events.ts';
import { prettyWgsl } from './kernels/pretty.ts';
import type { Session } from './session.ts';

/** What of a step can be printed. */
export const stepTopics = ['tape', 'memory', 'kernels'] as const;
export type StepTopic = (typeof stepTopics)[number];

/** Tells the text of each topic, for the first phase of a run. Throws as `recordStep` does. */
export async function lookAtStep(
  session: Session,
  topics: readonly StepTopic[],
  tell: RunControls['tell'],
): Promise<void> {
  if (topics.length === 0) return;
  const { gpu, architecture, config, photos } = session;
  const outputs = outputsFor({ classes: photos.folder.classes, loss: config.loss });
  const step = recordStep(gpu, architecture, outputs, config);
  const times = topics.includes('kernels') ? await timesOf(session, outputs) : null;
  const texts: Readonly<Record<StepTopic, () => string>> = {
    tape: () => tapeText(step),
    memory: () => memoryText(step),
    kernels: () => kernelsText(step, times),
  };
  for (const topic of topics) tell({ kind: 'looked', text: texts[topic]() });
}

/** GPU time by kernel of a step on random weights and black photos; null where the adapter has no timestamps. */
async function timesOf(
  { gpu, architecture, config }: Session,
  outputs: number,
): Promise<KernelTime[] | null> {
  const model = networks[architecture].create(gpu, outputs);
  try {
    model.initialise(createRandom(config.seed));
    const step = stepOf(model, config, blankImages(config, config.batchSize));
    await step(); // compiles
    return await gpu.profile(step);
  } finally {
    model.dispose();
  }
}

/** What is walked back, in the order of the forward pass; before it, what is not. */
export function tapeText({ operations }: StepRecord): string {
  const forward = operations.filter(({ pass }) => pass === 'forward');
  const nodes = forward.filter(({ onTape }) => onTape);
  const rows = nodes.map(({ op, module = '', stage = '', shape = [] }) => [
    op,
    module,
    stage,
    `[${shape.join(', ')}]`,
  ]);
  return [
    `The tape has ${plural(nodes.length, 'node')}; ${plural(forward.length - nodes.length, 'operation')} before them leave nothing on it.`,
    ...table([['operation', 'module', 'stage', 'result'], ...rows]),
  ].join('\n');
}

/** Every temporary: where it lies, and from which operation to which it lives. */
export function memoryText({ boxes, operations, workspace, peakBytes }: StepRecord): string {
  const sum = (sizes: readonly number[]) => sizes.reduce((total, bytes) => total + bytes, 0);
  const rows = boxes.map(({ label, bytes, users, buffer, offset }) => [
    label,
    byteSize(bytes),
    `${buffer}+${count(offset)}`,
    nameOf(operations[users[0]]),
    nameOf(operations[users.at(-1) ?? users[0]]),
  ]);
  return [
    `${plural(boxes.length, 'temporary', 'temporaries')} of ${byteSize(sum(boxes.map(({ bytes }) => bytes)))} in a workspace of ${byteSize(sum(workspace))}, ${plural(workspace.length, 'buffer')}; ${byteSize(peakBytes)} of them are alive at one time.`,
    ...table([['what', 'bytes', 'buffer+offset', 'made by', 'kept alive for'], ...rows]),
  ].join('\n');
}

/** Each kernel with its time, longest first where that is known, and below the texts. */
export function kernelsText({ dispatches }: StepRecord, times: readonly KernelTime[] | null): string {
  const byName = new Map<string, StepDispatch[]>();
  for (const dispatch of dispatches) {
    const { name } = dispatch.kernel;
    byName.set(name, [...(byName.get(name) ?? []), dispatch]);
  }
  const timeOf = new Map(times?.map(({ name, milliseconds }) => [name, milliseconds]));
  const all = [...timeOf.values()].reduce((sum, one) => sum + one, 0);
  const sorted = [...byName].sort(([a], [b]) => (timeOf.get(b) ?? 0) - (timeOf.get(a) ?? 0));
  const rows = sorted.map(([name, runs]) => {
    const time = timeOf.get(name);
    const shown = time === undefined ? ['', ''] : [time.toFixed(3), `${((100 * time) / all).toFixed(1)} %`];
    return [name, count(runs.length), ...shown];
  });
  const kernels = new Map<string, Kernel>(sorted.map(([name, [first]]) => [name, first!.kernel])); // a name has a dispatch
  return [
    `${plural(dispatches.length, 'dispatch', 'dispatches')} of ${plural(byName.size, 'kernel')}${times ? `, ${all.toFixed(2)} ms on the GPU` : '; this adapter has no timestamps'}.`,
    ...table([['kernel', 'dispatches', ...(times ? ['ms', 'share'] : ['', ''])], ...rows]),
    ...[...kernels.values()].flatMap(({ code }) => ['', prettyWgsl(code).trimEnd()]),
  ].join('\n');
}

/** "conv2d layer4.0.conv1, backward" */
function nameOf(operation: StepOperation | undefined): string {
  if (!operation) return '';
  const { pass, op, module } = operation;
  const what = module === undefined ? op : `${op} ${module}`;
  return pass === 'backward' ? `${what}, backward` : pass === 'forward' ? what : `${pass}: ${what}`;
}

/** Columns side by side, a line a row. */
function table(rows: readonly (readonly string[])[]): string[] {
  const widths = rows.reduce<number[]>(
    (widest, row) => row.map((cell, i) => Math.max(widest[i] ?? 0, cell.length)),
    [],
  );
  return rows.map((row) => `  ${row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join('  ')}`.trimEnd());
}
