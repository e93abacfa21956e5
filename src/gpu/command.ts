/**
 * What host code records: a list of commands. Nothing of it reaches the GPU until the outermost scope ends; by then the
 * list is complete, so that it can be planned as a whole (memory/plan.ts) and go out in one piece (submit.ts).
 */
import { GpuError } from './errors.ts';
import { MAX_PARAMS_BYTES, MAX_WORKGROUPS, type Grid, type Kernel } from './kernel.ts';
import type { Storage } from './storage.ts';

export type Command =
  RunCommand | WriteCommand | ClearCommand | ReleaseCommand | CopyCommand | DownloadCommand;

export interface RunCommand {
  readonly kind: 'run';
  readonly kernel: Kernel;
  readonly storages: readonly Storage[];
  readonly params: readonly number[];
  readonly grid: Grid;
}

export interface WriteCommand {
  readonly kind: 'write';
  readonly storages: readonly [Storage];
  readonly data: ArrayBufferView;
}

interface ClearCommand {
  readonly kind: 'clear';
  readonly storages: readonly [Storage];
}

interface ReleaseCommand {
  readonly kind: 'release';
  readonly storages: readonly [Storage];
}

interface CopyCommand {
  readonly kind: 'copy';
  /** From, to. */
  readonly storages: readonly [Storage, Storage];
}

interface DownloadCommand {
  readonly kind: 'download';
  readonly storages: readonly [Storage];
  readonly to: GPUBuffer;
  /** Called once the copy is on its way, with what to call once it has come; or once it is known that it never will be. */
  readonly submitted: (done: () => void) => void;
  readonly dropped: (reason: unknown) => void;
}

/**
 * One run of a kernel; see `Gpu.run`. `limit` is the most bytes that the adapter binds. Throws `GpuError` if a storage
 * exceeds it or the grid WebGPU's limit, `TypeError` for bindings and parameters that are missing, `RangeError` for too many.
 */
export function runCommand<B extends string, P extends string>(
  kernel: Kernel<B, P>,
  bindings: Readonly<Record<B, Storage>>,
  params: Readonly<Record<P, number>>,
  grid: Grid,
  limit: number,
): RunCommand {
  if (kernel.params.length * 4 > MAX_PARAMS_BYTES)
    throw new RangeError(`${kernel.name} has too many parameters.`);
  const values: number[] = [];
  for (const [name] of kernel.params) {
    const value = params[name];
    if (typeof value !== 'number') throw new TypeError(`${kernel.name}: parameter "${name}" is missing.`);
    values.push(value);
  }
  for (const side of grid) {
    if (side === undefined || (Number.isInteger(side) && side >= 1 && side <= MAX_WORKGROUPS)) continue;
    throw new GpuError(
      `${kernel.name}: a grid of ${grid.join(' × ')} workgroups is out of range (1 to ${MAX_WORKGROUPS} a side): use a smaller batch or image size.`,
    );
  }
  const storages: Storage[] = [];
  for (const [name] of kernel.bindings) {
    const storage: Storage | undefined = bindings[name];
    if (!storage) throw new TypeError(`${kernel.name}: binding "${name}" is missing.`);
    if (storage.bytes > limit) {
      throw new GpuError(
        `${kernel.name}: "${name}" has ${storage.bytes} bytes, but this adapter binds at most ${limit}: use a smaller batch or image size.`,
      );
    }
    storages.push(storage);
  }
  return { kind: 'run', kernel, storages, params: values, grid };
}

/** The runs of kernels among commands, in their order. */
export const runsOf = (commands: readonly Command[]): RunCommand[] =>
  commands.filter((command) => command.kind === 'run');

/** Fails the reads among commands that will never run. */
export function drop(commands: readonly Command[], reason: unknown): void {
  for (const command of commands) if (command.kind === 'download') command.dropped(reason);
}

/** Throws `GpuError` if a command uses memory that has been given to something else. */
export function refuseFreed(commands: readonly Command[]): void {
  for (const command of commands) {
    if (command.kind === 'release') continue;
    for (const { allocation } of command.storages) {
      if (!allocation.freed) continue;
      const use = command.kind === 'run' ? command.kernel.name : command.kind;
      throw new GpuError(
        `${use}: "${allocation.label}" was freed when its scope ended or by release(): read it or copy it to persistent memory before.`,
      );
    }
  }
}
