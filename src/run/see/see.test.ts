// What is told of a network's inside is the engine's own: layers against its forward pass, fields against gradients, sums against kernels.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testGpu } from '../../../test/support/gpu.ts';
import { expectClose } from '../../../test/support/kernels.ts';
import { gradientOf, Tensor } from '../../autograd/index.ts';
import { paperGpu, type Gpu } from '../../gpu/index.ts';
import type { ResNet } from '../../networks/index.ts';
import { createRandom } from '../../random.ts';
import { imageTensor } from '../../train/inputs/images.ts';
import { colouredNoise, smallModel } from '../../train/testing.ts';
import { changeOf } from './compare.ts';
import { fieldsOf, type Span } from './fields.ts';
import { filterPictures } from './filters.ts';
import { IMAGE, normOf, planLayers, seeLayers, type PlannedLayer, type SeenImage } from './layers.ts';
import { occlude, placesAlong } from './occlusion.ts';
import { isSum, normAfter, normSteps, readNorm, readSum, termsOf, valueAt } from './output.ts';

/** Odd, so that windows leave a rest. */
const SIZE = 99;
/** float32 sums in another order, through the layers: as in test/network.test.ts. */
const FORWARD = 1e-4;

let gpu: Gpu;
let model: ResNet;
let seen: SeenImage;
const noise = colouredNoise(1, SIZE, 5);
const image = () => imageTensor(gpu, noise, [0], SIZE);
const numbered = (name: string) => seen.layers.findIndex((layer) => layer.name === name);

beforeAll(async () => {
  gpu = await testGpu();
  model = smallModel(gpu, 3);
  // Statistics that are not 0 and 1, as a trained network has them.
  const random = createRandom(8);
  const state = await model.stateDict();
  for (const [name, { shape, data }] of state)
    if (/bn\d|downsample\.1/.test(name) && shape.length > 0)
      state.set(name, { shape, data: data.map((value) => value + 0.3 * random.uniform()) });
  model.loadStateDict(state);
  seen = await seeLayers(model, image);
});
afterAll(() => model.dispose());

describe('the layers of a forward pass', () => {
  it('are all operations in their order, by the names of their modules, with what they take', () => {
    expect(seen.layers.map(({ name }) => name)).toEqual([
      ...['conv1', 'bn1', 'maxPool2d'],
      ...['layer1.0.conv1', 'layer1.0.bn1', 'layer1.0.conv2', 'layer1.0.bn2'],
      ...[2, 3, 4].flatMap((stage) =>
        ['conv1', 'bn1', 'downsample.0', 'downsample.1', 'conv2', 'bn2'].map(
          (part) => `layer${stage}.0.${part}`,
        ),
      ),
      ...['globalAvgPool', 'fc'],
    ]);
    const inputs = (name: string) => seen.layers[numbered(name)]?.inputs;
    expect(inputs('conv1')).toEqual([IMAGE]);
    expect(inputs('layer1.0.bn2')).toEqual([numbered('layer1.0.conv2'), numbered('maxPool2d')]);
    expect(inputs('layer2.0.downsample.0')).toEqual([numbered('layer1.0.bn2')]);
    expect(inputs('layer2.0.bn2')).toEqual([numbered('layer2.0.conv2'), numbered('layer2.0.downsample.1')]);
    expect(seen.layers.filter(({ relu }) => relu).map(({ name }) => name)).toEqual(
      seen.layers.flatMap(({ name }) => (/bn\d$/.test(name) ? [name] : [])),
    );
  });

  it('end in what the network answers, and leave it as it was', async () => {
    expect(model.training).toBe(true);
    expect(seen.layers.map(normOf).every((norm) => norm?.fused ?? true)).toBe(true);
    model.eval();
    const [activation, logits] = await gpu.scope(() => {
      const activation = model.activation(image());
      return Promise.all([activation.read(), model.head.forward(model.pool(activation)).read()]);
    });
    model.train();
    expectClose(seen.layers[numbered('layer4.0.bn2')]!.values, activation, { relative: FORWARD });
    expectClose(seen.layers.at(-1)!.values, logits, { relative: FORWARD });
    expect(seen.input.values).toEqual(await gpu.scope(() => image().read()));
  });
});

