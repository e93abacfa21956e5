/**
 * Compiling where the driver leaves it to a pipeline's first dispatch (see first-dispatch.ts). lavapipe does that in one
 * thread per device, for ten seconds and more before a first training step, while other cores stand idle. But all devices of
 * an adapter share the driver's cache: what a twin has compiled, the device itself only has to load. Where the cache is
 * warm from an earlier run no twin is needed, so twins are opened once it is seen that it is not.
 */
import { createPipeline, type CreatedPipeline } from './create-pipeline.ts';
import { FirstDispatch } from './first-dispatch.ts';
import type { Kernel } from '../kernel.ts';

/** Further devices of the same adapter, whose driver shares a cache among them. */
export interface Twins {
  /** How many may be open at once. */
  readonly count: number;
  open(): Promise<GPUDevice>;
}

interface Job {
  readonly kernel: Kernel;
  readonly created: CreatedPipeline;
  readonly done: () => void;
  readonly failed: (reason: unknown) => void;
}

/** Kernels of a warm cache are loaded in less. */
const PATIENCE_MS = 100;

export class LazyDriver {
  private readonly own: FirstDispatch;
  /** Not started yet. */
  private readonly waiting: Job[] = [];
  /** A twin has compiled these. */
  private readonly cached: Job[] = [];
  /** What each twin is at; resolves when it turns to something else. */
  private readonly twinsAtWork = new Set<Promise<void>>();
  private working = false;

  constructor(
    device: GPUDevice,
    private readonly twins: Twins | undefined,
    /** Milliseconds before twins are opened. */
    private readonly patience = PATIENCE_MS,
  ) {
    this.own = new FirstDispatch(device);
  }

  /** Resolves when the driver is done with the pipeline that was created for `kernel`. */
  compile(kernel: Kernel, created: CreatedPipeline): Promise<void> {
    return new Promise((done, failed) => {
      this.waiting.push({ kernel, created, done, failed });
      if (!this.working) void this.work();
    });
  }

  /** One kernel after the other on the device itself, until none is left anywhere. */
  private async work(): Promise<void> {
    this.working = true;
    const begin = performance.now();
    let opened = 0;
    for (;;) {
      const job = this.cached.shift() ?? takeLongest(this.waiting);
      if (job) await this.own.of(job.kernel, job.created).then(job.done, job.failed);
      else if (this.twinsAtWork.size > 0) await Promise.race(this.twinsAtWork);
      else break;
      if (!this.twins || performance.now() - begin < this.patience) continue;
      while (opened < Math.min(this.twins.count, this.waiting.length - 1)) {
        opened += 1;
        this.atWork(this.open(this.twins));
      }
    }
    this.working = false;
  }

  /** A twin is a help and no more: where it cannot be had, or fails, the device itself does the work. */
  private async open(twins: Twins): Promise<void> {
    const device = await twins.open().catch(() => undefined);
    if (device) this.atWork(this.workOn(device, new FirstDispatch(device)));
  }

  /** One kernel on a twin, then the next, until all are started. */
  private async workOn(device: GPUDevice, dispatch: FirstDispatch): Promise<void> {
    const job = takeLongest(this.waiting);
    if (!job) return device.destroy();
    try {
      await dispatch.of(job.kernel, await createPipeline(device, job.kernel));
    } catch {
      this.waiting.push(job);
      return device.destroy();
    }
    this.cached.push(job);
    this.atWork(this.workOn(device, dispatch));
  }

  private atWork(work: Promise<void>): void {
    this.twinsAtWork.add(work);
    void work.finally(() => this.twinsAtWork.delete(work));
  }
}

/** Long texts compile for long; started late, one of them would be waited for alone. */
function takeLongest(jobs: Job[]): Job | undefined {
  let longest = 0;
  jobs.forEach(({ kernel }, i) => {
    if (kernel.code.length > (jobs[longest]?.kernel.code.length ?? 0)) longest = i;
  });
  return jobs.splice(longest, 1)[0];
}
