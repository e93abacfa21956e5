// What can be measured, and what comes of it. A benchmark opens a subject, which holds its buffers while it takes turns with
// the other subjects of its group; a row is what the turns gave.
import type { Gpu } from '../gpu/index.ts';

/** What a call must do, whatever the kernel: the floating-point operations of the plain formula, and bytes read and written once. */
export interface Work {
  readonly flops: number;
  readonly bytes: number;
}

/** One measurement, in milliseconds a call. */
export interface Sample {
  /** From the first line of JavaScript until the GPU is done. */
  readonly wall: number;
  /** JavaScript from there to the submit. */
  readonly host?: number;
  /** By the adapter's own timestamps, kernels only. */
  readonly gpu?: number;
  /**
   * Processor time of this process, kernels included where the adapter is a CPU: other programs disturb it less than they do the
   * clock on the wall.
   */
  readonly cpu?: number;
}

/** How samples are timed in the place where they are taken. */
export interface Timing {
  /** How long a sample should last, in milliseconds, so that the wait's nap does not count. */
  readonly minMilliseconds: number;
  /** How coarse the clocks are, where that would show: samples are repeated until it does not. */
  readonly grain?: Grain;
  /** Processor time that this process has used so far, in milliseconds, where it may know. */
  readonly processorTime?: () => number;
}

/** The smallest step of a clock, in milliseconds. */
export interface Grain {
  /** Of `performance.now()`. */
  readonly wall: number;
  /** Of the adapter's timestamps; absent where it has none. */
  readonly gpu?: number;
}

/** A sample lasts so many steps of its clock: what that rounds is then half a percent of it. */
export const STEPS_A_SAMPLE = 200;

/** An open benchmark. */
export interface Subject {
  /** Milliseconds of a call that compiled and counts for nothing, where there was one. */
  readonly firstCall?: number;
  sample(): Promise<Sample>;
  /** What a whole network's row says beyond times; asked for once, after the last sample. */
  facts?(): Promise<ModelFacts>;
  close(): void;
}

/** A row's name: no two rows of a run share all three. */
export interface RowName {
  /** Such as `conv2d.forward`. */
  readonly operation: string;
  /** Such as `layer1 8×128²`. */
  readonly shape: string;
  /** Which of several kernels was asked for; absent if the engine chooses, as it does in a network. */
  readonly asked?: string;
}

export interface Benchmark extends RowName {
  /** The kernel that runs, or what else distinguishes the row. */
  readonly variant: string;
  /** Absent where it says nothing, such as for a latency. */
  readonly work?: Work;
  /** Images a call, where the row is a network's. */
  readonly images?: number;
  /** What the rung of a ladder teaches, in a line. */
  readonly lesson?: string;
  /** Rows of one group are measured in turns, and shown together. */
  readonly group: string;
  /** Rows that take long run only where they are asked for by name, or in any run but a quick one; all others always. */
  readonly when?: 'asked' | 'not quick';
  /** Rounds at most, where a sample takes seconds. */
  readonly rounds?: number;
  open(gpu: Gpu, timing: Timing): Promise<Subject>;
}

/** What one step of a network takes beside time. Bytes are those of buffers on the GPU. */
export interface ModelFacts {
  readonly dispatches: number;
  readonly submissions: number;
  /** What lasts between steps, and the most that exists within one. */
  readonly bytesBetween: number;
  readonly bytesPeak: number;
  /** What any engine needs that computes nothing twice and takes a batch as a whole (see models/memory.ts). */
  readonly needed: NeededMemory;
}

/** Bytes. */
export interface NeededMemory {
  /** And running statistics. */
  readonly parameters: number;
  /** Gradients, and the optimizer's moments. */
  readonly optimizer: number;
  /** Kept for the backward pass. */
  readonly activations: number;
  /** Alive at one time in the forward pass beyond those. */
  readonly passing: number;
}

/** All of it, in bytes. */
export const totalNeeded = ({ parameters, optimizer, activations, passing }: NeededMemory): number =>
  parameters + optimizer + activations + passing;

/** What was measured, as the JSON file has it. */
export interface Row extends RowName {
  readonly variant: string;
  readonly work?: Work;
  readonly images?: number;
  readonly lesson?: string;
  readonly group: string;
  /** Milliseconds a call, one a round. */
  readonly wall: readonly number[];
  readonly host?: readonly number[];
  readonly gpu?: readonly number[];
  readonly cpu?: readonly number[];
  /** The first call in milliseconds: it compiles what no earlier row has compiled. Absent where every sample is a first call. */
  readonly firstCall?: number;
  readonly facts?: ModelFacts;
}

/** The name as one text, by which rows are filtered and compared. */
export const idOf = ({ operation, shape, asked }: RowName): string =>
  [operation, shape, ...(asked === undefined ? [] : [asked])].join(' ');
