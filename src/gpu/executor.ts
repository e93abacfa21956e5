/**
 * Carries out lists of commands: compiles what they lack, plans their memory or finds the plan of the last time, makes room
 * and submits. What it keeps from one list to the next is all that makes a step that repeats cheap.
 */
import { refuseFreed, runsOf, type Command } from './command.ts';
import type { Kernel } from './kernel.ts';
import { Memory } from './memory/memory.ts';
import { PipelineCache, type CompileProgress } from './compile/pipelines.ts';
import { Planner, type Plan } from './memory/plan.ts';
import { Pace, type Sent } from './pace.ts';
import type { Profiler } from './profile.ts';
import { submit } from './submit.ts';
import { Uniforms } from './uniforms.ts';

/** What the engine holds and has done so far: sizes in bytes. */
export interface GpuStatistics {
  /** Buffers and bytes that exist: persistent memory, and the workspace that all scopes share. */
  readonly buffers: number;
  readonly bytes: number;
  readonly persistentBytes: number;
  /**
   * What the scopes of late could not do without: persistent memory, and as many bytes as the temporaries of one of them
   * hold at one time at the most. `bytes` exceeds it by what the workspace wastes.
   */
  readonly leastBytes: number;
  /** Since the `Gpu` was made. */
  readonly dispatches: number;
  readonly submissions: number;
  /** Plans made for lists of commands, and lists that could reuse an earlier plan. */
  readonly plans: number;
  readonly replays: number;
}

export class Executor {
  onCompile: CompileProgress | undefined;
  /** Takes the time of each dispatch where it is set. */
  profiler: Profiler | undefined;
  private readonly memory: Memory;
  private readonly pipelines: PipelineCache;
  private readonly planner: Planner;
  private readonly uniforms: Uniforms;
  private readonly pace: Pace;
  private dispatches = 0;
  private submissions = 0;

  constructor(
    private readonly device: GPUDevice,
    private readonly wait: <T>(promise: Promise<T>) => Promise<T>,
    compiling: ConstructorParameters<typeof PipelineCache>[1],
    now: () => number,
  ) {
    this.pace = new Pace(now);
    this.uniforms = new Uniforms(device);
    this.pipelines = new PipelineCache(device, compiling);
    this.planner = new Planner((kernel) => this.pipelines.get(kernel).id, device.limits.maxBufferSize);
    this.memory = new Memory(device, wait);
  }

  get statistics(): GpuStatistics {
    const { memory, planner, dispatches, submissions } = this;
    const { persistentBytes } = memory;
    const leastBytes = persistentBytes + planner.peakBytes;
    const { made: plans, reused: replays } = planner;
    return { ...memory.size, persistentBytes, leastBytes, dispatches, submissions, plans, replays };
  }

  /** Compiles the kernels that are not compiled yet; rejects as `PipelineCache.compile` does. */
  async compile(kernels: readonly Kernel[]): Promise<void> {
    if (!this.pipelines.has(kernels)) await this.wait(this.pipelines.compile(kernels, this.onCompile));
  }

  /**
   * Submits `commands`; resolves when they are on their way, after which their temporaries are dead, and what they release. Call the
   * result with `done` once the GPU has done them, if that is seen: how long they took decides in how many submissions the next go out.
   * Rejects with `GpuError` if they use memory that was freed, a kernel does not compile or there is no room; what they
   * release is dead then too.
   */
  async execute(commands: readonly Command[]): Promise<Sent> {
    const { memory } = this;
    try {
      return await this.send(commands);
    } finally {
      for (const { kind, storages } of commands)
        if (kind === 'release') memory.release(storages[0].allocation);
    }
  }

  /** What `execute` sent is known to be done. */
  done(sent: Sent): void {
    this.pace.done(sent);
  }

  private async send(commands: readonly Command[]): Promise<Sent> {
    const { device, memory, pipelines, planner, uniforms, pace } = this;
    refuseFreed(commands);
    const kernels = runsOf(commands).map(({ kernel }) => kernel);
    await this.compile(kernels);
    const { plan, temporaries } = planner.plan(commands);
    while (!memory.meets(plan)) await this.makeRoom(plan);
    uniforms.upload(commands);
    const piece = pace.pieceOf(plan, kernels.length);
    const sent = pace.sent(plan);
    this.submissions += submit({ device, memory, pipelines, uniforms }, commands, plan, piece, this.profiler);
    this.dispatches += kernels.length;
    for (const allocation of temporaries) allocation.freed = true;
    return sent;
  }

  /** Frees what is kept for the next lists. */
  trim(): void {
    this.planner.forget();
    this.memory.trim();
  }

  /** Makes the memory that a plan lacks, and room for it where there is none; sees to the workspace as a whole. */
  private makeRoom(plan: Plan): Promise<void> {
    const { planner } = this;
    const { persistent } = plan;
    return this.memory.provide({ persistent, sizes: planner.workspace() }, () => {
      planner.forget(plan);
      return plan;
    });
  }
}
