/**
 * The machine that everything else stands on: it records kernel runs and copies, submits them, and reads results back.
 *
 *     const y = await gpu.scope(() => {
 *       const x = gpu.upload(new Float32Array([1, 2, 3]));
 *       const y = gpu.temporary(12);
 *       gpu.run(double, { x, y }, { count: 3 }, [1]);
 *       return gpu.read(y);            // a promise of the values; recorded like any other command
 *     });
 *
 * A scope is a unit of work such as a training step: commands recorded in the outermost scope are compiled, planned
 * and submitted together when it ends, and what was allocated in it with `temporary` or `upload` is free again.
 */
import type { Autotuned } from './autotuned.ts';
import { drop, runCommand, runsOf, type Command, type RunCommand } from './command.ts';
import { Faults, GpuError } from './errors.ts';
import { Executor, type GpuStatistics } from './executor.ts';
import type { Grid, Kernel } from './kernel.ts';
import type { Twins } from './compile/lazy-driver.ts';
import type { CompileProgress } from './compile/pipelines.ts';
import type { PartListener } from './part.ts';
import type { DispatchTime, KernelTime } from './profile.ts';
import { Storage, type Allocation } from './storage.ts';
import { traitsOf, type AdapterInfo, type DeviceTraits } from './traits.ts';
import { COPY_DST, MAP_READ } from './usage.ts';

/** Waits for a promise of the GPU without burning the core that a software adapter needs; the platform's affair. */
export type Waiter = <T>(promise: Promise<T>) => Promise<T>;

/** What a platform hands in, and what tests pretend; a device alone is enough. */
export interface GpuOptions {
  readonly wait?: Waiter;
  readonly onCompile?: CompileProgress;
  /** Further devices to compile on, where the driver of a software adapter shares what it has compiled among devices. */
  readonly twins?: Twins | undefined;
  /** What the adapter says of itself, where a browser's device does not know. */
  readonly adapterInfo?: AdapterInfo | undefined;
  /** Pretend that the adapter binds no more bytes than this at once: for tests of what happens past the limit. */
  readonly maxBindingBytes?: number;
  /** The same of how many storages a kernel binds. */
  readonly maxStorages?: number;
  /** A clock in milliseconds, to pretend that work takes its time. */
  readonly now?: () => number;
  /** Pretend that this tells of the device's end: for tests of losses, since closing a device is not one. */
  readonly lost?: Promise<GPUDeviceLostInfo>;
  /** What was measured on this adapter; operations choose their algorithms by it, or by rules without it. */
  readonly autotuned?: Autotuned | undefined;
  /** Families of algorithms that operations do without where they have a choice, such as `winograd`: to see what one is good for. */
  readonly without?: readonly string[];
}

/**
 * The machine: it records kernels and copies, plans their memory, submits them and reads results back. What is recorded in `scope` is submitted when the
 * outermost one ends, and what was allocated there is free again.
 *
 * ```ts
 * import { add } from 'graft/kernels';
 *
 * const doubled = await gpu.scope(() => {
 *   const x = gpu.upload(Float32Array.of(1, 2, 3));
 *   const y = gpu.temporary(x.bytes);
 *   add(gpu, { a: x, b: x, y }, 3);
 *   return gpu.read(y); // recorded too: a promise of the values
 * });
 * doubled; // → [2, 4, 6]
 * ```
 */
export class Gpu implements DeviceTraits {
  /** What was measured on this adapter; may be set at any time. */
  autotuned: Autotuned | undefined;
  /** Hears what recorded commands belong to. */
  onPart: PartListener | undefined;
  /** How many bytes of a storage a kernel can see at once; larger ones are worked on in parts. */
  readonly maxBindingBytes: number;
  /** How many storages a kernel may bind: WebGPU promises eight. */
  readonly maxStorages: number;
  /** Bytes at whose multiples a binding may start: 256, or fewer where the device was asked for fewer. */
  readonly bindingAlignment: number;
  /** Resolves when the device is gone, for whatever reason. */
  readonly lost: Promise<GPUDeviceLostInfo>;
  readonly software: boolean;
  readonly subgroupSize: number | null;
  /** Families of algorithms that operations do without. */
  readonly without: ReadonlySet<string>;
  private readonly executor: Executor;
  private readonly wait: Waiter;
  private commands: Command[] = [];
  private depth = 0;
  /** Where scopes go while they are rehearsed, and what one of them threw. */
  private rehearsed: { readonly scopes: Command[][]; failure?: Error } | undefined;
  private queue: Promise<unknown> = Promise.resolve();
  private readonly faults: Faults;
  private nextAllocation = 0;
  /** The device's own limit, which Dawn looks up again whenever it is asked. */
  private readonly maxBufferBytes: number;