it('layers are known without a GPU', () => {
  const planned = planLayers(
    paperGpu({ software: false, subgroupSize: 32 }),
    (gpu) => smallModel(gpu, 3),
    SIZE,
  );
  const facts = ({ name, op, shape, inputs, window, relu }: PlannedLayer) => ({
    name,
    op,
    shape,
    inputs,
    window,
    relu,
  });
  expect(planned.map(facts)).toEqual(seen.layers.map(facts));
  expect(planned.map(isSum)).toEqual(seen.layers.map(isSum));
});

describe('receptive fields', () => {
  /** Winograd's tiles leave the rounding of their sums where a gradient is 0: some 2⁻²⁴ of it, far less than what reaches a field's edge. */
  const RESIDUE = 1e-6;

  /** The box of all pixels on which the gradient of an output, all its channels together, is not 0. */
  async function support(name: string, y: number, x: number): Promise<{ rows: Span; columns: Span }> {
    const gradient = await gpu.scope(() => {
      const leaf = image();
      leaf.requiresGrad = true;
      let output: Tensor | undefined;
      let last = -1;
      gpu.onPart = (part) => {
        last += 1;
        if (last === numbered(name)) output = part.output as Tensor;
      };
      for (const norm of seen.layers.map(normOf)) if (norm) norm.fused = false;
      model.eval();
      try {
        model.forward(leaf);
      } finally {
        gpu.onPart = undefined;
        model.train();
        for (const norm of seen.layers.map(normOf)) if (norm) norm.fused = true;
      }
      const [, , width = 0, channels = 0] = output!.shape; // it was found
      const seed = new Float32Array(output!.size);
      const random = createRandom(3);
      for (let c = 0; c < channels; c++) seed[(y * width + x) * channels + c] = 1 + random.uniform();
      return gradientOf(output!, leaf, new Tensor(gpu, output!.shape, gpu.upload(seed))).read();
    });
    const largest = gradient.reduce((most, one) => Math.max(most, Math.abs(one)), 0);
    const touched = Array.from({ length: SIZE * SIZE }, (_, at) => at).filter((at) =>
      [0, 1, 2].some((channel) => Math.abs(gradient[3 * at + channel] ?? 0) > RESIDUE * largest),
    );
    const span = (values: readonly number[]): Span => [Math.min(...values), Math.max(...values)];
    return {
      rows: span(touched.map((at) => Math.floor(at / SIZE))),
      columns: span(touched.map((at) => at % SIZE)),
    };
  }

  it.each([
    ['conv1', 0, 12],
    ['bn1', 49, 49],
    ['maxPool2d', 7, 0],
    ['layer1.0.conv1', 10, 24],
    ['layer1.0.bn2', 12, 3],
    ['layer2.0.downsample.0', 6, 12],
    ['layer2.0.bn2', 6, 0],
    ['layer2.0.bn2', 12, 5],
    ['layer3.0.conv1', 3, 6],
    ['layer4.0.conv1', 0, 3],
  ])('are just the pixels that the gradient of an output reaches: %s at %i, %i', async (name, y, x) => {
    const { rows, columns } = fieldsOf(seen.layers, numbered(name), [SIZE, SIZE]);
    expect({ rows: rows[y], columns: columns[x] }).toEqual(await support(name, y, x));
  });

  it.each([
    ['conv1', 7],
    ['maxPool2d', 11],
    ['layer1.0.conv1', 19],
    ['layer2.0.downsample.0', 27],
    ['layer2.0.conv1', 35],
    ['layer4.0.conv1', 131],
  ])('reach as far as windows and strides say where no edge cuts them off: %s %i', (name, side) => {
    expect(fieldsOf(seen.layers, numbered(name), [SIZE, SIZE]).reach).toEqual({ height: side, width: side });
  });

  it('are the whole image behind the average', () => {
    const whole = [[0, SIZE - 1]];
    expect(fieldsOf(seen.layers, numbered('fc'), [SIZE, SIZE])).toEqual({
      ...{ rows: whole, columns: whole },
      reach: undefined,
    });
  });
});

