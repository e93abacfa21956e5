/**
 * The command stream. Host code records commands; nothing reaches the GPU until the outermost scope ends. By then the
 * whole list is known, so every temporary allocation gets a buffer from its first use to its last one and no longer,
 * and the list goes out as one submission (more only where a host write must come after earlier commands).
 */
import { GpuError } from './errors.ts';
import type { BufferPool } from './pool.ts';
import type { Kernel, Grid } from './kernel.ts';
import type { PipelineCache } from './pipelines.ts';
import type { Profiler } from './profile.ts';
import type { Allocation, Storage } from './storage.ts';

export type Command =
  | {
      readonly kind: 'run';
      readonly kernel: Kernel;
      readonly storages: readonly Storage[];
      readonly params: readonly number[];
      readonly grid: Grid;
    }
  | WriteCommand
  | { readonly kind: 'clear'; readonly storage: Storage }
  | { readonly kind: 'release'; readonly storage: Storage }
  | { readonly kind: 'copy'; readonly from: Storage; readonly to: Storage }
  | {
      readonly kind: 'download';
      readonly from: Storage;
      readonly to: GPUBuffer;
      /** Called once the copy is on its way, or once it is known that it never will be. */
      readonly submitted: () => void;
      readonly dropped: (reason: unknown) => void;
    };

interface WriteCommand {
  readonly kind: 'write';
  readonly storage: Storage;
  readonly data: ArrayBufferView;
}

/** Dynamic offsets of uniforms come in steps of this; a kernel's parameters must fit one step. */
export const UNIFORM_STRIDE = 256;

function storagesOf(command: Command): readonly Storage[] {
  switch (command.kind) {
    case 'run':
      return command.storages;
    case 'copy':
      return [command.from, command.to];
    case 'download':
      return [command.from];
    default:
      return [command.storage];
  }
}

/** The index of the last command that uses each allocation. */
function lastUses(commands: readonly Command[]): Map<Allocation, number> {
  const last = new Map<Allocation, number>();
  commands.forEach((command, i) => storagesOf(command).forEach(({ allocation }) => last.set(allocation, i)));
  return last;
}

/** Throws `GpuError` where a command uses memory that is another's by now. */
function refuseFreed(commands: readonly Command[]): void {
  for (const command of commands) {
    if (command.kind === 'release') continue;
    for (const { allocation } of storagesOf(command)) {
      if (!allocation.freed) continue;
      const use = command.kind === 'run' ? command.kernel.name : command.kind;
      throw new GpuError(
        `${use}: "${allocation.label}" was freed when its scope ended or by release(): read it or copy it to persistent memory before.`,
      );
    }
  }
}

/**
 * The writes that may go out before everything else: those that are the first use of a temporary allocation. Done where
 * they stand, each would cut the submission in two.
 */
function writesAhead(commands: readonly Command[]): Set<WriteCommand> {
  const used = new Set<Allocation>();
  const ahead = new Set<WriteCommand>();
  for (const command of commands) {
    if (command.kind === 'write') {
      const { allocation } = command.storage;
      if (!allocation.persistent && !allocation.buffer && !used.has(allocation)) ahead.add(command);
    }
    for (const { allocation } of storagesOf(command)) used.add(allocation);
  }
  return ahead;
}

/** Packs the parameters of all kernels into one block, `UNIFORM_STRIDE` bytes each. */
export function packParams(commands: readonly Command[]): Uint8Array {
  const runs = commands.filter((c) => c.kind === 'run');
  const block = new DataView(new ArrayBuffer(Math.max(1, runs.length) * UNIFORM_STRIDE));
  runs.forEach(({ kernel, params }, i) => {
    kernel.params.forEach(([name, type], j) => {
      const at = i * UNIFORM_STRIDE + j * 4;
      const value = params[j]!; // one value a parameter, checked when it was recorded
      if (type === 'f32') block.setFloat32(at, value, true);
      else if (!Number.isInteger(value))
        throw new RangeError(`${kernel.name}: ${name} = ${value} is not a whole number.`);
      else if (type === 'i32') block.setInt32(at, value, true);
      else block.setUint32(at, value, true);
    });
  });
  return new Uint8Array(block.buffer);
}

/**
 * Encodes and submits `commands`, whose kernels are compiled and whose parameters lie in the uniform buffer; returns the
 * number of submissions. Throws `GpuError` where they use memory that was freed before.
 */
export function submit(
  device: GPUDevice,
  commands: readonly Command[],
  pool: BufferPool,
  pipelines: PipelineCache,
  profiler: Profiler | undefined,
): number {
  refuseFreed(commands);
  const last = lastUses(commands);
  const early = writesAhead(commands);
  let submissions = 0;
  let encoder: GPUCommandEncoder | undefined;
  let pass: GPUComputePassEncoder | undefined;
  let uniform = 0;

  const encode = (): GPUCommandEncoder => (encoder ??= device.createCommandEncoder());
  const endPass = (): void => {
    pass?.end();
    pass = undefined;
  };
  const send = (): void => {
    endPass();
    if (!encoder) return;
    device.queue.submit([encoder.finish()]);
    encoder = undefined;
    submissions += 1;
  };
  const write = ({ storage, data }: WriteCommand): void => {
    storage.allocation.buffer ??= pool.take(storage.allocation.bytes);
    device.queue.writeBuffer(bufferOf(storage), storage.offset, data as GPUAllowSharedBufferSource);
  };
  for (const command of early) write(command);

  commands.forEach((command, i) => {
    const storages = storagesOf(command).filter(({ allocation }) => !allocation.freed);
    for (const { allocation } of storages) allocation.buffer ??= pool.take(allocation.bytes);
    switch (command.kind) {
      case 'run': {
        if (profiler) endPass();
        pass ??= encode().beginComputePass(profiler?.nextPass(command.kernel.name));
        const pipeline = pipelines.get(command.kernel);
        pass.setPipeline(pipeline.pipeline);
        const group = pipelines.bindGroup(command.kernel, pipeline, command.storages);
        if (command.kernel.params.length) pass.setBindGroup(0, group, [uniform * UNIFORM_STRIDE]);
        else pass.setBindGroup(0, group);
        pass.dispatchWorkgroups(...command.grid);
        uniform += 1;
        break;
      }
      case 'write':
        if (early.has(command)) break;
        // A queue write happens before the commands of the next submission, so what came earlier must go out first.
        send();
        write(command);
        break;
      case 'clear':
        endPass();
        encode().clearBuffer(bufferOf(command.storage), command.storage.offset, command.storage.bytes);
        break;
      case 'release':
        command.storage.allocation.persistent = false; // this is its last use, so it goes back below
        break;
      case 'copy': {
        endPass();
        const { from, to } = command;
        encode().copyBufferToBuffer(bufferOf(from), from.offset, bufferOf(to), to.offset, from.bytes);
        break;
      }
      case 'download': {
        endPass();
        const { from, to } = command;
        encode().copyBufferToBuffer(bufferOf(from), from.offset, to, 0, from.bytes);
        break;
      }
    }
    for (const { allocation } of storages) {
      if (allocation.persistent || !allocation.buffer || last.get(allocation) !== i) continue;
      pool.give(allocation.buffer);
      allocation.buffer = undefined;
      allocation.freed = true;
    }
  });
  endPass();
  if (profiler) profiler.resolve(encode()); // encoded anew where a write was last and sent what came before it
  send();
  return submissions;
}

function bufferOf(storage: Storage): GPUBuffer {
  return storage.allocation.buffer!.gpuBuffer; // every command's allocations have their buffers while it is encoded
}
