/** Sends a planned list of commands to the GPU, as one submission, or more where a host write must come after others or it takes long. */
import type { Command } from './command.ts';
import type { Memory } from './memory/memory.ts';
import type { PipelineCache } from './compile/pipelines.ts';
import type { Plan } from './memory/plan.ts';
import type { Profiler } from './profile.ts';
import type { Storage } from './storage.ts';
import type { Uniforms } from './uniforms.ts';

/** What is needed to send commands: all of it cached from one step to the next. */
export interface Machine {
  readonly device: GPUDevice;
  readonly memory: Memory;
  readonly pipelines: PipelineCache;
  readonly uniforms: Uniforms;
}

/**
 * Encodes and submits `commands`, whose kernels are compiled, whose parameters lie in the uniform buffer and for whose plan
 * the memory is there, at most `piece` dispatches in a submission. Returns the number of submissions.
 */
export function submit(
  machine: Machine,
  commands: readonly Command[],
  plan: Plan,
  piece: number,
  profiler: Profiler | undefined,
): number {
  const { device, memory, pipelines } = machine;
  renewBindGroups(machine, commands, plan);
  let submissions = 0;
  let encoder: GPUCommandEncoder | undefined;
  let pass: GPUComputePassEncoder | undefined;
  let bound: GPUComputePipeline | undefined;
  let runs = 0;
  let runsOfLast = 0;

  const endPass = (): void => {
    pass?.end();
    pass = bound = undefined;
  };
  const encode = (): GPUCommandEncoder => {
    endPass();
    return (encoder ??= device.createCommandEncoder());
  };
  const send = (): void => {
    endPass();
    if (!encoder) return;
    device.queue.submit([encoder.finish()]);
    encoder = undefined;
    submissions += 1;
    runsOfLast = runs;
  };
  const write = (storage: Storage, data: ArrayBufferView): void => {
    const { buffer, offset } = locate(storage, plan, memory);
    device.queue.writeBuffer(buffer, offset, data as GPUAllowSharedBufferSource);
  };
  for (const i of plan.early) {
    const command = commands[i];
    if (command?.kind === 'write') write(command.storages[0], command.data);
  }

  commands.forEach((command, i) => {
    switch (command.kind) {
      case 'run': {
        if (runs - runsOfLast >= piece) send();
        if (profiler) endPass();
        pass ??= encode().beginComputePass(profiler?.nextPass(command.kernel.name));
        const { pipeline } = pipelines.get(command.kernel);
        if (pipeline !== bound) pass.setPipeline((bound = pipeline));
        pass.setBindGroup(0, plan.bindGroups[runs]!); // there is one a run
        const [x, y = 1, z = 1] = command.grid;
        pass.dispatchWorkgroups(x, y, z);
        runs += 1;
        break;
      }
      case 'write':
        if (plan.early.has(i)) break;
        // A queue write happens before the commands of the next submission, so what came earlier must go out first.
        send();
        write(command.storages[0], command.data);
        break;
      case 'clear': {
        const { buffer, offset } = locate(command.storages[0], plan, memory);
        encode().clearBuffer(buffer, offset, command.storages[0].bytes);
        break;
      }
      case 'copy': {
        const [from, to] = command.storages.map((storage) => locate(storage, plan, memory));
        if (from && to)
          encode().copyBufferToBuffer(
            from.buffer,
            from.offset,
            to.buffer,
            to.offset,
            command.storages[0].bytes,
          );
        break;
      }
      case 'download': {
        const { buffer, offset } = locate(command.storages[0], plan, memory);
        encode().copyBufferToBuffer(buffer, offset, command.to, 0, command.storages[0].bytes);
        break;
      }
      case 'release':
        break; // takes effect when all is submitted
    }
  });
  endPass();
  if (profiler) profiler.resolve(encode()); // encoded anew where a write was last and sent what came before it
  send();
  return submissions;
}

/** Makes the plan's bind groups, unless it has those of the memory as it is. */
function renewBindGroups(
  { memory, pipelines, uniforms }: Machine,
  commands: readonly Command[],
  plan: Plan,
): void {
  const state = memory.generation + uniforms.generation; // both only ever grow
  if (plan.bindGroupsOf === state) return;
  const groups: GPUBindGroup[] = [];
  for (const command of commands) {
    if (command.kind !== 'run') continue;
    const ranges: GPUBufferBinding[] = command.storages.map((storage) => ({
      ...locate(storage, plan, memory),
      size: storage.bytes,
    }));
    if (command.kernel.params.length) ranges.push(uniforms.of(groups.length, command.kernel));
    groups.push(pipelines.bindGroup(command.kernel, ranges));
  }
  plan.bindGroups = groups;
  plan.bindGroupsOf = state;
}

/** The buffer that a storage lies in, and where. */
function locate({ allocation, offset }: Storage, plan: Plan, memory: Memory): GPUBufferRange {
  if (allocation.persistent) return { buffer: allocation.buffer!, offset }; // there as long as the plan's memory is
  const place = plan.places[allocation.slot]!; // there is one a temporary
  return { buffer: memory.buffer(place.buffer), offset: place.offset + offset };
}

interface GPUBufferRange {
  readonly buffer: GPUBuffer;
  readonly offset: number;
}
