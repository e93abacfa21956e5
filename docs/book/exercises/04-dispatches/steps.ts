/** Exercise 4: four steps of a network of two layers. How many kernels does the GPU run for each? */
import { backward, crossEntropy, relu, Tensor } from '../../../../src/autograd/all.ts';
import type { Gpu } from '../../../../src/gpu/index.ts';
import { Linear } from '../../../../src/nn/index.ts';
import { Adam } from '../../../../src/optim/index.ts';
import { createRandom } from '../../../../src/random.ts';

export type Name = 'training' | 'judging' | 'frozen' | 'accumulated';

/** What each step records. Making it records something, too; that does not count. */
export function stepsOn(gpu: Gpu): Readonly<Record<Name, () => void>> {
  const [first, second] = [new Linear(gpu, 64, 32), new Linear(gpu, 32, 4)];
  for (const layer of [first, second]) layer.initialise(createRandom(1));
  const all = new Adam([...first.parameters(), ...second.parameters()]);

  const [fixed, head] = [new Linear(gpu, 64, 32), new Linear(gpu, 32, 4)];
  for (const layer of [fixed, head]) layer.initialise(createRandom(1));
  for (const parameter of fixed.parameters()) parameter.requiresGrad = false;
  const onlyHead = new Adam(head.parameters());

  const lossOf = (hidden: Linear, output: Linear): Tensor => {
    const x = new Tensor(gpu, [16, 64], gpu.upload(new Float32Array(16 * 64)));
    const logits = output.forward(relu(hidden.forward(x)));
    return crossEntropy(logits, gpu.upload(new Uint32Array(16))).loss;
  };
  return {
    /** The step of the chapter: look there. */
    training: () => {
      all.zeroGrad();
      backward(lossOf(first, second));
      all.step();
    },
    /** Nothing is learned. */
    judging: () => void lossOf(first, second),
    /** The first layer's parameters are frozen. */
    frozen: () => {
      onlyHead.zeroGrad();
      backward(lossOf(fixed, head));
      onlyHead.step();
    },
    /** One step of the optimizer for two batches, whose gradients add up. */
    accumulated: () => {
      all.zeroGrad();
      backward(lossOf(first, second));
      backward(lossOf(first, second));
      all.step();
    },
  };
}
