/**
 * The parameters of all kernels of a submission, side by side in one uniform buffer. A run's place in it follows from its
 * number, so that bind groups stay as they are when values change.
 */
import type { Command } from './command.ts';
import { MAX_PARAMS_BYTES, type Kernel } from './kernel.ts';
import { COPY_DST, UNIFORM } from './usage.ts';

/** From one run's parameters to the next one's. */
const STRIDE = MAX_PARAMS_BYTES;

const USAGE = UNIFORM | COPY_DST;

export class Uniforms {
  buffer: GPUBuffer;
  /** Changes whenever the buffer does. */
  generation = 0;
  private block: DataView<ArrayBuffer>;

  constructor(private readonly device: GPUDevice) {
    ({ buffer: this.buffer, block: this.block } = this.create(256 * STRIDE));
  }

  /** Sends the parameters of all runs. Throws `RangeError` if an integer is not one. */
  upload(commands: readonly Command[]): void {
    let runs = 0;
    for (const { kind } of commands) if (kind === 'run') runs += 1;
    if (runs === 0) return;
    const bytes = runs * STRIDE;
    if (bytes > this.buffer.size) {
      this.buffer.destroy();
      ({ buffer: this.buffer, block: this.block } = this.create(2 * bytes));
      this.generation += 1;
    }
    this.pack(commands);
    this.device.queue.writeBuffer(this.buffer, 0, this.block.buffer, 0, bytes);
  }

  /** The parameters of a run of `kernel` that is the `run`-th of its submission. */
  of(run: number, { params }: Kernel): GPUBufferBinding {
    return { buffer: this.buffer, offset: run * STRIDE, size: params.length * 4 };
  }

  private pack(commands: readonly Command[]): void {
    const { block } = this;
    let start = 0;
    for (const command of commands) {
      if (command.kind !== 'run') continue;
      const { kernel, params } = command;
      for (let i = 0; i < params.length; i++) {
        const [name, type] = kernel.params[i]!; // one value a parameter, checked when it was recorded
        const value = params[i]!;
        const at = start + 4 * i;
        if (type === 'f32') block.setFloat32(at, value, true);
        else if (!Number.isInteger(value))
          throw new RangeError(`${kernel.name}: ${name} = ${value} is not a whole number.`);
        else if (type === 'i32') block.setInt32(at, value, true);
        else block.setUint32(at, value, true);
      }
      start += STRIDE;
    }
  }

  private create(size: number): { buffer: GPUBuffer; block: DataView<ArrayBuffer> } {
    const buffer = this.device.createBuffer({ size, usage: USAGE, label: 'uniforms' });
    return { buffer, block: new DataView(new ArrayBuffer(size)) };
  }
}
