/** How much memory work is going to take, told from its recording by the planner that places it when it is run. */
import type { Command } from '../command.ts';
import type { Gpu } from '../gpu.ts';
import type { Kernel } from '../kernel.ts';
import type { Allocation } from '../storage.ts';
import { Planner } from './plan.ts';

export interface MemoryUse {
  /** Bytes that last: parameters, gradients, moments, features, photos. */
  readonly persistentBytes: number;
  /** Bytes of the workspace, in which the temporaries of one scope after the other lie. */
  readonly workspaceBytes: number;
}

/**
 * What is allocated on `gpu` once these scopes, which were rehearsed there, have run one after the other: all persistent memory that
 * they use and do not release, and a workspace in which each of them finds room.
 */
export function memoryOf(gpu: Gpu, scopes: readonly (readonly Command[])[]): MemoryUse {
  const planner = plannerFor(gpu);
  const persistent = new Set<Allocation>();
  const sizes: number[] = [];
  for (const commands of scopes) {
    const { plan, temporaries } = planner.plan(commands);
    plan.sizes.forEach((bytes, i) => (sizes[i] = Math.max(sizes[i] ?? 0, bytes)));
    for (const allocation of plan.persistent) persistent.add(allocation);
    for (const { kind, storages } of commands)
      if (kind === 'release') persistent.delete(storages[0].allocation);
    forgetSlots(temporaries);
  }
  return {
    persistentBytes: [...persistent].reduce((sum, { bytes }) => sum + bytes, 0),
    workspaceBytes: sizes.reduce((sum, bytes) => sum + bytes, 0),
  };
}

/** A planner of its own, which knows no plans yet. */
export function plannerFor(gpu: Gpu): Planner {
  const kernels = new Map<Kernel, number>();
  const numberOf = (kernel: Kernel) => {
    const number = kernels.get(kernel) ?? kernels.size;
    kernels.set(kernel, number);
    return number;
  };
  return new Planner(numberOf, gpu.device.limits.maxBufferSize);
}

/** Makes a recording what it was before it was planned: it may be planned again. */
export function forgetSlots(temporaries: readonly Allocation[]): void {
  for (const allocation of temporaries) allocation.slot = -1;
}
