/** The catalogue shows every kernel that there is, truly, and says where it is written. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { paperGpu, type Kernel } from '../../gpu/index.ts';
import { adapters, CatalogueError, expand, operations, type AdapterKind } from './index.ts';
import { entries } from './operations.ts';
import { prettyWgsl } from './pretty.ts';
import { sourceOf } from './sources.ts';

const root = new URL('../../..', import.meta.url).pathname;

/** Every kernel of every operation, case, adapter and algorithm that go together. */
const kernels = new Set<Kernel>();
for (const adapter of Object.values(adapters)) {
  const gpu = paperGpu(adapter);
  for (const { cases, algorithms, record } of entries)
    for (const name of cases)
      for (const algorithm of algorithms?.(gpu, name) ?? [undefined])
        try {
          for (const kernel of gpu.rehearse(() => record(gpu, name, algorithm))) kernels.add(kernel);
        } catch (error) {
          if (!(error instanceof RangeError)) throw error; // a rung that does not suit
        }
}

describe('the catalogue', () => {
  it('knows in which file each kernel is written', () => {
    for (const { name } of kernels) {
      const source = sourceOf(name);
      expect(source, name).toBeDefined();
      expect(existsSync(join(root, source ?? '')), source).toBe(true);
    }
  });

  it('shows kernels of every file that has some', () => {
    const shown = new Set([...kernels].map(({ name }) => sourceOf(name)));
    const files = readdirSync(join(root, 'src/kernels'), { recursive: true, encoding: 'utf8' })
      .map((name) => `src/kernels/${name}`)
      .filter((name) => name.endsWith('.wgsl.ts') && !name.endsWith('/map.wgsl.ts'))
      .filter((name) => /define(Kernel|Map)\b.*\(/.test(readFileSync(join(root, name), 'utf8')));
    expect(files.length).toBeGreaterThan(40);
    expect(files.filter((name) => !shown.has(name))).toEqual([]);
  });

  it('changes nothing of a text but its white space, and closes every brace where it opened', () => {
    const bare = (text: string) => text.replace(/\s+/g, '');
    for (const { name, code } of kernels) {
      const pretty = prettyWgsl(code);
      expect(bare(pretty), name).toBe(bare(code));
      expect(pretty.trimEnd().split('\n').at(-1), name).toBe('}');
      expect(pretty.match(/^}/gm)?.length, name).toBe(pretty.match(/^\S.*{$|^\) .*{$/gm)?.length);
    }
  });

  it('shows each operation at its first case on a GPU', () => {
    for (const { name } of operations.filter(({ name }) => !name.endsWith('6-subgroup'))) {
      const { kernels } = expand({ name, adapter: 'gpu' });
      expect(kernels.length).toBeGreaterThan(0);
      for (const { params, grid, bindings } of kernels) {
        // What a window's maximum begins with is less than all numbers, and WGSL cannot write it down.
        const [lowest, numbers] = [-Infinity, params.filter(({ name }) => name !== 'lowest')];
        expect(params.find(({ name }) => name === 'lowest')?.value ?? lowest).toBe(lowest);
        expect(numbers.every(({ value }) => Number.isFinite(value))).toBe(true);
        expect(grid.every((side) => side >= 1)).toBe(true);
        expect(bindings.every(({ bytes }) => bytes > 0)).toBe(true);
      }
    }
  });

  it('follows the rule of the adapter, a case and an algorithm', () => {
    const chosen = (adapter: AdapterKind, others = {}) =>
      expand({ name: 'conv2d.forward', adapter, ...others }).kernels.map(({ name }) => name);
    expect(chosen('gpu')).toEqual(['conv2d.forward.tiled 32×32']);
    expect(chosen('gpu', { algorithm: 'winograd 4×4 tiled' })).toHaveLength(4);
    expect(chosen('lavapipe', { case: 'resnet18-stem' })).toEqual([
      'conv2d.padded.regroup',
      'conv2d.forward.subgroup 8·4×16',
    ]);
  });

  it('takes a part of a name that no other has, and tells what there is where it finds nothing', () => {
    expect(expand({ name: 'relu', adapter: 'gpu' }).name).toBe('elementwise.relu');
    const choicesOf = (query: Parameters<typeof expand>[0]) => {
      try {
        expand(query);
      } catch (error) {
        if (error instanceof CatalogueError) return error.choices;
      }
      return undefined;
    };
    expect(choicesOf({ name: 'gelu-of-nobody', adapter: 'gpu' })).toEqual(operations.map(({ name }) => name));
    expect(choicesOf({ name: 'avg-pool', adapter: 'gpu' })).toEqual([
      'avg-pool.forward',
      'avg-pool.backward',
    ]);
    expect(choicesOf({ name: 'conv2d.forward', case: 'x', adapter: 'gpu' })).toContain('resnet18-stem');
    expect(choicesOf({ name: 'conv2d.forward', algorithm: 'x', adapter: 'gpu' })).toContain('tiled 32×32');
    expect(choicesOf({ name: '6-subgroup', adapter: 'gpu' })).toEqual([]);
  });

  it('shows what docs/how-it-works.md shows', () => {
    const text = readFileSync(join(root, 'docs/how-it-works.md'), 'utf8');
    const shown = [...text.matchAll(/```wgsl\n(.*?)```/gs)].map(([, code]) => code);
    const now = ['relu', 'batch-norm.forward+add'].map(
      (name) => expand({ name, adapter: 'gpu' }).kernels[0]?.wgsl,
    );
    expect(shown).toEqual(now);
  });
});
