/**
 * One training step as data: every operation of it with its kernels, the tape, and the memory plan, for whoever wants to see what freezing
 * a stage or another batch size changes. The step is recorded by the engine as it would be run, on a network whose memory is never made,
 * and nothing of it is done: so it takes milliseconds, and no number in it is an estimate.
 */
import {
  boxesOf,
  memoryOf,
  type Box,
  type Command,
  type Gpu,
  type Part,
  type RunCommand,
} from '../../gpu/index.ts';
import { networks, type NetworkName } from '../../networks/index.ts';
import { isInStage, type Network } from '../../nn/index.ts';
import type { TrainConfig } from '../settings/config.ts';
import { blankImages } from './rehearsal.ts';
import { stepOf, type StepOptions } from './step.ts';
import { bytesByOperation, flopsOf, type StepWork } from './step-work.ts';

/**
 * `input`: photos become a tensor, or features are gathered. `forward` ends with the loss. `update`: the optimizer. `read`: the loss and
 * the count of right answers go back to the host.
 */
export type StepPass = 'input' | 'forward' | 'backward' | 'update' | 'read';

export interface StepOperation {
  readonly pass: StepPass;
  /** Autograd's name for it; of what is no operation of the tape, that of its first kernel. */
  readonly op: string;
  /** The module whose parameters it uses: `layer1.0.conv1`. */
  readonly module: string | undefined;
  /** The stage of the network that it lies in; undefined outside of the network. */
  readonly stage: string | undefined;
  /** That of its result: activations are `[N, H, W, C]`. */
  readonly shape: readonly number[] | undefined;
  /** Whether the tape holds it, so that it is walked back. */
  readonly onTape: boolean;
  /** Where it is a convolution of all channels at once. */
  readonly convolution: StepConvolution | undefined;
  /** What it must do whatever the kernels, from which follows how fast it can be at best. */
  readonly work: StepWork;
  /** The other pass of the same application: an index of `operations`. */
  readonly partner: number | undefined;
  /** Its first command, and the one after its last. */
  readonly from: number;
  readonly to: number;
}

/** A convolution's sizes by the names of `Conv2dShape`, and what is computed of it. */
export interface StepConvolution {
  readonly sizes: Readonly<Record<'n' | 'h' | 'w' | 'c' | 'k' | 'r' | 's' | 'stride' | 'padding', number>>;
  /** Forwards its result; backwards the gradients that are asked for. */
  readonly computes: readonly ('result' | 'gradient of x' | 'gradient of the weight')[];
  /** Whether batch norm is applied in its kernel, and whether a shortcut is added there. */
  readonly epilogue: 'none' | 'norm' | 'norm + residual';
}

export interface StepDispatch extends RunCommand {
  /** Its number among all commands. */
  readonly command: number;
  /** An index of `operations`. */
  readonly operation: number;
}

export interface StepBox extends Omit<Box, 'allocation'> {
  /** The operations that use it, in their order: the first makes it, the last is what it is kept alive for. */
  readonly users: readonly [number, ...number[]];
}

export interface StepRecord {
  readonly operations: readonly StepOperation[];
  readonly dispatches: readonly StepDispatch[];
  /** Temporaries: activations, their gradients, what kernels need between them. */
  readonly boxes: readonly StepBox[];
  /** Bytes of each buffer of the workspace that they lie in. */
  readonly workspace: readonly number[];
  /** The most bytes of boxes that are alive at one time: no plan takes less. */
  readonly peakBytes: number;
  /** What lasts from step to step: parameters, and of those that are trained gradients and the optimizer's moments. */
  readonly persistentBytes: number;
  readonly commands: number;
}

/**
 * Records the first phase's training step of a run on photos of so many classes. Throws `Error` for a network whose code was not loaded
 * yet (`networks[architecture].ready()`), `TrainingError` as `freeze` and `planPhases` do, and `GpuError` where a batch is larger than
 * the adapter can bind.
 */
export function recordStep(
  gpu: Gpu,
  architecture: NetworkName,
  outputs: number,
  config: TrainConfig,
  options: StepOptions = {},
): StepRecord {
  const parts: RecordedPart[] = [];
  const { result: model, scopes } = gpu.rehearseScopes(() => {
    const network = networks[architecture].create(gpu, outputs);
    const { batchSize } = config;
    const step = stepOf(network, config, blankImages(config, batchSize), options);
    void gpu.scope(() => undefined); // what makes the network is no part of the step
    const before = gpu.onPart;
    gpu.onPart = (part, from, to) => void parts.push({ part, from, to });
    try {
      Promise.resolve(step()).catch(() => undefined); // it waits for a read that never comes
    } finally {
      gpu.onPart = before;
    }
    return network;
  });
  const commands = scopes.findLast((scope) => scope.length > 0) ?? [];
  const { persistentBytes } = memoryOf(gpu, scopes);
  return { ...described(gpu, model, commands, parts), persistentBytes };
}

interface RecordedPart {
  readonly part: Part;
  readonly from: number;
  readonly to: number;
}