describe('an output of a convolution, or of the head,', () => {
  it('is the sum of its window times its weights, wherever it is', async () => {
    const random = createRandom(4);
    for (const [index, layer] of seen.layers.entries()) {
      const weight = await readSum(layer);
      expect(weight !== undefined).toBe(isSum(layer));
      if (!weight) continue;
      const [height = 0, width = 0, channels = 0] =
        layer.shape.length < 3 ? [1, 1, ...layer.shape] : layer.shape;
      const corners = [
        { y: 0, x: 0, channel: 0 },
        { y: height - 1, x: width - 1, channel: channels - 1 },
      ];
      const others = Array.from({ length: 30 }, () => ({
        ...{ y: random.below(height), x: random.below(width), channel: random.below(channels) },
      }));
      for (const place of [...corners, ...others]) {
        const terms = termsOf(seen, index, weight, place);
        expect(terms.value).toBe(valueAt(layer, place));
        expect(
          Math.abs(terms.sum - terms.value),
          `${layer.name} at ${JSON.stringify(place)}`,
        ).toBeLessThanOrEqual(terms.rounding);
        // The bound is no excuse: it is far below what is summed up.
        expect(terms.rounding).toBeLessThan(
          1e-3 * terms.products.reduce((sum, one) => sum + Math.abs(one), 0),
        );
        expect(terms.ofChannels.reduce((sum, one) => sum + one, terms.bias ?? 0)).toBeCloseTo(terms.sum, 9);
      }
    }
  });

  it('sees nothing in the padding, and what is there elsewhere', async () => {
    const weight = (await readSum(seen.layers[0]!))!;
    const { window, top, left } = termsOf(seen, 0, weight, { y: 0, x: 5, channel: 9 });
    expect([top, left]).toEqual([-3, 7]);
    expect(window.slice(0, 3 * 7 * 3).every((value) => value === 0)).toBe(true);
    const at = (row: number, column: number) =>
      seen.input.values.slice(3 * (row * SIZE + column), 3 * (row * SIZE + column) + 3);
    expect(window.slice(3 * 7 * 3, 3 * 7 * 3 + 3)).toEqual(at(0, 7));
    expect(window.slice(-3)).toEqual(at(3, 13));
  });

  it('becomes what batch norm, shortcut and ReLU make of it', async () => {
    for (const name of ['conv1', 'layer2.0.downsample.0', 'layer2.0.conv2']) {
      const index = numbered(name);
      const weight = (await readSum(seen.layers[index]!))!;
      const after = normAfter(seen.layers, index)!;
      const norm = await readNorm(normOf(seen.layers[after]!)!);
      const all = Array.from({ length: 40 }, (_, i) => {
        const place = { y: i % 7, x: i % 5, channel: i };
        return normSteps(seen.layers, after, norm, termsOf(seen, index, weight, place).sum, place);
      });
      expect(all.map(({ residual }) => residual !== undefined)).toEqual(
        all.map(() => name === 'layer2.0.conv2'),
      );
      expectClose(
        all.map(({ value }) => value),
        all.map(({ result }) => result),
        { relative: 1e-5 },
        name,
      );
      if (name !== 'layer2.0.downsample.0') expect(Math.min(...all.map(({ result }) => result))).toBe(0);
    }
  });

  it('is refused where there is none', async () => {
    const weight = (await readSum(seen.layers[0]!))!;
    expect(() => termsOf(seen, 0, weight, { y: 50, x: 0, channel: 0 })).toThrow(
      'conv1 has no output at 50, 0',
    );
    expect(() => termsOf(seen, numbered('maxPool2d'), weight, { y: 0, x: 0, channel: 0 })).toThrow(
      'is no weighted sum',
    );
  });
});