  constructor(
    readonly device: GPUDevice,
    options: GpuOptions = {},
  ) {
    this.wait = options.wait ?? ((promise) => promise);
    this.autotuned = options.autotuned;
    this.without = new Set(options.without);
    this.bindingAlignment = device.limits.minStorageBufferOffsetAlignment;
    this.maxBufferBytes = device.limits.maxBufferSize;
    this.maxBindingBytes = options.maxBindingBytes ?? device.limits.maxStorageBufferBindingSize;
    this.maxStorages = options.maxStorages ?? device.limits.maxStorageBuffersPerShaderStage;
    const info = (device.adapterInfo as AdapterInfo | undefined) ?? options.adapterInfo ?? {};
    ({ software: this.software, subgroupSize: this.subgroupSize } = traitsOf(info, device.features));
    const compiling = { lazy: this.software, twins: options.twins };
    const now = options.now ?? (() => performance.now());
    this.executor = new Executor(device, (promise) => this.guard(promise), compiling, now);
    this.executor.onCompile = options.onCompile;
    this.lost = options.lost ?? device.lost;
    this.faults = new Faults(device, this.lost, () => this.statistics.bytes);
  }

  get statistics(): GpuStatistics {
    return this.executor.statistics;
  }

  /** Commands that the outermost scope has recorded so far. */
  get recorded(): number {
    return this.commands.length;
  }

  /** Told about compilation (done, total) whenever kernels are compiled. */
  set onCompile(progress: CompileProgress | undefined) {
    this.executor.onCompile = progress;
  }

  /** Memory that lasts until `release`; its content is undefined until written. `bytes` is rounded up to 4. */
  persistent(bytes: number, label: string): Storage {
    const allocation = this.allocate(bytes, label, true);
    return new Storage(allocation, 0, allocation.bytes);
  }

  /**
   * Memory for the current scope; its content is undefined until a kernel writes it. A later scope that uses it is
   * rejected with `GpuError`.
   */
  temporary(bytes: number, label = 'temporary'): Storage {
    const allocation = this.allocate(bytes, label, false);
    return new Storage(allocation, 0, allocation.bytes);
  }

  /** Frees persistent memory, after the commands recorded so far; a second time, and once the device is lost, it does nothing. */
  release(storage: Storage): void {
    if (this.faults.isLost) return;
    this.record({ kind: 'release', storages: [storage] });
  }

  /** Temporary memory that holds `data`, which must not change before the scope ends. */
  upload(data: ArrayBufferView, label = 'upload'): Storage {
    const storage = this.temporary(data.byteLength, label);
    this.write(storage, data);
    return storage;
  }

  /**
   * Copies `data` to the storage's start; it must not change before it is submitted, with the scope or by the next read.
   * Throws `RangeError` unless it is a multiple of 4 bytes and fits.
   */
  write(storage: Storage, data: ArrayBufferView): void {
    if (data.byteLength % 4 !== 0 || data.byteLength > storage.bytes) {
      throw new RangeError(
        `Cannot write ${data.byteLength} bytes to "${storage.allocation.label}" (${storage.bytes} bytes).`,
      );
    }
    this.record({ kind: 'write', storages: [storage], data });
  }

  /** Sets every byte to zero. */
  clear(storage: Storage): void {
    this.record({ kind: 'clear', storages: [storage] });
  }

  /** Copies all of `from` to the start of `to`, of another allocation; throws `RangeError` if it does not fit. */
  copy(from: Storage, to: Storage): void {
    if (from.bytes > to.bytes) throw new RangeError(`Cannot copy ${from.bytes} bytes into ${to.bytes}.`);
    this.record({ kind: 'copy', storages: [from, to] });
  }

