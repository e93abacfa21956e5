import { beforeAll, describe, expect, it } from 'vitest';
import { testGpu } from '../../../test/support/gpu.ts';
import { expectClose, noise } from '../../../test/support/kernels.ts';
import { centerCrop, normalize } from '../../data/index.ts';
import type { Gpu } from '../../gpu/index.ts';
import { createRandom } from '../../random.ts';
import { cases } from './cases.ts';
import { type Augmentation, packedBytes, preprocess, type PreprocessShape } from './index.ts';
import { preprocessReference } from './reference.ts';

/** A handful of f32 roundings of values up to 2.7, and the division by a deviation of 0.22. */
const ROUNDED = { relative: 1e-6, absolute: 2e-6 };

let gpu: Gpu;
beforeAll(async () => {
  gpu = await testGpu();
});

function randomPixels({ n, h, w }: PreprocessShape): Uint8Array {
  return Uint8Array.from(noise(n * h * w * 3, 1, 128, 128), (v) => Math.min(255, Math.floor(v)));
}

function randomChanges({ n, h, w, oh, ow }: PreprocessShape, contrast: boolean): Augmentation[] {
  const random = createRandom(7);
  return Array.from({ length: n }, () => ({
    cropX: random.below(w - ow + 1),
    cropY: random.below(h - oh + 1),
    flip: random.below(2) === 1,
    brightness: 0.5 + random.uniform(),
    contrast: contrast ? 0.5 + random.uniform() : 1,
    contrastFirst: random.below(2) === 1,
  }));
}

const unchanged = (cropX: number, cropY: number): Augmentation => ({
  cropX,
  cropY,
  flip: false,
  brightness: 1,
  contrast: 1,
  contrastFirst: false,
});

function run(
  gpu: Gpu,
  pixels: Uint8Array,
  shape: PreprocessShape,
  changes?: readonly Augmentation[],
): Promise<Float32Array> {
  const padded = new Uint8Array(packedBytes(shape));
  padded.set(pixels);
  return gpu.scope(() => {
    const storages = {
      pixels: gpu.upload(padded),
      y: gpu.upload(new Float32Array(shape.n * shape.oh * shape.ow * 3).fill(NaN)),
    };
    preprocess(gpu, storages, shape, changes);
    return gpu.read(storages.y);
  });
}

describe.each(cases)('preprocess, $name', (shape) => {
  const pixels = randomPixels(shape);

  it.each([true, false])('equals the plain loops, contrast %s', async (contrast) => {
    const changes = randomChanges(shape, contrast);
    expectClose(await run(gpu, pixels, shape, changes), preprocessReference(pixels, shape, changes), ROUNDED);
  });

  it('crops in the centre and normalises as the host does, where nothing is changed', async () => {
    const { n, h, w, oh, ow } = shape;
    const y = await run(gpu, pixels, shape);
    if (oh !== ow) return expectClose(y, preprocessReference(pixels, shape, centred(shape)), ROUNDED);
    const images = Array.from({ length: n }, (_, i) => pixels.subarray(i * h * w * 3, (i + 1) * h * w * 3));
    const expected = images.flatMap((data) => [
      ...normalize(centerCrop({ width: w, height: h, data }, oh).data),
    ]);
    expectClose(y, expected, ROUNDED);
  });
});

/** The cases' crops whose rest is odd round down, towards the even neighbour. */
function centred({ n, h, w, oh, ow }: PreprocessShape): Augmentation[] {
  return Array.from({ length: n }, () => unchanged(Math.floor((w - ow) / 2), (h - oh) / 2));
}

describe('preprocess', () => {
  const shape = { n: 6, h: 8, w: 8, oh: 6, ow: 6 };

  it('works in parts where the batch exceeds a binding', async () => {
    const many = { ...shape, n: 18 };
    const limited = await testGpu({ maxBindingBytes: 16 * shape.oh * shape.ow * 12 });
    const [pixels, changes] = [randomPixels(many), randomChanges(many, true)];
    expect(await run(limited, pixels, many, changes)).toEqual(await run(gpu, pixels, many, changes));
    expect(await run(limited, pixels, many)).toEqual(await run(gpu, pixels, many));
  });

  it('gives the same bits twice', async () => {
    const pixels = randomPixels(shape);
    const changes = randomChanges(shape, true);
    expect(await run(gpu, pixels, shape, changes)).toEqual(await run(gpu, pixels, shape, changes));
  });

  it('refuses crops that leave the image, counts that differ and factors below 0', async () => {
    const pixels = randomPixels(shape);
    const changed = (change: Partial<Augmentation>) =>
      run(gpu, pixels, shape, [
        { ...unchanged(0, 0), ...change },
        ...Array.from({ length: 5 }, () => unchanged(0, 0)),
      ]);
    await expect(changed({ cropX: 3 })).rejects.toThrow('the crop of image 0 at (3, 0) leaves the image');
    await expect(changed({ cropY: 0.5 })).rejects.toThrow(RangeError);
    await expect(changed({ brightness: NaN })).rejects.toThrow('brightness NaN');
    await expect(run(gpu, pixels, shape, [unchanged(0, 0)])).rejects.toThrow('1 augmentations for 6 images');
    await expect(run(gpu, pixels, { ...shape, oh: 9 })).rejects.toThrow('a crop of 6×9 does not fit');
    await expect(run(gpu, pixels.subarray(0, 192), { ...shape, n: 1.5 })).rejects.toThrow('n = 1.5');
  });
});
