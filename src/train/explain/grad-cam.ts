/**
 * Where a network looked: Grad-CAM (Selvaraju et al. 2017). How much a class's logit grows with each channel of the trunk's last
 * activation, on average over the image, says how much the channel speaks for the class; the channels' sum with these weights,
 * where it is positive, shows the places that did.
 */
import { cast, gradientOf, globalAvgPool, Tensor } from '../../autograd/index.ts';
import type { Network } from '../../nn/index.ts';
import { imageTensor, type Images } from '../inputs/images.ts';
import { batchesInOrder } from '../inputs/inputs.ts';

/** What speaks for a class, place by place: plain data. */
export interface ClassMap {
  /** Of the activation, which is coarse: 7 × 7 for 224 pixels. */
  readonly width: number;
  readonly height: number;
  /** [height, width] of 0 … 1; the largest is 1, and all are 0 where nothing speaks for the class. */
  readonly values: Float32Array;
}

/** Images a network is asked about at once. */
const BATCH = 16;

/**
 * What speaks for `classes[i]` in the image at `indices[i]`, in their order. Images are as large as the network sees them.
 * Evaluation mode, whatever is frozen; the mode is restored, and no parameter's gradient or flag is touched.
 */
export async function classMaps(
  model: Network,
  images: Images,
  indices: readonly number[],
  classes: readonly number[],
  batchSize = BATCH,
): Promise<ClassMap[]> {
  const maps: ClassMap[] = [];
  for (const places of batchesInOrder(indices.length, batchSize)) {
    const at = (list: readonly number[]) => Array.from(places, (place) => list[place] ?? 0);
    const x = () => imageTensor(model.gpu, images, at(indices), images.width);
    const release = await images.hold?.(at(indices));
    maps.push(...(await gradCam(model, x, at(classes)).finally(release)));
  }
  return maps;
}

/**
 * The same for the normalised images [N, H, W, 3] that `images` records. Where two classes have a single logit, the first is
 * its opposite. Throws `RangeError` unless there is one class for each image, and it is one of the network's.
 */
export async function gradCam(
  model: Network,
  images: () => Tensor,
  classes: readonly number[],
): Promise<ClassMap[]> {
  const { gpu, training } = model;
  model.eval();
  try {
    const [shape, values, weights] = await gpu.scope(() => {
      const activation = cast(model.activation(images()), 'f32');
      // A leaf of its own: the way back ends here, whatever is trained.
      const leaf = new Tensor(gpu, activation.shape, activation.storage, true);
      const logits = model.logits(model.pool(leaf));
      const seed = new Tensor(gpu, logits.shape, gpu.upload(seedOf(logits.shape, classes), 'classes'));
      const weights = globalAvgPool(gradientOf(logits, leaf, seed));
      return Promise.all([activation.shape, activation.read(), weights.read()]);
    });
    return mapsOf(shape, values, weights);
  } finally {
    model.train(training);
  }
}

/** What picks each image's class out of logits [N, outputs], to be differentiated. */
function seedOf(shape: readonly number[], classes: readonly number[]): Float32Array {
  const [n = 0, outputs = 0] = shape;
  if (classes.length !== n) throw new RangeError(`There are ${classes.length} classes for ${n} images.`);
  const seed = new Float32Array(n * outputs);
  classes.forEach((index, image) => {
    if (!Number.isInteger(index) || index < 0 || index >= Math.max(2, outputs))
      throw new RangeError(`There is no class ${index} in a network of ${outputs} outputs.`);
    if (outputs === 1) seed[image] = index === 0 ? -1 : 1;
    else seed[image * outputs + index] = 1;
  });
  return seed;
}

/** ReLU of the sum of activations [N, h, w, C] over channels, each with its weight [N, C]; divided by an image's largest. */
function mapsOf(
  [n = 0, height = 0, width = 0, channels = 0]: readonly number[],
  activation: Float32Array,
  weights: Float32Array,
): ClassMap[] {
  return Array.from({ length: n }, (_, image) => {
    const ofChannels = weights.subarray(image * channels, (image + 1) * channels);
    const values = Float32Array.from({ length: height * width }, (_, place) => {
      const from = (image * height * width + place) * channels;
      let sum = 0;
      for (let i = 0; i < channels; i++) sum += (ofChannels[i] ?? 0) * (activation[from + i] ?? 0);
      return Math.max(sum, 0);
    });
    const largest = values.reduce((a, b) => Math.max(a, b), 0);
    return { width, height, values: largest > 0 ? values.map((value) => value / largest) : values };
  });
}
