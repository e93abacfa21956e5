/**
 * A plan says where the temporaries of a list of commands lie and keeps the bind groups that follow from it. Making one
 * takes longer than recording the list, so plans are kept: training steps repeat, and a list that names the same kernels
 * on the same memory in the same order as an earlier one is sent by the earlier one's plan.
 *
 * What makes two lists the same is written into a signature, all of it and nothing but numbers: the kernels, the identity of
 * persistent memory (never used twice), the sizes and the order of temporaries. Whatever else differs, such as parameters,
 * grids and uploaded values, does not touch the plan.
 */
import type { Command } from '../command.ts';
import type { Kernel } from '../kernel.ts';
import { peakBytes, placeSpans, type Placement, type Span } from './placement.ts';
import { align, type Allocation } from '../storage.ts';

export interface Plan extends Placement {
  readonly signature: readonly number[];
  /** When each temporary lives. */
  readonly spans: readonly Span[];
  /** Bytes of the temporaries that are alive at one time, at the most. */
  readonly peakBytes: number;
  /** Persistent memory that the commands use. */
  readonly persistent: readonly Allocation[];
  /** Indices of writes that may go out before everything else: the first uses of temporaries. */
  readonly early: ReadonlySet<number>;
  /** Those of the runs in their order, as of a state of the memory that `bindGroupsOf` names. */
  bindGroups: readonly GPUBindGroup[];
  bindGroupsOf: number;
  /** How long the GPU was at a list that went by it, the last time that this was seen. */
  seconds: number | undefined;
  /** When it was last used, counted in plans asked for. */
  lastUse: number;
}

/** Enough for training, validation and the last, smaller batch of each, several times over. */
const KEPT = 16;
/** A plan that so many lists went without keeps no memory when more is asked for. */
const IDLE = 64;

export class Planner {
  /** Plans made, and lists that were sent by an earlier one's. */
  made = 0;
  reused = 0;
  private plans: Plan[] = [];
  private clock = 0;

  constructor(
    /** A number for a kernel, the same for equal texts only. */
    private readonly idOf: (kernel: Kernel) => number,
    /** The most bytes of a buffer. */
    private readonly limit: number,
  ) {}

  /** The plan for `commands`, and their temporaries, which get their `slot`: the index of their place. */
  plan(commands: readonly Command[]): { plan: Plan; temporaries: readonly Allocation[] } {
    const { signature, temporaries } = this.describe(commands);
    this.clock += 1;
    let plan = this.plans.find((known) => sameNumbers(known.signature, signature));
    if (plan) this.reused += 1;
    else {
      plan = this.make(commands, signature, temporaries);
      this.keep(plan);
    }
    plan.lastUse = this.clock;
    return { plan, temporaries };
  }

  /** Bytes of each buffer of the workspace that serves all plans in use; what was idle for long is forgotten. */
  workspace(): readonly number[] {
    this.plans = this.plans.filter(({ lastUse }) => this.clock - lastUse < IDLE);
    const sizes: number[] = [];
    for (const plan of this.plans)
      plan.sizes.forEach((bytes, i) => (sizes[i] = Math.max(sizes[i] ?? 0, bytes)));
    return sizes;
  }

  /** The most bytes of temporaries that any plan in use has alive at one time. */
  get peakBytes(): number {
    return Math.max(0, ...this.plans.map((plan) => plan.peakBytes));
  }

  /** Forgets all plans but `plan`. */
  forget(plan?: Plan): void {
    this.plans = plan ? [plan] : [];
  }

  private keep(plan: Plan): void {
    if (this.plans.length === KEPT) {
      const oldest = Math.min(...this.plans.map(({ lastUse }) => lastUse));
      this.plans = this.plans.filter(({ lastUse }) => lastUse !== oldest);
    }
    this.plans.push(plan);
  }

  private make(
    commands: readonly Command[],
    signature: readonly number[],
    temporaries: readonly Allocation[],
  ): Plan {
    this.made += 1;
    const early = earlyWrites(commands);
    const spans = spansOf(commands, temporaries, early);
    const persistent = new Set<Allocation>();
    for (const { kind, storages } of commands) {
      if (kind === 'release') continue;
      for (const { allocation } of storages) if (allocation.persistent) persistent.add(allocation);
    }
    return {
      signature,
      spans,
      ...placeSpans(spans, apartOf(commands, temporaries.length), this.limit),
      peakBytes: peakBytes(spans),
      persistent: [...persistent],
      early,
      bindGroups: [],
      bindGroupsOf: -1,
      seconds: undefined,
      lastUse: this.clock,
    };
  }

  /** All that a plan depends on. Numbers temporaries in the order of their first use. */
  private describe(commands: readonly Command[]): { signature: number[]; temporaries: Allocation[] } {
    const signature: number[] = [];
    const temporaries: Allocation[] = [];
    for (const command of commands) {
      signature.push(command.kind === 'run' ? this.idOf(command.kernel) : codes[command.kind]);
      for (const { allocation, offset, bytes } of command.storages) {
        // Ranges matter to bind groups alone: a copy of other rows of the same memory reuses the plan.
        if (allocation.persistent) signature.push(allocation.id);
        else {
          if (allocation.slot < 0) allocation.slot = temporaries.push(allocation) - 1;
          signature.push(-1 - allocation.slot, allocation.bytes);
        }
        if (command.kind === 'run') signature.push(offset, bytes);
      }
    }
    return { signature, temporaries };
  }
}

/** Kinds of commands beside runs, which are told by their kernel's number from 0 on. */
const codes = { write: -1, clear: -2, release: -3, copy: -4, download: -5 } as const;

function sameNumbers(a: readonly number[], b: readonly number[]): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/**
 * The writes that may go out before everything else: those that are the first use of a temporary allocation. Done where
 * they stand, each would cut the submission in two.
 */
function earlyWrites(commands: readonly Command[]): Set<number> {
  const used = new Set<Allocation>();
  const early = new Set<number>();
  commands.forEach(({ kind, storages }, i) => {
    if (kind === 'write' && !storages[0].allocation.persistent && !used.has(storages[0].allocation))
      early.add(i);
    for (const { allocation } of storages) used.add(allocation);
  });
  return early;
}

/** From when to when each temporary lives; what is written early lives from the start. */
function spansOf(
  commands: readonly Command[],
  temporaries: readonly Allocation[],
  early: ReadonlySet<number>,
): Span[] {
  const spans = temporaries.map(({ bytes }) => ({ bytes: align(bytes), first: Infinity, last: -1 }));
  commands.forEach(({ storages }, i) => {
    for (const { allocation } of storages) {
      const span = spans[allocation.slot];
      if (!span) continue;
      span.first = Math.min(span.first, early.has(i) ? 0 : i);
      span.last = i;
    }
  });
  return spans;
}

/** For each temporary those that may not share a buffer with it: a command reads one of the two and writes the other. */
function apartOf(commands: readonly Command[], count: number): Set<number>[] {
  const apart = Array.from({ length: count }, () => new Set<number>());
  for (const command of commands) {
    if (command.kind !== 'run' && command.kind !== 'copy') continue;
    const slots = command.storages.map(({ allocation }) => allocation.slot);
    const writes = (i: number) =>
      command.kind === 'copy' ? i === 1 : command.kernel.bindings[i]?.[1].access === 'write';
    slots.forEach((a, i) =>
      slots.forEach((b, j) => {
        if (a !== b && writes(i) !== writes(j)) apart[a]?.add(b);
      }),
    );
  }
  return apart;
}
