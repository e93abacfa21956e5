// ResNet-18 in TensorFlow.js' own operations, as its layers would run it: NHWC, f32, batch statistics by `moments` in
// training, the fused `batchNorm` kernel for both modes. Structure and names are torchvision's.
import { CLASSES, IMAGES, LABELS } from './inputs.ts';
import { LEARNING_RATE } from './tasks.ts';

const EPSILON = 1e-5;
const MOMENTUM = 0.1;

/**
 * The tasks `forward` and `train` on `inputs` (inputs.ts); images, labels and parameters are uploaded here, once.
 * @param {typeof import('@tensorflow/tfjs-core')} tf with a backend that is ready
 * @param {import('../../src/weights/index.ts').StateDict} inputs
 * @returns {Record<'forward' | 'train', () => Promise<Float32Array>>}
 */
export function createResNet18(tf, inputs) {
  const images = tf.tensor(inputs.get(IMAGES).data, inputs.get(IMAGES).shape);
  const labels = tf.tidy(() =>
    tf.keep(tf.oneHot(tf.tensor1d(Int32Array.from(inputs.get(LABELS).data), 'int32'), CLASSES)),
  );
  const state = uploadState(tf, inputs);
  const trained = [...state.values()].filter(({ trainable }) => trainable);
  const optimizer = tf.train.adam(LEARNING_RATE, 0.9, 0.999, 1e-8);
  const logits = (training) => resnet18(tf, state, images, training);

  return {
    async forward() {
      return readAndDispose(tf.tidy(() => logits(false)));
    },
    async train() {
      const loss = () => tf.losses.softmaxCrossEntropy(labels, logits(true));
      return readAndDispose(tf.tidy(() => optimizer.minimize(loss, true, trained)));
    },
  };
}

/** Parameters and running statistics as variables by torchvision's names, convolution weights as HWIO. */
function uploadState(tf, inputs) {
  const state = new Map();
  for (const [name, { data, shape }] of inputs) {
    if (name === IMAGES || name === LABELS) continue;
    const trainable = !name.includes('running_');
    const variable = tf.tidy(() => {
      const tensor = tf.tensor(data, shape);
      return tf.variable(shape.length === 4 ? tf.transpose(tensor, [2, 3, 1, 0]) : tensor, trainable, name);
    });
    state.set(name, variable);
  }
  return state;
}

async function readAndDispose(tensor) {
  const values = await tensor.data();
  tensor.dispose();
  return values;
}

/** Logits `[N, CLASSES]` of images `[N, H, W, 3]`. */
function resnet18(tf, state, images, training) {
  const get = (name) => state.get(name);

  const conv = (x, name, stride, padding) => tf.conv2d(x, get(`${name}.weight`), stride, padding);

  const norm = (x, name) => {
    const [mean, variance] = ['running_mean', 'running_var'].map((part) => get(`${name}.${part}`));
    const [scale, offset] = ['weight', 'bias'].map((part) => get(`${name}.${part}`));
    if (!training) return tf.batchNorm(x, mean, variance, offset, scale, EPSILON);
    const batch = tf.moments(x, [0, 1, 2]);
    const count = x.size / scale.size;
    const move = (running, now) =>
      running.assign(tf.add(tf.mul(running, 1 - MOMENTUM), tf.mul(now, MOMENTUM)));
    move(mean, batch.mean);
    move(variance, tf.mul(batch.variance, count / (count - 1)));
    return tf.batchNorm(x, batch.mean, batch.variance, offset, scale, EPSILON);
  };

  const block = (x, name, stride) => {
    let y = tf.relu(norm(conv(x, `${name}.conv1`, stride, 1), `${name}.bn1`));
    y = norm(conv(y, `${name}.conv2`, 1, 1), `${name}.bn2`);
    const projected = state.has(`${name}.downsample.0.weight`);
    const shortcut = projected ? norm(conv(x, `${name}.downsample.0`, stride, 0), `${name}.downsample.1`) : x;
    return tf.relu(tf.add(y, shortcut));
  };

  let x = tf.relu(norm(conv(images, 'conv1', 2, 3), 'bn1'));
  x = tf.maxPool(x, 3, 2, 1);
  for (const stage of [1, 2, 3, 4]) {
    x = block(x, `layer${stage}.0`, stage === 1 ? 1 : 2);
    x = block(x, `layer${stage}.1`, 1);
  }
  const features = tf.mean(x, [1, 2]);
  return tf.add(tf.matMul(features, get('fc.weight'), false, true), get('fc.bias'));
}
