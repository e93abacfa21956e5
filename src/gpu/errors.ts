/**
 * What can go wrong on a GPU, as errors that say what to do about it. WebGPU reports most faults late and in passing
 * (an event, a rejected promise); `Gpu` collects them and throws one of these at the next wait.
 */

export class GpuError extends Error {
  override readonly name: string = 'GpuError';
}

/** The adapter refused a kernel or a command: a bug in a kernel or in its host function. */
export class GpuValidationError extends GpuError {
  override readonly name = 'GpuValidationError';
}

/** The adapter has no room for a buffer. */
export class GpuOutOfMemoryError extends GpuError {
  override readonly name = 'GpuOutOfMemoryError';
}

/** The device is gone (driver reset, unplugged, destroyed); nothing on it can be read any more. */
export class DeviceLostError extends GpuError {
  override readonly name = 'DeviceLostError';
}

/** Turns an event of `device.onuncapturederror` into one of the errors above. `inUse` is the memory held, in bytes. */
export function fromUncaptured(error: GPUError, inUse: number): GpuError {
  if (error.constructor.name === 'GPUOutOfMemoryError') {
    const megabytes = Math.round(inUse / 2 ** 20);
    return new GpuOutOfMemoryError(
      `The GPU is out of memory (${megabytes} MiB in use here): use a smaller batch or image size. ${error.message}`,
    );
  }
  return new GpuValidationError(error.message.trim());
}
