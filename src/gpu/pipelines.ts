/**
 * Pipelines cached by their text, bind groups by their buffers. Compilation is asynchronous and all pipelines that a
 * batch of commands lacks are compiled at once, which is as parallel as the driver allows.
 */
import type { Kernel } from './kernel.ts';
import { GpuValidationError } from './errors.ts';
import type { Storage } from './storage.ts';

export interface Pipeline {
  readonly id: number;
  readonly layout: GPUBindGroupLayout;
  readonly pipeline: GPUComputePipeline;
}

export type CompileProgress = (done: number, total: number) => void;

const COMPUTE = 0x4; // GPUShaderStage.COMPUTE

export class PipelineCache {
  private readonly byCode = new Map<string, Pipeline | Promise<Pipeline>>();
  private readonly byKernel = new WeakMap<Kernel, Pipeline>();
  private readonly bindGroups = new Map<string, GPUBindGroup>();
  private nextId = 0;

  constructor(
    private readonly device: GPUDevice,
    private readonly uniforms: () => GPUBuffer,
  ) {}

  /** Compiles those of `kernels` that are not compiled yet; throws `GpuValidationError` with WGSL's own messages. */
  async compile(kernels: Iterable<Kernel>, onProgress?: CompileProgress): Promise<void> {
    const missing = [...new Set(kernels)].filter((kernel) => !this.byKernel.has(kernel));
    if (missing.length === 0) return;
    const texts = new Set(missing.map((kernel) => kernel.code));
    let done = 0;
    onProgress?.(0, texts.size);
    await Promise.all(
      [...texts].map(async (code) => {
        const kernel = missing.find((k) => k.code === code)!; // texts were taken from `missing`
        const pipeline = this.byCode.get(code) ?? this.create(kernel);
        this.byCode.set(code, pipeline);
        this.byCode.set(code, await pipeline);
        onProgress?.(++done, texts.size);
      }),
    );
    for (const kernel of missing) this.byKernel.set(kernel, (await this.byCode.get(kernel.code))!); // compiled above
  }

  /** The pipeline of a kernel that `compile` has seen. */
  get(kernel: Kernel): Pipeline {
    const pipeline = this.byKernel.get(kernel);
    if (!pipeline) throw new Error(`Kernel "${kernel.name}" was not compiled before it was run.`);
    return pipeline;
  }

  bindGroup(kernel: Kernel, pipeline: Pipeline, storages: readonly Storage[]): GPUBindGroup {
    let key = String(pipeline.id);
    for (const { allocation, offset, bytes } of storages)
      key += `,${allocation.buffer?.id}:${offset}:${bytes}`;
    const cached = this.bindGroups.get(key);
    if (cached) return cached;
    const entries: GPUBindGroupEntry[] = storages.map(({ allocation, offset, bytes }, binding) => ({
      binding,
      resource: { buffer: allocation.buffer!.gpuBuffer, offset, size: bytes }, // bound only while it has its buffer
    }));
    if (kernel.params.length) {
      const size = kernel.params.length * 4;
      entries.push({ binding: storages.length, resource: { buffer: this.uniforms(), size } });
    }
    const group = this.device.createBindGroup({ label: kernel.name, layout: pipeline.layout, entries });
    this.bindGroups.set(key, group);
    return group;
  }

  /** Forgets all bind groups: some buffer that they name is gone. */
  forgetBindGroups(): void {
    this.bindGroups.clear();
  }

  private async create(kernel: Kernel): Promise<Pipeline> {
    const { device } = this;
    const entries: GPUBindGroupLayoutEntry[] = kernel.bindings.map(([, { access }], binding) => ({
      binding,
      visibility: COMPUTE,
      buffer: { type: access === 'read' ? 'read-only-storage' : 'storage' },
    }));
    if (kernel.params.length) {
      entries.push({
        binding: kernel.bindings.length,
        visibility: COMPUTE,
        buffer: { type: 'uniform', hasDynamicOffset: true },
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
      return { id: this.nextId++, layout, pipeline };
    } catch (error) {
      const { messages } = await module.getCompilationInfo();
      const lines = messages.map((m) => `  line ${m.lineNum}: ${m.message}`);
      const why = lines.length ? lines.join('\n') : String(error instanceof Error ? error.message : error);
      throw new GpuValidationError(`Kernel "${kernel.name}" does not compile on this adapter:\n${why}`);
    }
  }
}