  /**
   * Records one run of a kernel: `grid` counts workgroups, `params` fill the kernel's uniform struct. Throws `GpuError`
   * where a storage exceeds what the adapter binds or the grid WebGPU's limit.
   */
  run<B extends string, P extends string>(
    kernel: Kernel<B, P>,
    bindings: Readonly<Record<B, Storage>>,
    params: Readonly<Record<P, number>>,
    grid: Grid,
  ): void {
    this.record(runCommand(kernel, bindings, params, grid, this.maxBindingBytes));
  }

  /**
   * Reads a storage back as float32; as Uint32Array with `new Uint32Array((await read(s)).buffer)`. Rejects if the scope
   * that it was recorded in failed.
   */
  read(storage: Storage): Promise<Float32Array<ArrayBuffer>> {
    const values = this.download(storage);
    // Where a scope fails, its reads fail with it, and often nobody is left to wait for them: that ends no process.
    values.catch(() => undefined);
    return values;
  }

  /**
   * Records what `record` does and submits it when the outermost scope ends. Resolves to `record`'s own result (a
   * promise from `read` is awaited) once the commands are submitted, not when the GPU has finished them.
   */
  scope<T>(record: () => T): Promise<Awaited<T>> {
    const before = this.commands.length;
    this.depth += 1;
    let result: T;
    try {
      result = record();
    } catch (error) {
      // A half-recorded unit of work must not run: drop it whole, and nothing that was recorded before it.
      const reason = error instanceof Error ? error : new Error(String(error));
      drop(this.commands.splice(before), reason);
      if (this.rehearsed) this.rehearsed.failure ??= reason;
      return Promise.reject(reason);
    } finally {
      this.depth -= 1;
    }
    const settled = Promise.resolve(result);
    settled.catch(() => undefined); // it may fail before `sent` does, which then tells of it
    const sent = this.depth === 0 ? this.flush() : Promise.resolve();
    return sent.then(() => settled);
  }

  /**
   * The kernels that `record` would run, in their order. Nothing that it records is done and its reads are rejected; what it
   * changes on the host stays changed. Throws what `record` throws.
   */
  rehearse(record: () => unknown): Kernel[] {
    return this.rehearseRuns(record).map(({ kernel }) => kernel);
  }

  /** The same with what each kernel would run on: its storages in the order of its bindings, its parameters, its grid. */
  rehearseRuns(record: () => unknown): RunCommand[] {
    const { commands } = this;
    const rehearsed: Command[] = (this.commands = []);
    this.depth += 1;
    try {
      Promise.resolve(record()).catch(() => undefined); // it may wait for a read
    } finally {
      this.depth -= 1;
      this.commands = commands;
      drop(rehearsed, new GpuError('This was only rehearsed, and not run.'));
    }
    return runsOf(rehearsed);
  }

  /**
   * What `record` returns, and the commands of each outermost scope in it as they would be submitted, from which `memoryOf` tells what
   * memory they take. Nothing of it is done, as with `rehearse`. Throws what
   * `record` or one of its scopes throws.
   */
  rehearseScopes<T>(record: () => T): {
    readonly result: T;
    readonly scopes: readonly (readonly Command[])[];
  } {
    const { commands, depth, rehearsed: outer } = this;
    const rehearsed: typeof outer = (this.rehearsed = { scopes: [] });
    [this.commands, this.depth] = [[], 0];
    try {
      const result = record();
      rehearsed.scopes.push(this.commands);
      if (rehearsed.failure) throw rehearsed.failure;
      return { result, scopes: rehearsed.scopes };
    } finally {
      const dropped = [...rehearsed.scopes.flat(), ...this.commands];
      [this.commands, this.depth, this.rehearsed] = [commands, depth, outer];
      drop(dropped, new GpuError('This was only rehearsed, and not run.'));
    }
  }

  /** Compiles the kernels that `record` would run: ahead of work whose data is not there yet. Throws as `rehearse` does. */
  async prepare(record: () => unknown): Promise<void> {
    await this.executor.compile(this.rehearse(record));
  }

  /** Resolves when the GPU has done everything submitted so far; throws what went wrong on the way. */
  async finish(): Promise<void> {
    await this.submitted();
    await this.guard(this.device.queue.onSubmittedWorkDone());
  }

