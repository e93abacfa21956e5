/** Losses. */
import { crossEntropy } from '../../src/autograd/index.ts';
import { computed, input, textOf, upload, type Operator } from './operator.ts';

const softmaxCrossEntropyLoss: Operator = async (call) => {
  const { gpu } = call;
  const [logits, labels, weight] = [input(call, 0), input(call, 1), call.inputs[2]];
  if (textOf(call, 'reduction', 'mean') !== 'mean') throw new Error('the engine gives the mean loss alone');
  if (call.attributes.has('ignore_index')) throw new Error('the engine ignores no label');
  if (call.outputs > 1) throw new Error('the engine keeps the probabilities to itself');
  if (logits.shape.length !== 2) throw new Error('the engine has one label for a row of logits');
  const weights = () => weight && upload(gpu, weight).storage;
  return [
    await computed(
      gpu,
      () =>
        crossEntropy(upload(gpu, logits), gpu.upload(Uint32Array.from(labels.values)), {
          classWeights: weights(),
        }).loss,
    ),
  ];
};

export const losses: Readonly<Record<string, Operator>> = {
  SoftmaxCrossEntropyLoss: softmaxCrossEntropyLoss,
};
