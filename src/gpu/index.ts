export type { Autotuned, AutotunedChoice } from './autotuned.ts';
export type { Command, RunCommand } from './command.ts';
export type { GpuStatistics } from './executor.ts';
export { Gpu, type GpuOptions, type Waiter } from './gpu.ts';
export { DeviceLostError, GpuError, GpuOutOfMemoryError, GpuValidationError } from './errors.ts';
export {
  defineKernel,
  MAX_WORKGROUPS,
  memoizeKernel,
  read,
  rowOfWorkgroups,
  unroll,
  wgsl,
  when,
  workgroupNumber,
  write,
  type Grid,
  type Kernel,
} from './kernel.ts';
export type { Twins } from './compile/lazy-driver.ts';
export type { CompileProgress } from './compile/pipelines.ts';
export { boxesOf, type Box, type BoxPlan } from './memory/boxes.ts';
export { memoryOf, type MemoryUse } from './memory/demand.ts';
export { paperGpu } from './paper.ts';
export type { Operand, Part, PartListener, Window } from './part.ts';
export type { DispatchTime, KernelTime } from './profile.ts';
export { align, ALIGNMENT, Storage, type Allocation } from './storage.ts';
export {
  adapterIdentity,
  isSoftware,
  type AdapterIdentity,
  type AdapterInfo,
  type DeviceTraits,
} from './traits.ts';
