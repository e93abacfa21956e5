// What the tests of this folder share: a small network, and images that two classes of noise make easy to tell apart.
import { imageSet, type ImageSet } from '../data/index.ts';
import type { Gpu } from '../gpu/index.ts';
import { geometryOf } from '../networks/resnet/geometry.ts';
import { ResNet } from '../networks/resnet/network.ts';
import { createRandom } from '../random.ts';
import type { StateDict } from '../weights/index.ts';
import type { TrainSettings } from './settings/config.ts';

/** Two short epochs of plain Adam on everything. */
export const testSettings: TrainSettings = {
  ...{ tune: 'all', gradual: false, epochs: 2, batchSize: 8, accumulate: 1, seed: 3 },
  ...{ loss: 'cross-entropy', bn: 'running', labelSmoothing: 0, classWeights: 'none' },
  ...{ optimizer: 'adam', momentum: 0.9, lr: 1e-3, layerDecay: 1, weightDecay: 0, clipGrad: null },
  ...{ schedule: 'constant', warmupEpochs: 0, patience: null },
};

/** A ResNet with a block a stage and random weights. */
export function smallModel(gpu: Gpu, outputs = 2): ResNet {
  const model = new ResNet(
    gpu,
    geometryOf({ title: 'small', block: 'basic', blocks: [1, 1, 1, 1] }),
    outputs,
  );
  model.initialise(createRandom(1));
  return model;
}

/** `count` images of `size` × `size` pixels; those of class 0 are reddish noise, those of class 1 bluish. */
export function colouredNoise(count: number, size: number, seed: number): ImageSet {
  const random = createRandom(seed);
  const data = new Uint8Array(count * size * size * 3);
  const labels = Int32Array.from({ length: count }, (_, i) => i % 2);
  data.forEach((_, i) => {
    const label = labels[Math.floor(i / (size * size * 3))];
    const bright = i % 3 === (label === 0 ? 0 : 2);
    data[i] = random.below(128) + (bright ? 100 : 0);
  });
  const paths = Array.from(labels, (_, i) => `${i}.png`);
  return imageSet({ height: size, width: size, data, labels, paths });
}

/** The names under which two states hold other bits, or that one of them lacks. */
export function differing(a: StateDict, b: StateDict): string[] {
  const names = new Set([...a.keys(), ...b.keys()]);
  return [...names].filter((name) => {
    const [x, y] = [a.get(name)?.data, b.get(name)?.data];
    return x?.length !== y?.length || !x?.every((value, i) => Object.is(value, y?.[i]));
  });
}
