import { beforeAll, describe, expect, it } from 'vitest';
import { testGpu } from '../../../test/support/gpu.ts';
import { expectClose, noise } from '../../../test/support/kernels.ts';
import { centerCrop, normalize } from '../../data/index.ts';
import type { Gpu } from '../../gpu/index.ts';
import { createRandom } from '../../random.ts';
import { type PreprocessCase, cases } from './cases.ts';
import {
  type Augmentation,
  centreCrop,
  imageStride,
  type PreprocessJob,
  preprocess,
  type PreprocessShape,
  type PreprocessSizes,
} from './index.ts';
import { preprocessReference } from './reference.ts';

/** A handful of f32 roundings of values up to 2.7, and the division by a deviation of 0.22. */
const ROUNDED = { relative: 1e-6, absolute: 2e-6 };
/**
 * Positions are rounded to f32, up to 300 pixels from the edge: some 3e-5 of a pixel. Between neighbours as far apart as
 * black and white, which contrast of 1.5 and brightness of 1.5 stretch, that is 7e-5, over a deviation of 0.22.
 */
const RESAMPLED = { relative: 0, absolute: 3e-4 };

const ORDERS = [
  ['brightness', 'contrast', 'saturation'],
  ['saturation', 'contrast', 'brightness'],
  ['contrast', 'brightness', 'saturation'],
  ['saturation', 'brightness', 'contrast'],
  ['contrast'],
] as const;

let gpu: Gpu;
beforeAll(async () => {
  gpu = await testGpu();
});

const randomImages = ({ n, h, w }: PreprocessCase): Uint8Array[] =>
  Array.from({ length: n }, (_, i) =>
    Uint8Array.from(noise(h * w * 3, i, 128, 128), (v) => Math.min(255, Math.floor(v))),
  );

/** Whole crops of the output's size, or any rectangle turned by up to 0.3 radians. */
function randomChanges(
  { n, h, w, oh, ow }: PreprocessCase,
  contrast: boolean,
  resample: boolean,
): Augmentation[] {
  const random = createRandom(7);
  const between = (least: number, most: number) => least + random.uniform() * (most - least);
  return Array.from({ length: n }, (_, i) => {
    const width = resample ? between(w / 4, w) : ow;
    const height = resample ? between(h / 4, h) : oh;
    const start = (room: number) => (resample ? between(0, room) : random.below(room + 1));
    return {
      crop: { x: start(w - width), y: start(h - height), width, height },
      rotation: resample ? between(-0.3, 0.3) : 0,
      flip: random.below(2) === 1,
      brightness: between(0.5, 1.5),
      contrast: contrast ? between(0.5, 1.5) : 1,
      saturation: between(0.5, 1.5),
      order: ORDERS[i % ORDERS.length]!, // inside the list
    };
  });
}

const jobsOf = (changes: readonly Augmentation[]): PreprocessJob[] =>
  changes.map((change, i) => ({ ...change, source: i, destination: i }));

function blockOf(images: readonly Uint8Array[], sizes: PreprocessSizes): Uint8Array {
  const block = new Uint8Array(images.length * imageStride(sizes));
  images.forEach((image, i) => block.set(image, i * imageStride(sizes)));
  return block;
}

/** Runs each list of jobs over its block, all into one result. */
function run(
  gpu: Gpu,
  sizes: PreprocessSizes,
  parts: readonly { readonly images: readonly Uint8Array[]; readonly jobs: readonly PreprocessJob[] }[],
  n = parts.reduce((sum, { jobs }) => sum + jobs.length, 0),
): Promise<Float32Array> {
  return gpu.scope(() => {
    const y = gpu.upload(new Float32Array(n * sizes.oh * sizes.ow * 3).fill(NaN));
    for (const { images, jobs } of parts) {
      const shape: PreprocessShape = { ...sizes, images: images.length, n };
      preprocess(gpu, { pixels: gpu.upload(blockOf(images, sizes)), y }, shape, jobs);
    }
    return gpu.read(y);
  });
}

const expected = (
  images: readonly Uint8Array[],
  sizes: PreprocessSizes,
  changes: readonly Augmentation[],
): number[] => changes.flatMap((change, i) => [...preprocessReference(images[i]!, sizes, change)]); // one change an image

describe.each(cases)('preprocess, $name', (shape) => {
  const images = randomImages(shape);

  it.each([
    { contrast: true, resample: false },
    { contrast: false, resample: false },
    { contrast: true, resample: true },
    { contrast: false, resample: true },
  ])('equals the plain loops: %j', async ({ contrast, resample }) => {
    const changes = randomChanges(shape, contrast, resample);
    const y = await run(gpu, shape, [{ images, jobs: jobsOf(changes) }]);
    expectClose(y, expected(images, shape, changes), resample ? RESAMPLED : ROUNDED);
  });

  it('crops in the centre and normalises as the host does, where nothing is changed', async () => {
    const { h, w, oh, ow } = shape;
    const changes = images.map(() => centreCrop(shape));
    const y = await run(gpu, shape, [{ images, jobs: jobsOf(changes) }]);
    if (oh !== ow) return expectClose(y, expected(images, shape, changes), ROUNDED);
    const onHost = images.flatMap((data) => [
      ...normalize(centerCrop({ width: w, height: h, data }, oh).data),
    ]);
    expectClose(y, onHost, ROUNDED);
  });
});

