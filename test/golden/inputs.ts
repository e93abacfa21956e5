// The formula's inputs of every case and of the golden networks, under the names that operations.py and network.py
// use too. Tests take them from here, so that a test and its golden cannot differ in what they were given.
import { outputLength } from '../../src/kernels/output-length.ts';
import type { AdamCase } from '../../src/kernels/adam/cases.ts';
import type { AvgPoolCase } from '../../src/kernels/avg-pool/cases.ts';
import { broadcastShape } from '../../src/kernels/broadcast/index.ts';
import type { BroadcastCase } from '../../src/kernels/broadcast/cases.ts';
import type { LayerNormCase } from '../../src/kernels/layer-norm/cases.ts';
import type { SoftmaxCase } from '../../src/kernels/softmax/cases.ts';
import type { SumCase } from '../../src/kernels/sum/cases.ts';
import type { BatchNormCase } from '../../src/kernels/batch-norm/cases.ts';
import type { Conv2dCase } from '../../src/kernels/conv2d/cases.ts';
import type { ElementwiseCase } from '../../src/kernels/elementwise/cases.ts';
import type { GroupedConv2dCase } from '../../src/kernels/grouped-conv2d/cases.ts';
import { groupedOutput } from '../../src/kernels/grouped-conv2d/shape.ts';
import type { LinearCase } from '../../src/kernels/linear/cases.ts';
import type { BceCase, CrossEntropyCase, Logits } from '../../src/kernels/loss/cases.ts';
import type { ClipCase } from '../../src/kernels/reduce/cases.ts';
import type { SgdCase } from '../../src/kernels/sgd/cases.ts';
import type { MaxPoolCase } from '../../src/kernels/max-pool/cases.ts';
import type { WindowAverageCase, WindowMaxCase } from '../../src/kernels/window-pool/cases.ts';
import { windowPoolOutput, type WindowPoolShape } from '../../src/kernels/window-pool/shape.ts';
import { elementCount, formulaLabels, formulaTensor } from './formula.ts';

/** x [n, h, w, c], weight [k, c, r, s] (OIHW) and gradOutput [n, oh, ow, k] of a convolution. */
export function conv2dInputs(conv: Conv2dCase) {
  const { n, h, w, c, k, r, s, stride, padding } = conv;
  const prefix = `conv2d/${conv.name}`;
  const oh = outputLength(h, r, stride, padding);
  const ow = outputLength(w, s, stride, padding);
  return {
    x: formulaTensor(`${prefix}/x`, [n, h, w, c]),
    weight: formulaTensor(`${prefix}/weight`, [k, c, r, s], { scale: 1 / Math.sqrt(c * r * s) }),
    gradOutput: formulaTensor(`${prefix}/gradOutput`, [n, oh, ow, k]),
  };
}

/** x [n, h, w, c], weight [k, c / groups, r, s] (OIHW) and gradOutput [n, oh, ow, k] of a convolution in groups. */
export function groupedConv2dInputs(conv: GroupedConv2dCase) {
  const { n, h, w, c, k, groups, kernel } = conv;
  const prefix = `grouped-conv2d/${conv.name}`;
  const { oh, ow } = groupedOutput(conv);
  const terms = (c / groups) * kernel[0] * kernel[1];
  return {
    x: formulaTensor(`${prefix}/x`, [n, h, w, c]),
    weight: formulaTensor(`${prefix}/weight`, [k, c / groups, ...kernel], { scale: 1 / Math.sqrt(terms) }),
    gradOutput: formulaTensor(`${prefix}/gradOutput`, [n, oh, ow, k]),
  };
}

/** x and gradOutput [n, h, w, c]; weight, bias and the running statistics before the step [c] of a batch norm. */
export function batchNormInputs({ name, n, h, w, c, inputMean }: BatchNormCase) {
  const prefix = `batch-norm/${name}`;
  return {
    x: formulaTensor(`${prefix}/x`, [n, h, w, c], { offset: inputMean }),
    weight: formulaTensor(`${prefix}/weight`, [c], { scale: 0.5, offset: 1 }),
    bias: formulaTensor(`${prefix}/bias`, [c], { scale: 0.1 }),
    runningMean: formulaTensor(`${prefix}/runningMean`, [c], { scale: 0.1 }),
    runningVar: formulaTensor(`${prefix}/runningVar`, [c], { scale: 0.5, offset: 1 }),
    gradOutput: formulaTensor(`${prefix}/gradOutput`, [n, h, w, c]),
  };
}

