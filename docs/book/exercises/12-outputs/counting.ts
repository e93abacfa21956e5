/**
 * A kernel that counts: the text of exercise 12's product with every load from a tile and every FMA counted as it is done, so that what
 * is said of the kernel is what it does.
 */
import { defineKernel, write, type Gpu, type Kernel } from '../../../../src/gpu/index.ts';
import type { KernelSpec } from '../../../../src/gpu/kernel.ts';

type Product = KernelSpec<'a' | 'b' | 'c', 'rows' | 'columns' | 'depth'>;

/** A read of a tile, and not a write to it. */
const READ = /\b[ab]Tile(?:\[[^[\]]*\]){2}(?!\s*=[^=])/g;

function counting(product: Product): Kernel<'a' | 'b' | 'c' | 'counts', 'rows' | 'columns' | 'depth'> {
  return defineKernel({
    ...product,
    name: `${product.name}, counting`,
    bindings: { ...product.bindings, counts: write('u32') },
    declarations: `${product.declarations ?? ''}
var<private> loads: u32;
var<private> fmas: u32;
fn counted(value: f32) -> f32 { loads += 1u; return value; }
fn counted_fma(x: f32, y: f32, z: f32) -> f32 { fmas += 1u; return fma(x, y, z); }`,
    body: `${product.body.replaceAll(READ, 'counted($&)').replaceAll(/\bfma\(/g, 'counted_fma(')}
  if (thread == 0u) { counts[0] = loads; counts[1] = fmas; }`,
  });
}

export interface Counts {
  /** Elements of C that a thread computes. */
  readonly outputs: number;
  /** Loads from tiles for an FMA. */
  readonly loads: number;
  /** Its sums, as many numbers of A as it loads for a k, and one of B. */
  readonly kept: number;
}

/** What a thread of a workgroup does, counted while it computes a tile of `side` × `side`. */
export async function countsOf(gpu: Gpu, product: Product, side: number): Promise<Counts> {
  const depth = 16;
  const bytes = side * depth * 4;
  const counts = await gpu.scope(() => {
    const counts = gpu.temporary(8);
    const storages = { a: gpu.temporary(bytes), b: gpu.temporary(bytes), c: gpu.temporary(side * side * 4) };
    gpu.clear(storages.a);
    gpu.clear(storages.b);
    gpu.run(counting(product), { ...storages, counts }, { rows: side, columns: side, depth }, [1]);
    return gpu.read(counts);
  });
  const [loads = NaN, fmas = NaN] = new Uint32Array(counts.buffer);
  const outputs = fmas / depth;
  return { outputs, loads: loads / fmas, kept: outputs + loads / depth / 2 + 1 };
}
