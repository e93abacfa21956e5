import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { explainGolden, explainedRuns, expectClose as expectGolden } from '../../../test/golden/golden.ts';
import { networkImages, networkLabels, networkTensor } from '../../../test/golden/inputs.ts';
import { testGpu } from '../../../test/support/gpu.ts';
import { expectClose } from '../../../test/support/kernels.ts';
import { globalAvgPool, mul, Tensor } from '../../autograd/all.ts';
import type { Gpu } from '../../gpu/index.ts';
import { hasHalf } from '../../kernels/dtype.ts';
import { geometryOf } from '../../networks/resnet/geometry.ts';
import { networks, ResNet } from '../../networks/index.ts';
import type { Network } from '../../nn/index.ts';
import { createRandom } from '../../random.ts';
import { freeze } from '../loop/freeze.ts';
import { trainingStep } from '../loop/training-step.ts';
import { imageInputs } from '../inputs/inputs.ts';
import { imageTensor } from '../inputs/images.ts';
import { Adam } from '../../optim/index.ts';
import { colouredNoise, differing, smallModel, testSettings } from '../testing.ts';
import { classMaps, gradCam } from './grad-cam.ts';

/** float32 sums in another order, as other batches have them, through the layers: as in test/network.test.ts. */
const FORWARD = 1e-4;
/** Images of so many pixels, whose last activation has 3 × 3 places. */
const SIZE = 96;

let gpu: Gpu;
let model: Network;
beforeAll(async () => {
  gpu = await testGpu();
});
afterEach(() => model.dispose());

