import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testGpu } from '../../test/support/gpu.ts';
import { imageSet, type ImageSet } from '../data/index.ts';
import type { Gpu } from '../gpu/index.ts';
import type { Network } from '../nn/index.ts';
import { familiarityOf, featureInputs, imageInputs, predictAll, type Inputs } from '../train/index.ts';
import { colouredNoise, smallModel } from '../train/testing.ts';
import { Acquaintance } from './familiarity.ts';
import { unlikeText } from './predict.ts';
import { predictionCsv, predictionCsvHeader, predictionJson } from './prediction-text.ts';

const SIZE = 32;
const settings = { size: SIZE, augment: 'strong', seed: 1, batchSize: 16, loss: 'cross-entropy' } as const;

let gpu: Gpu;
let model: Network;
beforeAll(async () => {
  gpu = await testGpu();
  model = smallModel(gpu).eval();
});
afterAll(() => model.dispose());

/** Chessboards, which noise is nothing like. */
function chessboards(count: number): ImageSet {
  const data = new Uint8Array(count * SIZE * SIZE * 3);
  data.forEach((_, i) => {
    const [x, y] = [Math.floor(i / 3) % SIZE, Math.floor(i / (3 * SIZE)) % SIZE];
    data[i] = (x >> 3) % 2 === (y >> 3) % 2 ? 255 : 0;
  });
  const labels = new Int32Array(count);
  return imageSet({ height: SIZE, width: SIZE, data, labels, paths: Array.from(labels, String) });
}

async function knownAfter(train: Inputs, valid: ImageSet) {
  const acquaintance = await Acquaintance.with(model, train, valid.count, settings);
  await predictAll(model, imageInputs(model, valid, { ...settings, augment: 'none' }), {
    ...settings,
    onFeatures: (features) => acquaintance.compare(features),
  });
  return acquaintance.known();
}

describe('what a run keeps of its photos', () => {
  it('tells others like them from what is unlike them', async () => {
    const valid = colouredNoise(40, SIZE, 2);
    const known = await knownAfter(imageInputs(model, colouredNoise(60, SIZE, 1), settings), valid);
    expect(known.rows.length).toBe(60 * known.width);
    expect(known.distances.length).toBe(40);
    const unlike = async (set: ImageSet) => {
      const found: (boolean | undefined)[] = [];
      await predictAll(model, imageInputs(model, set, { ...settings, augment: 'none' }), {
        ...settings,
        onFeatures(features) {
          for (let from = 0; from < features.length; from += known.width)
            found.push(familiarityOf(known, features.subarray(from, from + known.width)).unlike);
        },
      });
      return found.filter((one) => one).length;
    };
    expect(await unlike(chessboards(3))).toBe(3);
    // Each of these is farther than all of forty others with a chance of 1 in 41.
    expect(await unlike(colouredNoise(40, SIZE, 3))).toBeLessThan(6);
    expect(await unlike(valid)).toBe(0);
  });

  it('is the same from kept features as from the photos themselves', async () => {
    const [train, valid] = [colouredNoise(30, SIZE, 1), colouredNoise(20, SIZE, 2)];
    const plain = await knownAfter(imageInputs(model, train, settings), valid);
    const kept = await featureInputs(model, train, { ...settings, views: 2 });
    const found = await knownAfter(kept, valid);
    kept.dispose();
    expect(found.rows).toEqual(plain.rows);
    expect(found.distances).toEqual(plain.distances);
  });

  it('has a bound, however many photos there are', async () => {
    const known = await knownAfter(
      imageInputs(model, colouredNoise(600, 8, 1), { ...settings, size: 8 }),
      colouredNoise(540, SIZE, 2),
    );
    expect(known.rows.length).toBe(512 * known.width);
    expect(known.distances.length).toBe(500);
    known.distances.forEach((value, i) => expect(value).toBeGreaterThanOrEqual(known.distances[i - 1] ?? 0));
  });
});

describe('a prediction', () => {
  const ranked = [{ class: 'rose', index: 1, probability: 0.75 }];
  const shares = [0.25, 0.75];
  const classes = ['dog, red', 'rose'];
  const familiarity = { distance: 0.9, fartherThan: 199, of: 199, unlike: true };

  it('says of a photo that it is unlike all others', () => {
    expect(unlikeText(familiarity)).toBe(
      'unlike anything it was trained on: farther from it than all 199 photos set aside',
    );
    expect(unlikeText({ ...familiarity, fartherThan: 495, of: 500 })).toContain('than 495 of 500 photos');
    for (const unlike of [false, undefined]) expect(unlikeText({ ...familiarity, unlike })).toBeUndefined();
    expect(unlikeText(undefined)).toBeUndefined();
  });

  it('tells programs, too, and nothing where nothing is known', () => {
    const [told, untold] = [
      { path: 'a.jpg', ranked, shares, familiarity },
      { path: 'a.jpg', ranked, shares },
    ];
    const best = { path: 'a.jpg', ...ranked[0], top: ranked };
    expect(JSON.parse(predictionJson(told))).toEqual({ ...best, unlike: true, familiarity: 1 / 200 });
    expect(JSON.parse(predictionJson(untold))).toEqual(best);
    expect(predictionCsvHeader(classes)).toBe(
      'file,class,probability,"p_dog, red",p_rose,unlike,familiarity,error',
    );
    expect(predictionCsv(told, classes)).toBe('a.jpg,rose,0.7500,0.2500,0.7500,true,0.0050,');
    expect(predictionCsv(untold, classes)).toBe('a.jpg,rose,0.7500,0.2500,0.7500,,,');
    const unread = { path: 'b.jpg', ranked: [], reason: 'is truncated: 3 bytes, too few' } as const;
    expect(predictionCsv(unread, classes)).toBe('b.jpg,,,,,,,"is truncated: 3 bytes, too few"');
  });
});
