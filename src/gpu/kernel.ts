/**
 * A kernel: WGSL text together with what the host must know to run it. The binding declarations and the parameter
 * struct are generated from one description, so that shader and host cannot disagree.
 */

/** What a kernel does with a binding; `write` allows to read too. */
export type Access = 'read' | 'write';
/** The WGSL type of a kernel's parameter. */
export type ParamType = 'u32' | 'i32' | 'f32';

/** A storage as a kernel sees it. */
export interface Binding {
  readonly access: Access;
  /** The WGSL element type: the binding is an `array<element>`. */
  readonly element: string;
}

/**
 * A binding that the kernel only reads, an array of `element`.
 *
 * ```ts
 * read('vec4f'); // → { access: 'read', element: 'vec4f' }
 * ```
 */
export const read = (element = 'f32'): Binding => ({ access: 'read', element });
/**
 * A binding that the kernel writes, and may read, an array of `element`.
 *
 * ```ts
 * write(); // → { access: 'write', element: 'f32' }
 * ```
 */
export const write = (element = 'f32'): Binding => ({ access: 'write', element });

/** What a kernel is made from. */
export interface KernelSpec<B extends string, P extends string> {
  /** Names the kernel in errors, profiles and benchmarks: `conv2d.forward.tiled 64x64x16`. */
  readonly name: string;
  /** In the order of their binding numbers. */
  readonly bindings: Readonly<Record<B, Binding>>;
  /** Fields of `params`, a uniform struct that the body sees as `params.name`. */
  readonly params?: Readonly<Record<P, ParamType>>;
  readonly workgroupSize: readonly [number, number?, number?];
  /** WGSL extensions, e.g. `subgroups`; `f16` is there by itself where a binding holds f16. */
  readonly enable?: readonly string[];
  /** The arguments of `fn main`, as WGSL. */
  readonly builtins: string;
  /** Declarations before `main`: constants, workgroup variables, functions. */
  readonly declarations?: string;
  /** What stands between the braces of `main`. */
  readonly body: string;
}

/** What `Gpu.run` runs: bindings `B` by name, parameters `P` by name. */
export interface Kernel<B extends string = string, P extends string = string> {
  readonly name: string;
  /** The complete WGSL text; the entry point is `main`. */
  readonly code: string;
  readonly bindings: readonly (readonly [B, Binding])[];
  readonly params: readonly (readonly [P, ParamType])[];
  /** Threads of a workgroup along each axis. */
  readonly workgroupSize: readonly [number, number?, number?];
}

/**
 * Marks WGSL text for editors; joins it unchanged. Arrays are joined by newlines.
 *
 * ```ts
 * wgsl`const TILE = ${8}u;`; // → 'const TILE = 8u;'
 * ```
 */
export function wgsl(
  parts: TemplateStringsArray,
  ...values: readonly (string | number | readonly string[])[]
): string {
  return String.raw({ raw: parts }, ...values.map((v) => (Array.isArray(v) ? v.join('\n') : v)));
}

/** Repeats WGSL text for i = 0 … count − 1: unrolling, visible in the template. */
export const unroll = (count: number, text: (i: number) => string, separator = '\n'): string =>
  Array.from({ length: count }, (_, i) => text(i)).join(separator);

/** WGSL text that only some variants of a kernel have. */
export const when = (condition: boolean, text: string): string => (condition ? text : '');

/**
 * Puts a kernel's text together from its description. Nothing is compiled yet: the first scope that runs the kernel does that, and
 * rejects with `GpuValidationError` where the WGSL is wrong.
 *
 * ```ts
 * const double = defineKernel({
 *   name: 'double',
 *   bindings: { x: read(), y: write() },
 *   params: { count: 'u32' },
 *   workgroupSize: [64],
 *   builtins: '@builtin(global_invocation_id) id: vec3u',
 *   body: wgsl`if (id.x < params.count) { y[id.x] = 2.0 * x[id.x]; }`,
 * });
 * const [x, y] = [gpu.upload(Float32Array.of(1, 2, 3)), gpu.temporary(3 * 4)];
 * gpu.run(double, { x, y }, { count: 3 }, [1]); // one workgroup
 * await gpu.read(y); // → [2, 4, 6]
 * ```
 */
