/**
 * How the elements of a tensor are stored. Arithmetic is f32 always: an f16 tensor takes half the memory and half the
 * traffic, and costs a rounding to 11 bits wherever it is written. Values beyond 65,504 become infinite there.
 */
import { GpuError, type Gpu } from '../gpu/index.ts';
import type { Width } from './vectors.ts';

/** The type that a tensor is stored in: 4 bytes an element, or 2. */
export type Dtype = 'f32' | 'f16';

/** Bytes per element. */
export const bytesOf = (dtype: Dtype): number => (dtype === 'f16' ? 2 : 4);

/** The WGSL type of `width` elements in memory; as a function it converts from and to the f32 that kernels compute with. */
export const stored = (width: Width, dtype: Dtype): 'f32' | 'vec4f' | 'f16' | 'vec4h' =>
  width === 4 ? (dtype === 'f16' ? 'vec4h' : 'vec4f') : dtype;

/** For a kernel's name. */
export const dtypeLabel = (dtype: Dtype): string => (dtype === 'f16' ? ' f16' : '');

/** Throws `RangeError` for f16 whose innermost axis is no multiple of four long: bindings and their parts are whole words. */
export function checkFours(op: string, channels: number, dtype: Dtype): void {
  if (dtype === 'f16' && channels % 4 !== 0)
    throw new RangeError(`${op}: f16 takes channels in multiples of four, not ${channels}.`);
}

/** Whether kernels may use f16 on this adapter. */
export const hasHalf = (gpu: Gpu): boolean => gpu.device.features.has('shader-f16');

/** Throws `GpuError` if the adapter has no f16. */
export function requireHalf(gpu: Gpu, op: string): void {
  if (!hasHalf(gpu))
    throw new GpuError(
      `${op}: this adapter has no 16-bit floats (WebGPU's shader-f16): store tensors in f32.`,
    );
}
