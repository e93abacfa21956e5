/** From a kernel to a pipeline: what the device is told, and how errors in the text are reported. */
import { GpuValidationError } from '../errors.ts';
import type { Kernel } from '../kernel.ts';

export interface CreatedPipeline {
  readonly layout: GPUBindGroupLayout;
  readonly pipeline: GPUComputePipeline;
}

const COMPUTE = 0x4; // GPUShaderStage.COMPUTE

/** Creates a pipeline without holding up the device; rejects with `GpuValidationError`, which has WGSL's own messages. */
export async function createPipeline(device: GPUDevice, kernel: Kernel): Promise<CreatedPipeline> {
  const entries: GPUBindGroupLayoutEntry[] = kernel.bindings.map(([, { access }], binding) => ({
    binding,
    visibility: COMPUTE,
    buffer: { type: access === 'read' ? 'read-only-storage' : 'storage' },
  }));
  if (kernel.params.length) {
    entries.push({
      binding: kernel.bindings.length,
      visibility: COMPUTE,
      buffer: { type: 'uniform' },
    });
  }
  const layout = device.createBindGroupLayout({ label: kernel.name, entries });
  // The scope keeps a faulty text from also surfacing as an uncaptured error: it is reported below, with its lines.
  device.pushErrorScope('validation');
  const module = device.createShaderModule({ label: kernel.name, code: kernel.code });
  device.popErrorScope().catch(() => undefined); // rejected where the device is lost, which is told elsewhere
  try {
    const pipeline = await device.createComputePipelineAsync({
      label: kernel.name,
      layout: device.createPipelineLayout({ bindGroupLayouts: [layout] }),
      compute: { module, entryPoint: 'main' },
    });
    return { layout, pipeline };
  } catch (error) {
    const { messages } = await module.getCompilationInfo();
    const lines = messages.map((m) => `  line ${m.lineNum}: ${m.message}`);
    const why = lines.length ? lines.join('\n') : String(error instanceof Error ? error.message : error);
    throw new GpuValidationError(`Kernel "${kernel.name}" does not compile on this adapter:\n${why}`);
  }
}