/* @__NO_SIDE_EFFECTS__ */
export function defineKernel<const B extends string, const P extends string = never>(
  spec: KernelSpec<B, P>,
): Kernel<B, P> {
  const bindings = Object.entries(spec.bindings) as [B, Binding][];
  const params = Object.entries(spec.params ?? {}) as [P, ParamType][];
  const declared = bindings.map(([name, { access, element }], i) => {
    const mode = access === 'read' ? 'read' : 'read_write';
    return `@group(0) @binding(${i}) var<storage, ${mode}> ${name}: array<${element}>;`;
  });
  const struct = params.length
    ? [
        `struct Params { ${params.map(([name, type]) => `${name}: ${type}`).join(', ')} }`,
        `@group(0) @binding(${bindings.length}) var<uniform> params: Params;`,
      ]
    : [];
  const half = bindings.some(([, { element }]) => /^(f16|vec\dh)$/.test(element));
  const code = [
    `// ${spec.name}`,
    ...(half ? ['f16', ...(spec.enable ?? [])] : (spec.enable ?? [])).map(
      (extension) => `enable ${extension};`,
    ),
    ...declared,
    ...struct,
    spec.declarations ?? '',
    `@compute @workgroup_size(${spec.workgroupSize.join(', ')})`,
    `fn main(${spec.builtins}) {`,
    spec.body,
    '}',
  ].join('\n');
  return { name: spec.name, code, bindings, params, workgroupSize: spec.workgroupSize };
}

/**
 * Memoises a kernel factory by its configuration, so that a configuration has one kernel object. The pipeline cache
 * goes by the text; this saves making the text again at every call. A step asks some hundred times, so the way to a kernel is by
 * looking things up, a map for each part of the configuration, and not by writing a key.
 *
 * ```ts
 * const fill = memoizeKernel((value: number) =>
 *   defineMap({ name: `fill ${value}`, bindings: { y: write() }, item: `y[i] = f32(${value});` }),
 * );
 * fill(3) === fill(3); // → true
 * fill(3) === fill(4); // → false
 * ```
 */
/* @__NO_SIDE_EFFECTS__ */
export function memoizeKernel<C extends readonly (string | number | boolean)[], K>(
  make: (...config: C) => K,
): (...config: C) => K {
  const root = new Made<K>();
  return (...config) => {
    let made = root;
    for (const part of config) made = made.with(part);
    return (made.kernel ??= make(...config));
  };
}

/** The kernel of a configuration, and those of all that begin as it does. */
class Made<K> {
  kernel: K | undefined;
  private readonly longer = new Map<string | number | boolean, Made<K>>();

  with(part: string | number | boolean): Made<K> {
    let made = this.longer.get(part);
    if (!made) this.longer.set(part, (made = new Made()));
    return made;
  }
}

/**
 * A kernel's parameters take at most so many bytes; on every adapter, a binding of uniforms may start at multiples of it
 * (WebGPU's default `minUniformBufferOffsetAlignment`).
 */
export const MAX_PARAMS_BYTES = 256;

/** Workgroups along each axis; 1 where none is given. */
export type Grid = readonly [number, number?, number?];

/** WebGPU's limit on workgroups in each dimension, the same on every adapter. */
export const MAX_WORKGROUPS = 65535;

/**
 * A grid for `count` workgroups in a row that stays under the limit a dimension: past 65,535 it becomes a rectangle.
 * A kernel finds its number in the row by `workgroupNumber` and must ignore numbers past the end.
 *
 * ```ts
 * rowOfWorkgroups(100); // → [100]
 * rowOfWorkgroups(65536); // → [65535, 2]
 * ```
 */
export function rowOfWorkgroups(count: number): Grid {
  return count <= MAX_WORKGROUPS ? [count] : [MAX_WORKGROUPS, Math.ceil(count / MAX_WORKGROUPS)];
}

/**
 * WGSL of a workgroup's number in its `rowOfWorkgroups`, which takes the grid's first two axes, or its last two where
 * the first says something else. The kernel has the builtin `workgroup_id` as `workgroup`.
 *
 * ```ts
 * workgroupNumber(); // → '(workgroup.x + workgroup.y * 65535u)'
 * ```
 */
export const workgroupNumber = ([along, up]: 'xy' | 'yz' = 'xy'): string =>
  `(workgroup.${along} + workgroup.${up} * ${MAX_WORKGROUPS}u)`;
