/** Losses. ONNX has the classes as the second axis, the engine as the last, as of images: they are reordered on the host. */
import {
  crossEntropy,
  logSoftmax,
  nllLoss,
  type LabelOptions,
  type Reduction,
} from '../../src/autograd/all.ts';
import {
  channelsFirst,
  channelsLast,
  computed,
  input,
  textOf,
  upload,
  type Call,
  type Operator,
} from './operator.ts';

/** The labels' 32 bits, the weights of classes, and what the attributes say. */
function labelsOf(call: Call): readonly [Uint32Array<ArrayBuffer>, () => LabelOptions] {
  const { gpu, attributes } = call;
  const weight = call.inputs[2];
  const ignored = attributes.get('ignore_index');
  return [
    Uint32Array.from(input(call, 1).values),
    () => ({
      reduction: textOf(call, 'reduction', 'mean') as Reduction, // ONNX has the same words
      ignoreIndex: typeof ignored === 'number' ? ignored : undefined,
      classWeights: weight && upload(gpu, weight).storage,
    }),
  ];
}

const lossBy =
  (loss: typeof nllLoss): Operator =>
  async (call) => {
    const { gpu } = call;
    const x = input(call, 0);
    const [labels, options] = labelsOf(call);
    const shape = [x.shape[0] ?? 1, ...x.shape.slice(2)];
    const result = await computed(
      gpu,
      () => loss(upload(gpu, channelsLast(x)), gpu.upload(labels), options()).loss,
    );
    return [{ ...result, shape: result.shape.length === 0 ? [] : shape }];
  };

/** With the logarithms of all probabilities, where they are asked for. */
const softmaxCrossEntropyLoss: Operator = async (call) => {
  const { gpu } = call;
  const losses = await lossBy(crossEntropy)(call);
  const logarithms = await computed(gpu, () => logSoftmax(upload(gpu, channelsLast(input(call, 0)))));
  return [...losses, channelsFirst(logarithms)];
};

export const losses: Readonly<Record<string, Operator>> = {
  NegativeLogLikelihoodLoss: lossBy(nllLoss),
  SoftmaxCrossEntropyLoss: softmaxCrossEntropyLoss,
};
