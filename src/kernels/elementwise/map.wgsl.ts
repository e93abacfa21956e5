/**
 * The frame of all kernels that treat every element on its own: it spreads items over threads, so that such a kernel
 * consists of what it does to one item.
 */
import {
  defineKernel,
  type Grid,
  type Kernel,
  rowOfWorkgroups,
  wgsl,
  workgroupNumber,
} from '../../gpu/index.ts';
import type { Binding } from '../../gpu/kernel.ts';

/** What such a kernel is made from: its bindings, and what it does to one item. */
export interface MapSpec<B extends string, P extends string> {
  readonly name: string;
  readonly bindings: Readonly<Record<B, Binding>>;
  readonly params?: Readonly<Record<P, 'u32' | 'i32' | 'f32'>>;
  /** WGSL declarations before `main`: functions that `item` calls. */
  readonly declarations?: string;
  /** WGSL statements that a thread runs once, before its items. */
  readonly setup?: string;
  /** WGSL statements that treat item `i`. */
  readonly item: string;
  /** WGSL statements on the way from an item to the thread's next, RUN further on, though there may be no more. */
  readonly advance?: string;
}

const WORKGROUP = 128;
/**
 * Neighbouring threads in runs of 8 treat neighbouring items: 128 bytes, a cache line of most GPUs, and a whole
 * subgroup of the software adapters, whose next items then lie in the very next cache lines and not a workgroup on.
 */
export const RUN = 8;

/**
 * Builds a kernel over `params.count` items; a thread processes `params.walk` of them. Dispatch it on `mapGrid`, or let
 * `runMap` do so.
 *
 * ```ts
 * const square = defineMap({
 *   name: 'square',
 *   bindings: { x: read(), y: write() },
 *   item: 'y[i] = x[i] * x[i];',
 * });
 * square.params; // → [['count', 'u32'], ['walk', 'u32']]
 * ```
 */
export function defineMap<const B extends string, const P extends string = never>(
  spec: MapSpec<B, P>,
): Kernel<B, P | 'count' | 'walk'> {
  return defineKernel<B, P | 'count' | 'walk'>({
    name: spec.name,
    bindings: spec.bindings,
    params: { count: 'u32', walk: 'u32', ...spec.params } as Record<
      P | 'count' | 'walk',
      'u32' | 'i32' | 'f32'
    >,
    workgroupSize: [WORKGROUP],
    builtins: '@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) thread: u32',
    ...(spec.declarations === undefined ? {} : { declarations: spec.declarations }),
    body: wgsl`
  let run = ${workgroupNumber()} * ${WORKGROUP / RUN}u + thread / ${RUN}u;
  let first = run * params.walk * ${RUN}u + thread % ${RUN}u;
${spec.setup ?? ''}
  for (var step = 0u; step < params.walk; step++) {
    let i = first + step * ${RUN}u;
    if (i < params.count) {
${spec.item}
    }${spec.advance === undefined ? '' : `\n${spec.advance}`}
  }`,
  });
}

/** The workgroups that a map over `items` items needs where a thread treats `walk` of them. */
export function mapGrid(items: number, walk: number): Grid {
  return rowOfWorkgroups(Math.ceil(items / (WORKGROUP * walk)));
}