/** x [n, h, w, c] and gradOutput [n, oh, ow, c] of a max-pool. */
export function maxPoolInputs({ name, n, h, w, c, kernel, stride, padding, ties }: MaxPoolCase) {
  const prefix = `max-pool/${name}`;
  const x = formulaTensor(`${prefix}/x`, [n, h, w, c]);
  const oh = outputLength(h, kernel, stride, padding);
  const ow = outputLength(w, kernel, stride, padding);
  return {
    x: ties ? x.map((value) => Math.floor(2 * value) / 2) : x,
    gradOutput: formulaTensor(`${prefix}/gradOutput`, [n, oh, ow, c]),
  };
}

/** x [n, h, w, c] and gradOutput [n, oh, ow, c] of a pool of maxima over any window. */
export function windowMaxInputs(pool: WindowMaxCase) {
  const { x, gradOutput } = windowInputs(`window-max/${pool.name}`, pool);
  return { x: pool.ties ? x.map((value) => Math.floor(2 * value) / 2) : x, gradOutput };
}

/** The same of a pool of means. */
export const windowAverageInputs = (pool: WindowAverageCase) =>
  windowInputs(`window-average/${pool.name}`, pool);

function windowInputs(prefix: string, pool: WindowPoolShape) {
  const { n, h, w, c } = pool;
  const { oh, ow } = windowPoolOutput(prefix, pool);
  return {
    x: formulaTensor(`${prefix}/x`, [n, h, w, c]),
    gradOutput: formulaTensor(`${prefix}/gradOutput`, [n, oh, ow, c]),
  };
}

/** x [n, h, w, c] and gradOutput [n, c] of a global average pool. */
export function avgPoolInputs({ name, n, h, w, c }: AvgPoolCase) {
  const prefix = `avg-pool/${name}`;
  return {
    x: formulaTensor(`${prefix}/x`, [n, h, w, c]),
    gradOutput: formulaTensor(`${prefix}/gradOutput`, [n, c]),
  };
}

/** x [n, inFeatures], weight [outFeatures, inFeatures], bias and gradOutput [n, outFeatures] of a linear layer. */
export function linearInputs({ name, n, inFeatures, outFeatures }: LinearCase) {
  const prefix = `linear/${name}`;
  const weightScale = 1 / Math.sqrt(inFeatures);
  return {
    x: formulaTensor(`${prefix}/x`, [n, inFeatures]),
    weight: formulaTensor(`${prefix}/weight`, [outFeatures, inFeatures], { scale: weightScale }),
    bias: formulaTensor(`${prefix}/bias`, [outFeatures]),
    gradOutput: formulaTensor(`${prefix}/gradOutput`, [n, outFeatures]),
  };
}

/** The operands a and b (unary operations take a alone) and gradOutput [count] of an elementwise operation. */
export function elementwiseInputs({ name, count, scale }: ElementwiseCase) {
  const prefix = `elementwise/${name}`;
  return {
    a: formulaTensor(`${prefix}/a`, [count], { scale }),
    b: formulaTensor(`${prefix}/b`, [count], { scale }),
    gradOutput: formulaTensor(`${prefix}/gradOutput`, [count]),
  };
}

/** a, b and gradOutput of an operation that broadcasts. */
export function broadcastInputs({ name, a, b }: BroadcastCase) {
  const prefix = `broadcast/${name}`;
  return {
    a: formulaTensor(`${prefix}/a`, a),
    b: formulaTensor(`${prefix}/b`, b, { scale: 0.5, offset: 1.25 }),
    gradOutput: formulaTensor(`${prefix}/gradOutput`, broadcastShape('golden', a, b)),
  };
}

/** x [shape] and gradOutput of a sum over axes. */
export function sumInputs({ name, shape, axes }: SumCase) {
  const left = shape.filter((_, axis) => !axes.includes(axis));
  return {
    x: formulaTensor(`sum/${name}/x`, shape, { offset: 0.25 }),
    gradOutput: formulaTensor(`sum/${name}/gradOutput`, left),
  };
}

function logitsTensor(name: string, shape: readonly number[], { kind, scale }: Logits): Float32Array {
  if (kind === 'uniform') return formulaTensor(name, shape, { scale });
  return formulaTensor(name, shape).map((value) => (value < 0 ? -scale : scale));
}

/** x and gradOutput [outer, length, inner] of a softmax. */
export function softmaxInputs({ name, outer, length, inner, logits }: SoftmaxCase) {
  const shape = [outer, length, inner];
  return {
    x: logitsTensor(`softmax/${name}/logits`, shape, logits),
    gradOutput: formulaTensor(`softmax/${name}/gradOutput`, shape),
  };
}

