/** A list of commands' temporaries as boxes, over time and over the workspace: what the planner made of them, to be looked at. */
import type { Command } from '../command.ts';
import type { Gpu } from '../gpu.ts';
import type { Allocation } from '../storage.ts';
import { forgetSlots, plannerFor } from './demand.ts';

/** A temporary of a list of commands: when it lives, and where the planner puts it. */
export interface Box {
  readonly label: string;
  /** Rounded up to the workspace's alignment. */
  readonly bytes: number;
  /** Numbers of the first and the last command that use it; of the list's first where a write of it goes out early. */
  readonly first: number;
  readonly last: number;
  /** Index of the workspace's buffer, and bytes from its start. */
  readonly buffer: number;
  readonly offset: number;
  readonly allocation: Allocation;
}

export interface BoxPlan {
  /** In the order of their first use. */
  readonly boxes: readonly Box[];
  /** Bytes of each buffer of the workspace. */
  readonly sizes: readonly number[];
  /** The most bytes of boxes that are alive at one time: no plan takes less. */
  readonly peakBytes: number;
}

/** The plan by which `gpu` would run `commands`, which were rehearsed there. */
export function boxesOf(gpu: Gpu, commands: readonly Command[]): BoxPlan {
  const { plan, temporaries } = plannerFor(gpu).plan(commands);
  const { spans, places, sizes, peakBytes } = plan;
  const boxes = temporaries.map((allocation, i): Box => {
    const [span, place] = [spans[i], places[i]];
    if (!span || !place) throw new Error('A plan has a place for every temporary.');
    return { ...span, ...place, label: allocation.label, allocation };
  });
  forgetSlots(temporaries);
  return { boxes, sizes, peakBytes };
}
