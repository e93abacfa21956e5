/**
 * What went wrong on the GPU, or would have; the others below are of this class.
 *
 * ```ts
 * const old = gpu.persistent(4, 'old');
 * gpu.release(old);
 * await gpu.finish();
 * await gpu.read(old).catch((error) => error instanceof GpuError); // → true
 * ```
 */
export class GpuError extends Error {
  override readonly name: string = 'GpuError';
}

/**
 * The adapter refused a kernel or a command: a bug in a kernel or in its host function. It is thrown by the scope, or by the next wait.
 *
 * ```ts
 * import { defineKernel, write } from 'graft/kernels';
 *
 * const broken = defineKernel({
 *   name: 'broken',
 *   bindings: { y: write() },
 *   workgroupSize: [1],
 *   builtins: '',
 *   body: 'y[0] = nonsense;',
 * });
 * const run = gpu.scope(() => gpu.run(broken, { y: gpu.temporary(4) }, {}, [1]));
 * await run.then(() => gpu.finish()).catch((error) => error instanceof GpuValidationError); // → true
 * ```
 */
export class GpuValidationError extends GpuError {
  override readonly name = 'GpuValidationError';
}

/**
 * The adapter has no room for a buffer; the message says how much is in use. A smaller batch or smaller images are the remedy.
 *
 * ```ts
 * const advice = (error: unknown) => (error instanceof GpuOutOfMemoryError ? 'halve the batch' : 'read the message');
 * advice(new GpuOutOfMemoryError('The GPU is out of memory.')); // → 'halve the batch'
 * ```
 */
export class GpuOutOfMemoryError extends GpuError {
  override readonly name = 'GpuOutOfMemoryError';
}

/**
 * The device is gone (driver reset, unplugged, destroyed); nothing on it can be read any more.
 *
 * ```ts
 * const canGoOn = (error: unknown) => error instanceof DeviceLostError && error.reason === 'unknown';
 * canGoOn(new DeviceLostError('The GPU device was lost.', 'unknown')); // → true
 * ```
 */
export class DeviceLostError extends GpuError {
  override readonly name = 'DeviceLostError';

  /** `destroyed` where it was closed from here, on purpose; everything else may come right with a new device. */
  constructor(
    message: string,
    readonly reason: 'destroyed' | 'unknown',
  ) {
    super(message);
  }
}

/** Collects what a device complains of, which WebGPU tells late and in passing, until someone can be told. */
export class Faults {
  private fault: GpuError | undefined;
  private loss: DeviceLostError | undefined;

  /** `lost` is the device's own promise; `bytesInUse` tells the memory held, for the message when there is no more. */
  constructor(device: GPUDevice, lost: Promise<GPUDeviceLostInfo>, bytesInUse: () => number) {
    device.onuncapturederror = (event) => {
      event.preventDefault();
      this.fault ??= fromUncaptured(event.error, bytesInUse());
    };
    void lost.then(({ reason, message }) => {
      const isOurs = reason === 'destroyed';
      const how = isOurs ? 'was closed' : 'was lost (driver reset or out of memory)';
      const text = `The GPU device ${how}. ${message}`.trim();
      this.loss = new DeviceLostError(text, isOurs ? 'destroyed' : 'unknown');
    });
  }

  get isLost(): boolean {
    return this.loss !== undefined;
  }

  /** Throws what the adapter complained of since the last time; a lost device, for ever. */
  throwIfAny(): void {
    const fault = this.fault ?? this.loss; // what came before a loss may be its reason
    this.fault = undefined;
    if (fault) throw fault;
  }
}

/** Turns an event of `device.onuncapturederror` into one of the errors above. `inUse` is the memory held, in bytes. */
function fromUncaptured(error: GPUError, inUse: number): GpuError {
  if (error.constructor.name === 'GPUOutOfMemoryError') {
    const megabytes = Math.round(inUse / 2 ** 20);
    return new GpuOutOfMemoryError(
      `The GPU is out of memory (${megabytes} MiB in use here): use a smaller batch or image size. ${error.message}`,
    );
  }
  return new GpuValidationError(error.message.trim());
}
