/**
 * The frame of all kernels that treat every element on its own: it spreads items over threads, so that such a kernel
 * consists of what it does to one item.
 */
import {
  defineKernel,
  type Grid,
  type Kernel,
  rowOfWorkgroups,
  unroll,
  wgsl,
  workgroupNumber,
} from '../../gpu/index.ts';
import type { Binding } from '../../gpu/kernel.ts';

export interface MapSpec<B extends string, P extends string> {
  readonly name: string;
  readonly bindings: Readonly<Record<B, Binding>>;
  readonly params?: Readonly<Record<P, 'u32' | 'i32' | 'f32'>>;
  /** WGSL statements that treat item `i`. */
  readonly item: string;
  readonly itemsPerThread: number;
}

const WORKGROUP = 128;
/**
 * Neighbouring threads in runs of 8 treat neighbouring items: 128 bytes, a cache line of most GPUs, and a whole
 * subgroup of the software adapters, whose next items then lie in the very next cache lines and not a workgroup on.
 */
const RUN = 8;

/** Puts a kernel over `params.count` items together; dispatch it on `mapGrid`. */
export function defineMap<const B extends string, const P extends string = never>(
  spec: MapSpec<B, P>,
): Kernel<B, P | 'count'> {
  const { itemsPerThread } = spec;
  return defineKernel<B, P | 'count'>({
    name: spec.name,
    bindings: spec.bindings,
    params: { count: 'u32', ...spec.params } as Record<P | 'count', 'u32' | 'i32' | 'f32'>,
    workgroupSize: [WORKGROUP],
    builtins: '@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) thread: u32',
    declarations: wgsl`fn treat(i: u32) {
${spec.item}
}`,
    body: wgsl`
  let first = ${workgroupNumber()} * ${WORKGROUP * itemsPerThread}u
    + thread / ${RUN}u * ${RUN * itemsPerThread}u + thread % ${RUN}u;
${unroll(itemsPerThread, (k) => {
  const i = `first + ${k * RUN}u`;
  return `  if (${i} < params.count) { treat(${i}); }`;
})}`,
  });
}

/** The workgroups that a map over `items` items needs. */
export function mapGrid(items: number, itemsPerThread: number): Grid {
  return rowOfWorkgroups(Math.ceil(items / (WORKGROUP * itemsPerThread)));
}