  /** Measures GPU time by kernel for all commands that `work` submits. Null where the adapter has no timestamps. */
  async profile(work: () => Promise<unknown>): Promise<KernelTime[] | null> {
    const times = await this.profileDispatches(work);
    return times && (await import('./profile.ts')).byKernel(times);
  }

  /** The same for each dispatch, in their order; those past the first 2048 are not timed. */
  async profileDispatches(work: () => Promise<unknown>): Promise<DispatchTime[] | null> {
    if (!this.device.features.has('timestamp-query')) return null;
    const { Profiler } = await import('./profile.ts'); // few ask for it, and a page has less to load without
    const profiler = (this.executor.profiler = new Profiler(this.device));
    try {
      await work();
      await this.finish();
      return await profiler.finish(this.wait);
    } finally {
      profiler.destroy();
      this.executor.profiler = undefined;
    }
  }

  /** Frees what is kept for the next scopes: after a phase with other shapes than the next one. */
  trim(): void {
    this.executor.trim();
  }

  /** Closes the device; whatever is under way or comes after is rejected with `DeviceLostError`. */
  destroy(): void {
    this.device.destroy();
  }

  private allocate(bytes: number, label: string, persistent: boolean): Allocation {
    if (!(bytes > 0) || !Number.isSafeInteger(bytes))
      throw new RangeError(`"${label}" cannot have ${bytes} bytes.`);
    const rounded = Math.ceil(bytes / 4) * 4;
    if (rounded > this.maxBufferBytes) {
      throw new GpuError(
        `"${label}" needs ${bytes} bytes, but this adapter allows ${this.maxBufferBytes} a buffer: use a smaller batch.`,
      );
    }
    const alignment = this.bindingAlignment;
    const id = this.nextAllocation++;
    return { id, bytes: rounded, label, alignment, persistent, buffer: undefined, slot: -1, freed: false };
  }

  private async download(storage: Storage): Promise<Float32Array<ArrayBuffer>> {
    const staging = this.device.createBuffer({
      size: storage.bytes,
      usage: MAP_READ | COPY_DST,
      label: 'readback',
    });
    try {
      const done = await new Promise<() => void>((submitted, dropped) => {
        this.record({ kind: 'download', storages: [storage], to: staging, submitted, dropped });
        if (this.depth === 0) this.flush().catch(() => undefined); // `dropped` hears of it
      });
      await this.guard(staging.mapAsync(MAP_READ));
      done();
      return new Float32Array(staging.getMappedRange().slice(0));
    } finally {
      staging.destroy();
    }
  }

  private record(command: Command): void {
    this.faults.throwIfAny();
    this.commands.push(command);
  }

  /** Submits what was recorded outside of any scope, and waits until all recorded so far is submitted. */
  private submitted(): Promise<unknown> {
    if (this.depth === 0) return this.flush();
    // Inside a scope: its own flush is not queued yet, so look again once the recording function has returned.
    return Promise.resolve().then(() => this.queue);
  }

  /** Submits the recorded commands, after all earlier ones. */
  private flush(): Promise<void> {
    const { commands } = this;
    this.commands = [];
    if (this.rehearsed) {
      this.rehearsed.scopes.push(commands);
      return Promise.resolve();
    }
    const sent = this.queue.then(async () => {
      this.faults.throwIfAny();
      if (commands.length === 0) return;
      const list = await this.executor.execute(commands);
      const done = () => this.executor.done(list);
      return () => commands.forEach((command) => command.kind === 'download' && command.submitted(done));
    });
    // A failed flush is reported to whoever waits for it or for its reads; later ones start afresh.
    this.queue = sent.then(
      (tell) => tell?.(),
      (error: unknown) => drop(commands, error),
    );
    return sent.then(() => undefined);
  }

  private async guard<T>(promise: Promise<T>): Promise<T> {
    try {
      return await this.wait(promise);
    } catch (error) {
      // Where the device is lost, what waits for it may be told before `lost` is; a queue that is done comes after.
      await Promise.race([this.lost, this.device.queue.onSubmittedWorkDone().catch(() => undefined)]);
      throw error;
    } finally {
      this.faults.throwIfAny(); // says more than the rejection that it caused
    }
  }
}
