/**
 * Pipelines cached by their text. Compilation is asynchronous and all pipelines that a list of commands lacks are compiled
 * at once, which is as parallel as the driver allows. A pipeline counts as compiled when the driver is done with it.
 */
import { createPipeline, type CreatedPipeline } from './create-pipeline.ts';
import type { Kernel } from '../kernel.ts';
import { LazyDriver, type Twins } from './lazy-driver.ts';

export interface Pipeline extends CreatedPipeline {
  readonly id: number;
}

export type CompileProgress = (done: number, total: number) => void;

export class PipelineCache {
  private readonly byCode = new Map<string, Pipeline | Promise<Pipeline>>();
  private readonly byKernel = new WeakMap<Kernel, Pipeline>();
  private nextId = 0;
  private readonly lazyDriver: LazyDriver | undefined;

  /** `lazy` where the driver leaves the work to a pipeline's first dispatch, in which `twins` can help. */
  constructor(
    private readonly device: GPUDevice,
    { lazy, twins }: { readonly lazy: boolean; readonly twins?: Twins | undefined },
  ) {
    this.lazyDriver = lazy ? new LazyDriver(device, twins) : undefined;
  }

  /** Whether all of `kernels` are compiled. */
  has(kernels: readonly Kernel[]): boolean {
    return kernels.every((kernel) => this.byKernel.has(kernel));
  }

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

  /** Binds a kernel to ranges of buffers: one per storage, and last that of its parameters if it has any. */
  bindGroup(kernel: Kernel, ranges: readonly GPUBufferBinding[]): GPUBindGroup {
    const entries = ranges.map((resource, binding) => ({ binding, resource }));
    return this.device.createBindGroup({ label: kernel.name, layout: this.get(kernel).layout, entries });
  }

  private async create(kernel: Kernel): Promise<Pipeline> {
    const created = await createPipeline(this.device, kernel);
    await this.lazyDriver?.compile(kernel, created);
    return { id: this.nextId++, ...created };
  }
}
