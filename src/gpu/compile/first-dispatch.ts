/**
 * Makes a driver compile. lavapipe, for one, takes a pipeline in no time and turns it into machine code when it is first
 * dispatched, one pipeline after the other, which may be seconds into a training step that seems to hang. An indirect
 * dispatch of no workgroups makes it do so at once, and runs nothing.
 */
import { MAX_PARAMS_BYTES, type Kernel } from '../kernel.ts';
import { INDIRECT, STORAGE, UNIFORM } from '../usage.ts';

/** No array's element is larger, and no kernel's parameters. */
const BYTES = MAX_PARAMS_BYTES;

export class FirstDispatch {
  private readonly grid: GPUBuffer;
  private readonly params: GPUBuffer;
  /** One a binding, since no two that are written may be the same; for kernels alike. */
  private readonly bindings: GPUBuffer[] = [];

  constructor(private readonly device: GPUDevice) {
    this.grid = device.createBuffer({ size: 12, usage: INDIRECT, label: 'no workgroups' });
    this.params = device.createBuffer({ size: BYTES, usage: UNIFORM, label: 'no parameters' });
  }

  /** Resolves when the driver is done with the pipeline. */
  async of(
    { bindings, params }: Kernel,
    { pipeline, layout }: { readonly pipeline: GPUComputePipeline; readonly layout: GPUBindGroupLayout },
  ): Promise<void> {
    const { device } = this;
    const entries: GPUBindGroupEntry[] = bindings.map((_, binding) => ({
      binding,
      resource: { buffer: this.buffer(binding) },
    }));
    if (params.length) {
      const resource = { buffer: this.params, size: params.length * 4 };
      entries.push({ binding: bindings.length, resource });
    }
    const encoder = device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    pass.setPipeline(pipeline);
    pass.setBindGroup(0, device.createBindGroup({ layout, entries }));
    pass.dispatchWorkgroupsIndirect(this.grid, 0);
    pass.end();
    device.queue.submit([encoder.finish()]);
    await device.queue.onSubmittedWorkDone();
  }

  private buffer(binding: number): GPUBuffer {
    return (this.bindings[binding] ??= this.device.createBuffer({ size: BYTES, usage: STORAGE }));
  }
}