describe('preprocess', () => {
  const shape = { name: 'small', n: 6, h: 9, w: 7, oh: 6, ow: 5 };
  const images = randomImages(shape);

  it('averages all that a pixel covers where it shrinks', async () => {
    const sizes = { h: 40, w: 60, oh: 4, ow: 4 };
    const [image] = randomImages({ ...sizes, name: 'large', n: 1 }) as [Uint8Array];
    const change = { ...centreCrop(sizes), crop: { x: 0, y: 0, width: 60, height: 40 } };
    const y = await run(gpu, sizes, [{ images: [image], jobs: jobsOf([change]) }]);
    const averaged = Array.from({ length: 48 }, (_, i) => {
      const [row, column, c] = [Math.floor(i / 12), Math.floor(i / 3) % 4, i % 3];
      const values = Array.from({ length: 150 }, (_, k) => {
        const [x, y] = [column * 15 + (k % 15), row * 10 + Math.floor(k / 15)];
        return image[(y * 60 + x) * 3 + c]!; // inside the image
      });
      return values.reduce((sum, v) => sum + v, 0) / values.length;
    });
    const bytes = Float64Array.from(averaged);
    const means = bytes.map(
      (v, i) => (v / 255 - [0.485, 0.456, 0.406][i % 3]!) / [0.229, 0.224, 0.225][i % 3]!,
    );
    expectClose(y, means, { relative: 1e-5 });
  });

  it('turns the picture clockwise', async () => {
    const sizes = { h: 5, w: 5, oh: 5, ow: 5 };
    const image = new Uint8Array(75);
    image.fill(255, 3 * 2, 3 * 3); // the middle of the upper edge
    const change = { ...centreCrop(sizes), rotation: Math.PI / 2 };
    const y = await run(gpu, sizes, [{ images: [image], jobs: jobsOf([change]) }]);
    const red = Array.from({ length: 25 }, (_, i) => y[3 * i]!); // three floats a pixel
    expect(red.indexOf(Math.max(...red))).toBe(2 * 5 + 4); // the middle of the right edge
  });

  it('gives an image the same bits from whatever block, place and company', async () => {
    const changes = [true, false].flatMap((resample) =>
      randomChanges({ ...shape, n: 3 }, resample, resample),
    );
    const jobs = jobsOf(changes);
    const together = await run(gpu, shape, [{ images, jobs }]);
    expect(together.every(Number.isFinite)).toBe(true);
    const apart = jobs.map((job) => ({ images: [images[job.source]!], jobs: [{ ...job, source: 0 }] })); // in range
    expect(await run(gpu, shape, apart.reverse())).toEqual(together);
    expect(await run(gpu, shape, [{ images, jobs: jobs.toReversed() }])).toEqual(together);
  });

  it('leaves images alone that no job names', async () => {
    const [job] = jobsOf([centreCrop(shape)]) as [PreprocessJob];
    const y = await run(gpu, shape, [{ images, jobs: [{ ...job, destination: 1 }] }], 3);
    const floats = shape.oh * shape.ow * 3;
    const written = [0, 1, 2].map((i) => y.subarray(i * floats, (i + 1) * floats).every(Number.isFinite));
    expect(written).toEqual([false, true, false]);
  });

  it('works in parts where the result exceeds a binding', async () => {
    const many = { ...shape, n: 200, oh: 4, ow: 4 };
    const [pixels, changes] = [randomImages(many), randomChanges(many, true, true)];
    const parts = [{ images: pixels, jobs: jobsOf(changes) }];
    const limited = await testGpu({ maxBindingBytes: 200 * imageStride(many) });
    expect(await run(limited, many, parts, 400)).toEqual(await run(gpu, many, parts, 400));
  });

  it('refuses crops that leave the image, images that are not there and impossible factors', async () => {
    const changed = (change: Partial<PreprocessJob>, sizes: PreprocessSizes = shape) =>
      run(gpu, sizes, [{ images, jobs: [{ ...jobsOf([centreCrop(shape)])[0]!, ...change }] }]); // one job
    const crop = { x: 3, y: 0, width: 5, height: 6 };
    await expect(changed({ crop })).rejects.toThrow('the crop of 5×6 at (3, 0) does not fit image 0 of 7×9');
    await expect(changed({ crop: { ...crop, x: NaN } })).rejects.toThrow(RangeError);
    await expect(changed({ crop: { ...crop, width: 0 } })).rejects.toThrow(RangeError);
    await expect(changed({ brightness: NaN })).rejects.toThrow('brightness NaN');
    await expect(changed({ saturation: -1 })).rejects.toThrow('saturation -1');
    await expect(changed({ rotation: Infinity })).rejects.toThrow('rotation Infinity');
    await expect(changed({ order: ['contrast', 'contrast'] })).rejects.toThrow('twice');
    await expect(changed({ source: 6 })).rejects.toThrow('no image 6 of 6');
    await expect(changed({ destination: 1 })).rejects.toThrow('to become image 1 of 1');
    await expect(changed({}, { ...shape, oh: 1.5 })).rejects.toThrow('oh = 1.5');
  });
});
