import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { testGpu } from '../../../test/support/gpu.ts';
import type { ImageSet } from '../../data/index.ts';
import type { Gpu } from '../../gpu/index.ts';
import type { Network } from '../../nn/index.ts';
import { freeze } from '../loop/freeze.ts';
import { colouredNoise, smallModel } from '../testing.ts';
import { FeatureNames, type FeatureStore } from './feature-store.ts';
import { FeatureStream } from './feature-stream.ts';
import { featureInputs, type FeatureInputs } from './features.ts';

let gpu: Gpu;
let model: Network;
const set = colouredNoise(7, 36, 4);
const look = { size: 32, batchSize: 3, views: 3, augment: 'strong', seed: 5 } as const;
const all = Uint32Array.of(6, 0, 3, 1, 2, 5, 4);

beforeAll(async () => {
  gpu = await testGpu();
  model = smallModel(gpu);
  freeze(model, 'head', 'running');
  model.eval();
});

async function streamed(most: number, photos: ImageSet = set): Promise<FeatureInputs> {
  const stream = new FeatureStream(model, { ...look, height: 36, width: 36, most });
  for (let i = 0; i < photos.count; i++) await stream.push(photos.image(i).slice());
  return stream.end(photos.labels);
}

/** What each epoch shows. */
const rowsOf = async (inputs: FeatureInputs) => {
  const rows = [];
  for (const epoch of [0, 1, 2, 3]) rows.push(await gpu.scope(() => inputs.features(all, epoch).read()));
  return rows;
};

describe('FeatureStream', () => {
  it.each([7, 11])(
    'gives the bits of a set that is read first, of %i photos that were expected',
    async (most) => {
      const [whole, stream] = [await featureInputs(model, set, look), await streamed(most)];
      expect(stream).toMatchObject({ count: 7, views: 3, labels: set.labels });
      expect(stream.secondsPerView).toBeGreaterThan(0);
      expect(await rowsOf(stream)).toEqual(await rowsOf(whole));
      whole.dispose();
      stream.dispose();
    },
  );

  it('gives its memory back, whether it came to its end or not', async () => {
    await gpu.finish();
    gpu.trim();
    const before = gpu.statistics.bytes;
    const stream = new FeatureStream(model, { ...look, height: 36, width: 36, most: 7 });
    for (const i of [0, 1, 2, 3]) await stream.push(set.image(i));
    await stream.dispose();
    const other = new FeatureStream(model, { ...look, height: 36, width: 36, most: 7 });
    (await other.end(new Int32Array())).dispose();
    await other.dispose();
    await gpu.finish();
    gpu.trim();
    expect(gpu.statistics.bytes).toBe(before);
  });
});

describe('FeatureStream with features of earlier runs', () => {
  const sha256 = () => {
    const hash = createHash('sha256');
    return { update: (bytes: Uint8Array) => void hash.update(bytes), hex: () => hash.digest('hex') };
  };

  /** Remembers everything, and counts what it is given. */
  function memory() {
    const entries = new Map<string, Float32Array<ArrayBuffer>>();
    const store: FeatureStore = {
      find: (name) => Promise.resolve(entries.get(name)),
      keep: (name, features) => Promise.resolve(void entries.set(name, features.slice())),
    };
    return { store, entries };
  }

  async function run(
    store: FeatureStore,
    photos: ImageSet,
    { seed = look.seed as number, version = '1' } = {},
  ) {
    const state = await model.stateDict();
    const names = [...state.keys()].filter((name) => !name.startsWith('fc.'));
    const maker = { version, gpu, architecture: 'small', state, names, sha256 };
    const earlier = { store, names: new FeatureNames(maker) };
    const stream = new FeatureStream(model, { ...look, seed, height: 36, width: 36, most: 9, earlier });
    for (let i = 0; i < photos.count; i++) await stream.push(photos.image(i).slice());
    const inputs = await stream.end(photos.labels);
    const rows = await rowsOf(inputs);
    inputs.dispose();
    return { rows, found: inputs.found };
  }

  it('takes them for the same photos, to the bit', async () => {
    const { store, entries } = memory();
    const first = await run(store, set);
    expect(first.found).toBe(0);
    expect(entries.size).toBe(9); // three batches, three views
    const second = await run(store, set);
    expect(second).toEqual({ rows: first.rows, found: 7 });
    expect(entries.size).toBe(9);
  });

  it('computes what an earlier run had not: batches with other photos, other draws', async () => {
    const { store, entries } = memory();
    await run(store, set);
    const changed: ImageSet = {
      ...set,
      image: (i) => set.image(i).map((value) => (i === 4 ? 255 - value : value)),
    };
    const { found, rows } = await run(store, changed);
    expect(found).toBe(4); // of batches of 3, 3 and 1
    expect(rows).toEqual((await run(memory().store, changed)).rows);
    const before = entries.size;
    expect((await run(store, set, { seed: 6 })).found).toBe(0);
    expect(entries.size).toBe(before + 6); // the plain looks are the same
  });

  it('takes nothing of another version or another trunk, but of another head', async () => {
    const { store } = memory();
    await run(store, set);
    expect((await run(store, set, { version: '2' })).found).toBe(0);
    const state = await model.stateDict();
    const doubled = (part: RegExp) =>
      new Map(
        [...state].map(([name, { shape, data }]) => [
          name,
          { shape, data: part.test(name) ? data.map((value) => 2 * value) : data },
        ]),
      );
    await model.loadStateDict(doubled(/^fc\./));
    expect((await run(store, set)).found).toBe(7);
    await model.loadStateDict(doubled(/running_var$/));
    expect((await run(store, set)).found).toBe(0);
    await model.loadStateDict(state);
    expect((await run(store, set)).found).toBe(7);
  });

  it('takes nothing of another length', async () => {
    const { store, entries } = memory();
    const { rows } = await run(store, set);
    for (const [name, features] of entries) entries.set(name, features.slice(1));
    expect(await run(store, set)).toEqual({ rows, found: 0 });
  });
});
