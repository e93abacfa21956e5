/**
 * What the optimizers' kernels share. Parameters lie in one arena, each from a multiple of 64 floats on, and parameters
 * of different groups learn at different rates: so a table says for every block of 64 floats what its group's rate and
 * decay are, and one dispatch still updates all.
 */
import { ALIGNMENT, type Gpu, type Kernel, read, type Storage, write } from '../gpu/index.ts';
import type { Binding } from '../gpu/kernel.ts';
import { checkAlike, checkSizes, checkStorages } from './checks.ts';
import { bindingChunks } from './chunks.ts';
import { defineMap, mapGrid } from './elementwise/map.wgsl.ts';
import { given } from './optional.ts';
import { floats, type Width, widthOf } from './vectors.ts';
import { walkLength } from './walk.ts';

/** Floats that have an entry of the table in common: a parameter begins where a binding may, so never inside of one. */
export const GROUP_BLOCK = ALIGNMENT / 4;

/** What decides an update beside the gradients. */
export interface UpdateControls {
  /** [⌈count / 64⌉, 2] floats: for each block the factor of its learning rate, and its weight decay. */
  readonly groups: Storage;
  /** [1] float by which gradients are multiplied, where they are clipped. */
  readonly clip?: Storage | undefined;
}

/** How an optimizer's kernel is written, given what makes one variant differ from another. */
export interface UpdateSpec<P extends string> {
  readonly name: string;
  /** The optimizer's own state, updated in place like `parameters`. */
  readonly moments: readonly string[];
  readonly params: Readonly<Record<P, 'f32'>>;
  /** WGSL statements that update item `i`, given its `parameter`, its `gradient`, and `rateScale` and `decay`. */
  readonly item: string;
}

/** What every update takes beside the numbers of its own formula. */
type MapParam = 'count' | 'walk' | 'firstBlock' | 'gradientScale';

/**
 * The kernel of an optimizer: it reads an item and its group, and scales and clips the gradient. For `runUpdate`, which asks for
 * items of one float or of four, clipped or not.
 *
 * ```ts
 * const descent = { moments: [], params: { learningRate: 'f32' } } as const;
 * const item = 'parameters[i] = parameter - params.learningRate * rateScale * gradient;';
 * defineUpdate({ ...descent, name: 'descent', item }, 4, true).name; // → 'descent + clip vec4f'
 * ```
 */
export function defineUpdate<P extends string>(
  { name, moments, params, item }: UpdateSpec<P>,
  width: Width,
  clipped: boolean,
): Kernel<string, P | MapParam> {
  const T = floats(width);
  const written = ['parameters', ...moments].map((binding): [string, Binding] => [binding, write(T)]);
  return defineMap<string, P | 'firstBlock' | 'gradientScale'>({
    name: `${name}${clipped ? ' + clip' : ''} ${T}`,
    bindings: {
      gradients: read(T),
      ...Object.fromEntries(written),
      groups: read('vec2f'),
      ...(clipped ? { clip: read() } : {}),
    },
    params: { firstBlock: 'u32', gradientScale: 'f32', ...params } as Record<
      P | 'firstBlock' | 'gradientScale',
      'u32' | 'f32'
    >,
    setup: `  let gradientScale = ${clipped ? 'params.gradientScale * clip[0]' : 'params.gradientScale'};`,
    item: `
  let group = groups[params.firstBlock + i / ${GROUP_BLOCK / width}u];
  let rateScale = group.x;
  let decay = group.y;
  let parameter = parameters[i];
  let gradient = gradients[i] * gradientScale;
${item}`,
  });
}

/**
 * Runs the kernel that `make` gives over the first `count` floats of all storages alike, in parts where they are larger
 * than one binding. Throws `RangeError` if a storage is smaller.
 *
 * ```ts
 * const descent = { name: 'signs', moments: [], params: { learningRate: 'f32' } } as const;
 * const item = 'parameters[i] = parameter - params.learningRate * rateScale * sign(gradient);';
 * const make = (width: 1 | 4, clipped: boolean) => defineUpdate({ ...descent, item }, width, clipped);
 * const parameters = gpu.upload(Float32Array.of(1, 1));
 * const gradients = gpu.upload(Float32Array.of(3, -5));
 * const groups = gpu.upload(Float32Array.of(1, 0)); // a block of 64: the whole learning rate, and no decay
 * const numbers = { learningRate: 0.25, gradientScale: 1 };
 * runUpdate(gpu, 'signs', make, { parameters, gradients }, { groups }, 2, numbers);
 * await gpu.read(parameters); // → [0.75, 1.25]
 * ```
 */
export function runUpdate<P extends string>(
  gpu: Gpu,
  op: string,
  make: (width: Width, clipped: boolean) => Kernel<string, P | MapParam>,
  storages: Readonly<Record<string, Storage>>,
  { groups, clip }: UpdateControls,
  count: number,
  params: Readonly<Record<P | 'gradientScale', number>>,
): void {
  checkSizes(op, { count });
  const entries = Object.entries(storages);
  const blocks = Math.ceil(count / GROUP_BLOCK);
  checkAlike(op, storages, count);
  checkStorages(op, { groups: [groups, 2 * blocks], clip: [clip, 1] });
  const width = widthOf(count);
  for (const chunk of bindingChunks(gpu, blocks, GROUP_BLOCK * 4)) {
    const first = chunk.first * GROUP_BLOCK;
    const size = Math.min(chunk.count * GROUP_BLOCK, count - first);
    const parts = entries.map(([name, storage]) => [name, storage.slice(first * 4, size * 4)] as const);
    const items = size / width;
    const walk = walkLength(gpu, items);
    gpu.run(
      make(width, clip !== undefined),
      given({ ...Object.fromEntries(parts), groups, clip }),
      { ...params, count: items, walk, firstBlock: chunk.first } as Record<P | MapParam, number>,
      mapGrid(items, walk),
    );
  }
}
