/**
 * Kernels load and store vec4f where the innermost length allows it and f32 otherwise: one template serves both, and
 * a vec4 access costs a software adapter, and many a GPU, no more than a scalar one.
 */
import { wgsl } from '../gpu/index.ts';

/** Floats that a thread loads and stores at once. */
export type Width = 1 | 4;

/** 4 where a row of `length` floats consists of whole vec4s, else 1. */
export const widthOf = (length: number): Width => (length % 4 === 0 ? 4 : 1);

/**
 * The WGSL type of `width` floats; as a function it makes one of a number, e.g. `vec4f(0)`.
 *
 * ```ts
 * floats(4); // → 'vec4f'
 * ```
 */
export const floats = (width: Width): 'f32' | 'vec4f' => (width === 4 ? 'vec4f' : 'f32');

/** WGSL's `isNaN` of `width` floats, by their bits: a compiler may take comparisons with NaN for granted. */
export function isNaNWgsl(width: Width): string {
  const U = width === 4 ? 'vec4u' : 'u32';
  return wgsl`
fn isNaN(value: ${floats(width)}) -> ${width === 4 ? 'vec4<bool>' : 'bool'} {
  return (bitcast<${U}>(value) & ${U}(0x7fffffffu)) > ${U}(0x7f800000u);
}`;
}