describe('what moves a logit', () => {
  const picture = { width: SIZE, height: SIZE, data: noise.image(0) };

  it('is the difference that a grey patch makes, place by place', async () => {
    const patch = { side: 40, stride: 45 };
    const progress: number[] = [];
    const found = await occlude(model, picture, 1, patch, {
      batchSize: 4,
      onProgress: (done) => progress.push(done),
    });
    const along = placesAlong(SIZE, patch);
    expect([along, found.rows, found.columns, found.changes.length]).toEqual([3, 3, 3, 9]);
    expect(progress).toEqual([4, 8, 10]);
    const covered = picture.data.slice();
    for (let y = 59; y < 99; y++)
      for (let x = 45; x < 85; x++) covered.set([124, 116, 104], 3 * (y * SIZE + x));
    model.eval();
    const logits = await gpu.scope(() =>
      model
        .forward(
          imageTensor(
            gpu,
            { width: SIZE, height: SIZE, image: (i) => (i ? covered : picture.data) },
            [0, 1],
            SIZE,
          ),
        )
        .read(),
    );
    model.train();
    expectClose([found.logit], [logits[1]!], { relative: FORWARD });
    expectClose([found.logit + found.changes[2 * 3 + 1]!], [logits[3 + 1]!], { relative: FORWARD });
  });

  it('ends when it is told to', async () => {
    const stop = new AbortController();
    const asked = occlude(
      model,
      picture,
      0,
      { side: 40, stride: 5 },
      {
        ...{ batchSize: 2, signal: stop.signal },
        onProgress: () => stop.abort(new Error('enough')),
      },
    );
    await expect(asked).rejects.toThrow('enough');
    expect(model.training).toBe(true);
    await expect(occlude(model, picture, 0, { side: 0, stride: 1 })).rejects.toThrow('A patch has a side');
  });
});

it('a filter over colours is a picture of them', async () => {
  const weight = { shape: [2, 3, 1, 2], data: Float32Array.of(0, 2, -2, 1, 0.5, 0, 1, 1, 1, 1, 1, 1) };
  const pictures = filterPictures(weight);
  expect(pictures.map(({ width, height, data }) => [width, height, ...data])).toEqual([
    [2, 1, 128, 0, 159, 255, 191, 128],
    [2, 1, 191, 191, 191, 191, 191, 191],
  ]);
  expect(filterPictures(await model.conv1.weight.save())).toHaveLength(64);
  expect(() => filterPictures({ shape: [1, 64, 3, 3], data: new Float32Array(576) })).toThrow('no colours');
});

it('two networks differ from the first stage on that was trained, and are equal before it', async () => {
  const other = smallModel(gpu, 3);
  try {
    const state = await model.stateDict();
    for (const [name, { shape, data }] of state)
      if (name.startsWith('layer3') && name.endsWith('conv2.weight'))
        state.set(name, { shape, data: data.map((value) => 1.1 * value) });
    other.loadStateDict(state);
    const after = await seeLayers(other, image);
    const changes = after.layers.map((layer, i) => changeOf(seen.layers[i]!, layer)!);
    const first = numbered('layer3.0.conv2');
    expect(changes.slice(0, first).every(({ relative }) => relative === 0)).toBe(true);
    expect(changes[first]!.relative).toBeCloseTo(0.1, 4);
    expectClose(changes[first]!.ofChannels, new Float32Array(256).fill(0.1), { relative: 1e-2 });
    expect(changes.slice(first).every(({ relative }) => relative > 0)).toBe(true);
    expect(changeOf(seen.layers[0]!, seen.layers[2]!)).toBeUndefined();
  } finally {
    other.dispose();
  }
});