function described(
  gpu: Gpu,
  model: Network,
  commands: readonly Command[],
  parts: readonly RecordedPart[],
): Omit<StepRecord, 'persistentBytes'> {
  const { boxes, sizes, peakBytes } = boxesOf(gpu, commands);
  const operations = operationsOf(model, commands, parts);
  const operationAt = new Int32Array(commands.length).fill(-1);
  operations.forEach(({ from, to }, i) => operationAt.fill(i, from, to));
  const users = new Map(boxes.map(({ allocation }) => [allocation, new Set<number>()]));
  const dispatches: StepDispatch[] = [];
  commands.forEach((command, i) => {
    const operation = operationAt[i] ?? -1;
    if (command.kind === 'run') dispatches.push({ ...command, command: i, operation });
    for (const { allocation } of command.storages) users.get(allocation)?.add(operation);
  });
  const bytesOf = bytesByOperation(commands, operationAt, users);
  return {
    operations: operations.map(({ flops, ...operation }, i) => ({
      ...operation,
      work: { flops, bytes: bytesOf.get(i) ?? 0 },
    })),
    dispatches,
    boxes: boxes.map(({ allocation, ...box }) => {
      const [first, ...others] = users.get(allocation) ?? [];
      if (first === undefined) throw new Error('A box is there because a command uses it.');
      return { ...box, users: [first, ...others] };
    }),
    workspace: sizes,
    peakBytes,
    commands: commands.length,
  };
}

/** An operation before it is known what it moves. */
type Unweighed = Omit<StepOperation, 'work'> & Pick<StepWork, 'flops'>;

/** The parts in their order, with what lies between them. */
function operationsOf(
  model: Network,
  commands: readonly Command[],
  parts: readonly RecordedPart[],
): readonly Unweighed[] {
  const names = new Map<object, string>();
  for (const [name, parameter] of model.namedParameters()) names.set(parameter, name);
  const operations: Unweighed[] = [];
  const indexOf = new Map<object, number>();
  const first = firstOf(commands, parts);
  if (first > 0) operations.push({ ...notOnTape(commands, 0, first), pass: 'input' });
  let [next, stage]: [number, string | undefined] = [first, undefined];
  for (const { part, to } of parts) {
    const { pass, application, output, onTape } = part;
    const { op, inputs } = application;
    const parameter = inputs.map((input) => names.get(input)).find((name) => name !== undefined);
    const partner = indexOf.get(application);
    if (pass === 'backward') stage = partner === undefined ? undefined : operations[partner]?.stage;
    else if (parameter !== undefined) stage = model.stages.find((one) => isInStage(parameter, one))?.name;
    indexOf.set(application, operations.length);
    operations.push({
      ...{ pass, op, onTape, partner, to },
      module: parameter?.replace(/\.[^.]*$/, ''),
      stage: op === 'loss' ? undefined : stage,
      ...{ shape: output.shape, flops: flopsOf(part), convolution: convolutionOf(part) },
      from: next, // what prepares an operation, such as the statistics of a batch, belongs to it
    });
    next = to;
  }
  const end = commands.findLastIndex(({ kind }) => kind === 'run') + 1;
  if (end > next) operations.push({ ...notOnTape(commands, next, end), pass: 'update' });
  const read = Math.max(next, end);
  if (commands.length > read)
    operations.push({ ...notOnTape(commands, read, commands.length), pass: 'read' });
  return operations.map((operation, i) => {
    const { partner } = operation;
    if (operation.pass !== 'forward') return operation;
    const back = operations.findIndex((other) => other.pass === 'backward' && other.partner === i);
    return { ...operation, partner: back < 0 ? partner : back };
  });
}

function convolutionOf({ pass, application }: Part): StepConvolution | undefined {
  const { window, op, inputs } = application;
  const [x, weight] = inputs;
  // Pooling has a window and no weight; a convolution in groups has other kernels.
  if (!window || !x || weight?.shape.length !== 4 || op === 'groupedConv2d') return undefined;
  const [n = 0, h = 0, w = 0, c = 0] = x.shape;
  const { height: r, width: s, stride, padding } = window;
  const backward = [
    ...(x.requiresGrad ? (['gradient of x'] as const) : []),
    ...(weight.requiresGrad ? (['gradient of the weight'] as const) : []),
  ];
  return {
    sizes: { n, h, w, c, k: weight.shape[3] ?? 0, r, s, stride, padding },
    computes: pass === 'forward' ? ['result'] : backward,
    epilogue: op !== 'conv2dBatchNorm' ? 'none' : inputs.length > 4 ? 'norm + residual' : 'norm',
  };
}

/** Where the first operation begins: numbers that go up for it are its own. */
function firstOf(commands: readonly Command[], [first]: readonly RecordedPart[]): number {
  const from = first?.from ?? 0;
  return commands.slice(0, from).some(({ kind }) => kind === 'run') ? from : 0;
}

function notOnTape(commands: readonly Command[], from: number, to: number): Omit<Unweighed, 'pass'> {
  const runs = commands.slice(from, to).filter((command) => command.kind === 'run');
  return {
    ...{ op: runs.at(-1)?.kernel.name ?? 'copy', module: undefined, stage: undefined, shape: undefined },
    ...{ onTape: false, partner: undefined, from, to, flops: 0, convolution: undefined },
  };
}
