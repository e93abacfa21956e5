/**
 * How conv2d's kernels touch memory: four neighbouring elements at a time. Where the channel count is a multiple of
 * four, a binding is an array of vec4s and such an access is one instruction; elsewhere it is put together from
 * single elements. Kernels are written once against these functions, which also turn what is stored, f32 or f16 where it is
 * vectorised, into f32 and back; all indices count elements.
 */
import { wgsl } from '../../../gpu/index.ts';
import { stored, type Dtype } from '../../dtype.ts';

/** The element type of a binding that is accessed in fours: vectorised where its innermost axis is a multiple of four long. */
export const elementType = (vectorised: boolean, dtype: Dtype = 'f32') => stored(vectorised ? 4 : 1, dtype);

/** `fn load_NAME(index: u32) -> vec4f`: elements index … index + 3. */
export function loadFunction(name: string, vectorised: boolean): string {
  return vectorised
    ? wgsl`fn load_${name}(index: u32) -> vec4f { return vec4f(${name}[index >> 2u]); }`
    : wgsl`fn load_${name}(index: u32) -> vec4f { return vec4f(${name}[index], ${name}[index + 1u], ${name}[index + 2u], ${name}[index + 3u]); }`;
}

/** `fn store_NAME(index: u32, value: vec4f, count: u32)`: the first `count` ≥ 1 elements of value (all four if vectorised). */
export function storeFunction(name: string, vectorised: boolean, dtype: Dtype = 'f32'): string {
  return vectorised
    ? wgsl`fn store_${name}(index: u32, value: vec4f, count: u32) { ${name}[index >> 2u] = ${elementType(true, dtype)}(value); }`
    : wgsl`fn store_${name}(index: u32, value: vec4f, count: u32) {
  ${name}[index] = value.x;
  if (count > 1u) { ${name}[index + 1u] = value.y; }
  if (count > 2u) { ${name}[index + 2u] = value.z; }
  if (count > 3u) { ${name}[index + 3u] = value.w; }
}`;
}

/**
 * `fn keep_NAME(value: vec4f, count: u32) -> vec4f`: zero from element `count` on. A vectorised axis never ends inside
 * a vector, so there it does nothing.
 */
export function keepFunction(name: string, vectorised: boolean): string {
  return vectorised
    ? wgsl`fn keep_${name}(value: vec4f, count: u32) -> vec4f { return value; }`
    : wgsl`fn keep_${name}(value: vec4f, count: u32) -> vec4f { return select(vec4f(), value, vec4u(0u, 1u, 2u, 3u) < vec4u(count)); }`;
}

/**
 * `fn load_window(row: u32, column: i32) -> vec4f`: four elements of x at `column` of the image row that starts at
 * element `row`; zero outside the row, whose length is `params.rowLength`. Columns count elements (w · c + channel).
 */
export function windowFunction(vectorised: boolean): string {
  return vectorised
    ? wgsl`fn load_window(row: u32, column: i32) -> vec4f {
  return select(vec4f(), vec4f(x[(row + u32(column)) >> 2u]), u32(column) < params.rowLength);
}`
    : wgsl`fn load_window(row: u32, column: i32) -> vec4f {
  let at = row + u32(column);
  let inside = vec4u(vec4i(column) + vec4i(0, 1, 2, 3)) < vec4u(params.rowLength);
  return select(vec4f(), vec4f(x[at], x[at + 1u], x[at + 2u], x[at + 3u]), inside);
}`;
}