/** x and gradOutput [rows, length], weight and bias [length] of a layer norm. */
export function layerNormInputs({ name, rows, length, inputMean }: LayerNormCase) {
  const prefix = `layer-norm/${name}`;
  return {
    x: formulaTensor(`${prefix}/x`, [rows, length], { offset: inputMean }),
    weight: formulaTensor(`${prefix}/weight`, [length], { scale: 0.5, offset: 1 }),
    bias: formulaTensor(`${prefix}/bias`, [length], { scale: 0.1 }),
    gradOutput: formulaTensor(`${prefix}/gradOutput`, [rows, length]),
  };
}

/** logits [n, classes] and labels [n] of a softmax cross-entropy. */
export function crossEntropyInputs({ name, n, classes, logits }: CrossEntropyCase) {
  const prefix = `cross-entropy/${name}`;
  return {
    logits: logitsTensor(`${prefix}/logits`, [n, classes], logits),
    labels: formulaLabels(`${prefix}/labels`, n, classes),
  };
}

/** The weights [classes] of a weighted case. */
export const classWeights = (name: string, classes: number): Float32Array =>
  formulaTensor(`cross-entropy/${name}/classWeights`, [classes], { scale: 0.9, offset: 1 });

/** logits [n] and targets [n], each 0 or 1, of a binary cross-entropy. */
export function bceInputs({ name, n, logits }: BceCase) {
  const prefix = `bce-with-logits/${name}`;
  return {
    logits: logitsTensor(`${prefix}/logits`, [n], logits),
    targets: Float32Array.from(formulaLabels(`${prefix}/targets`, n, 2)),
  };
}

/** The parameters [size] at the start of a run of SGD and the gradient [size] of each of its steps. */
export function sgdInputs({ name, size, steps }: SgdCase) {
  const prefix = `sgd/${name}`;
  return {
    parameters: formulaTensor(`${prefix}/parameters`, [size], { scale: 0.1 }),
    gradients: Array.from({ length: steps }, (_, step) =>
      formulaTensor(`${prefix}/gradient/${step}`, [size], { scale: 0.1 }),
    ),
  };
}

/** The gradients [size] whose norm is clipped. */
export const clipInputs = ({ name, size, scale }: ClipCase): Float32Array =>
  formulaTensor(`clip-grad-norm/${name}/gradients`, [size], { scale });

/** The first parameters [size] of an Adam run and the gradient [size] of each of its steps. */
export function adamInputs({ name, size, steps, gradientScale }: AdamCase) {
  const prefix = `adam/${name}`;
  return {
    parameters: formulaTensor(`${prefix}/parameters`, [size], { scale: 0.01 }),
    gradients: Array.from({ length: steps }, (_, step) =>
      formulaTensor(`${prefix}/gradient/${step}`, [size], { scale: gradientScale }),
    ),
  };
}

/**
 * The golden networks' parameter or running statistic of torchvision's name (`layer1.0.conv1.weight`), of any
 * ResNet: convolutions with He's deviation, norms near 1, and small ones at the end of a block.
 */
export function networkTensor(name: string, shape: readonly number[]): Float32Array {
  if (shape.length === 4)
    return formulaTensor(name, shape, { scale: Math.sqrt(6 / elementCount(shape.slice(1))) });
  if (name.startsWith('fc.')) return formulaTensor(name, shape, { scale: 1 / Math.sqrt(512) });
  if (shape.length === 2) return formulaTensor(name, shape, { scale: Math.sqrt(3 / shape[1]!) });
  if (/(bn[23]|block\.[23]\.1)\.weight$/.test(name))
    return formulaTensor(name, shape, { scale: 0.15, offset: 0.3 });
  if (/running_var$|weight$/.test(name)) return formulaTensor(name, shape, { scale: 0.5, offset: 1 });
  return formulaTensor(name, shape, { scale: 0.1 });
}

/** The golden networks' images [batch, size, size, 3]: cells of 16 px of one colour each, with noise upon them. */
export function networkImages(name: string, batch: number, size = 64): Float32Array {
  const cell = 16;
  const cells = formulaTensor(`${name}/cells`, [batch, size / cell, size / cell, 3]);
  return formulaTensor(name, [batch, size, size, 3]).map((noise, i) => {
    const channel = i % 3;
    const x = Math.floor(i / 3) % size;
    const y = Math.floor(i / (3 * size)) % size;
    const image = Math.floor(i / (3 * size * size));
    const row = (image * size) / cell + Math.floor(y / cell);
    return 2 * cells[((row * size) / cell + Math.floor(x / cell)) * 3 + channel]! + noise;
  });
}

/** The golden networks' labels [batch], under the name of their images. */
export function networkLabels(name: string, batch: number, classes: number): Uint32Array {
  return formulaLabels(`${name}/labels`, batch, classes);
}