describe('Grad-CAM', () => {
  it.each(explainedRuns)('equals PyTorch: %s', async (run) => {
    const golden = explainGolden(run);
    const { input, batch } = golden;
    const classes = run.includes('one-logit') ? 1 : 10;
    model = networks[run.startsWith('resnet50') ? 'resnet50' : 'resnet18'].create(gpu, classes);
    const shapes = [...model.stateShapes()].filter(([name]) => !name.endsWith('num_batches_tracked'));
    model.loadStateDict(
      new Map(shapes.map(([name, shape]) => [name, { shape, data: networkTensor(name, shape) }])),
    );
    const images = () => new Tensor(gpu, [batch, 128, 128, 3], gpu.upload(networkImages(input, batch, 128)));
    const labels = [...networkLabels(input, batch, Math.max(classes, 2))];
    const maps = await gradCam(model, images, labels);
    expect(maps.map(({ width, height }) => [width, height])).toEqual(maps.map(() => [4, 4]));
    expectGolden(Float32Array.from(maps.flatMap(({ values }) => [...values])), golden.get('maps'), FORWARD);
  });

  it('weighs channels by the head where they are averaged, batch by batch', async () => {
    model = smallModel(gpu, 3).eval();
    const set = colouredNoise(5, SIZE, 1);
    const [indices, classes] = [
      [4, 0, 3, 1, 2],
      [0, 1, 2, 2, 1],
    ];
    const maps = await classMaps(model, set, indices, classes, 2);
    const activation = await gpu.scope(() => model.activation(imageTensor(gpu, set, indices, SIZE)).read());
    const weight = (await model.stateDict()).get('fc.weight')!.data; // as in every ResNet
    const channels = model.featureCount;
    maps.forEach(({ values }, image) => {
      const sums = Array.from(values, (_, place) => {
        let sum = 0;
        for (let c = 0; c < channels; c++)
          sum +=
            (activation[(image * values.length + place) * channels + c]! *
              weight[classes[image]! * channels + c]!) /
            values.length;
        return Math.max(0, sum);
      });
      const largest = Math.max(...sums);
      expect(largest).toBeGreaterThan(0);
      expectClose(
        values,
        sums.map((sum) => sum / largest),
        { relative: FORWARD },
        `image ${image}`,
      );
    });
  });

  it('differentiates through whatever a network does with its last activation', async () => {
    class Squared extends ResNet {
      override pool(activation: Tensor) {
        return globalAvgPool(mul(activation, activation));
      }
    }
    const squared = new Squared(gpu, geometryOf({ title: 's', block: 'basic', blocks: [1, 1, 1, 1] }), 2);
    model = squared;
    squared.initialise(createRandom(2));
    squared.eval();
    const set = colouredNoise(1, SIZE, 1);
    const [map] = await classMaps(squared, set, [0], [0]);
    const shape = [1, 3, 3, squared.featureCount] as const;
    const activation = await gpu.scope(() => squared.activation(imageTensor(gpu, set, [0], SIZE)).read());
    const logitOf = async (values: Float32Array) => {
      const [logit = NaN] = await gpu.scope(() => {
        const moved = new Tensor(gpu, shape, gpu.upload(values));
        return squared.head.forward(squared.pool(moved)).read();
      });
      return logit;
    };
    // The slope along a shift of a whole channel is the sum of its places' gradients: nine times its weight.
    const channels = squared.featureCount;
    const step = 0.5; // the logit is a square of it, so that differences from both sides are exact at any width
    const weights = new Float64Array(channels);
    for (let c = 0; c < channels; c++) {
      const moved = (by: number) => activation.map((value, i) => (i % channels === c ? value + by : value));
      weights[c] = ((await logitOf(moved(step))) - (await logitOf(moved(-step)))) / (2 * step) / 9;
    }
    const sums = Array.from({ length: 9 }, (_, place) =>
      Math.max(
        0,
        weights.reduce((sum, weight, c) => sum + weight * activation[place * channels + c]!, 0),
      ),
    );
    const largest = Math.max(...sums);
    expect(largest).toBeGreaterThan(0);
    // A float32 logit of some units, of which each slope takes the last digits: three places are left of 512 sums.
    expectClose(
      map!.values,
      sums.map((sum) => sum / largest),
      { relative: 2e-3 },
    );
  });

  it('leaves gradients, flags, statistics, memory and the mode as they are', async () => {
    model = smallModel(gpu);
    const set = colouredNoise(8, 32, 1);
    freeze(model, 'layer4.0.bn2', 'batch');
    model.train();
    const optimizer = new Adam(
      model.parameters().filter(({ requiresGrad }) => requiresGrad),
      {
        learningRate: 1e-3,
      },
    );
    const inputs = imageInputs(model, set, { size: 32, augment: 'none', seed: 1 });
    await trainingStep(model, optimizer, inputs, testSettings)([Uint32Array.of(0, 1, 2, 3)], 1);
    const look = async () => ({
      flags: model.parameters().map(({ requiresGrad }) => requiresGrad),
      gradients: await Promise.all(model.parameters().map((parameter) => parameter.readGradient())),
      modes: model.modules().map(({ training }) => training),
      state: await model.stateDict(),
    });
    const [before, { persistentBytes }] = [await look(), gpu.statistics];
    expect(before.gradients.filter((gradient) => gradient !== null).length).toBe(4); // of the norm and the head
    await classMaps(model, set, [0, 5, 7], [0, 1, 1]);
    const after = await look();
    expect(gpu.statistics.persistentBytes).toBe(persistentBytes);
    expect(differing(before.state, after.state)).toEqual([]);
    expect({ ...after, state: undefined }).toEqual({ ...before, state: undefined });
    optimizer.dispose();
  });

  it('is the same, frozen or not', async () => {
    model = smallModel(gpu);
    const set = colouredNoise(2, SIZE, 1);
    const trained = await classMaps(model, set, [0, 1], [0, 1]);
    for (const parameter of model.parameters()) parameter.requiresGrad = false;
    expect(await classMaps(model, set, [0, 1], [0, 1])).toEqual(trained);
  });

  it('looks nearly at the same places in 16-bit floats', async () => {
    if (!hasHalf(gpu)) return console.log('Grad-CAM of f16: this adapter has no shader-f16');
    model = smallModel(gpu);
    const set = colouredNoise(2, SIZE, 1);
    for (const parameter of model.parameters()) parameter.requiresGrad = false;
    const single = await classMaps(model, set, [0, 1], [0, 1]);
    const half = await classMaps(model.half(), set, [0, 1], [0, 1]);
    // Three digits of each activation.
    half.forEach(({ values }, i) => expectClose(values, single[i]!.values, { relative: 0, absolute: 0.02 }));
  });

  it('is dark where nothing speaks for the class', async () => {
    model = smallModel(gpu).eval();
    const { classes, featureCount } = model;
    const weight = new Float32Array(classes * featureCount).fill(-1);
    model.loadStateDict(new Map([['fc.weight', { shape: [classes, featureCount], data: weight }]]));
    const [map] = await classMaps(model, colouredNoise(1, SIZE, 1), [0], [1]);
    expect([...map!.values]).toEqual(new Array(9).fill(0)); // one image, one map
  });

  it('refuses classes that there are not', async () => {
    model = smallModel(gpu);
    const set = colouredNoise(2, SIZE, 1);
    const x = () => imageTensor(gpu, set, [0, 1], SIZE);
    await expect(gradCam(model, x, [0])).rejects.toThrow('There are 1 classes for 2 images.');
    await expect(gradCam(model, x, [0, 2])).rejects.toThrow('There is no class 2 in a network of 2 outputs.');
  });
});
