/** Exercise 4: the predictions are what `gpu.statistics` counts. What it counted is not said; a reader should find it. */
import type { Gpu } from '../../../../src/gpu/index.ts';
import { Mistake, type Exercise } from '../exercise.ts';
import { stepsOn, type Name } from './steps.ts';

interface Yours {
  readonly predictions: Readonly<Record<Name, number>>;
}

async function dispatchesOf(gpu: Gpu, name: Name): Promise<number> {
  const { [name]: step } = stepsOn(gpu);
  await gpu.finish();
  const before = gpu.statistics.dispatches;
  await gpu.scope(step);
  return gpu.statistics.dispatches - before;
}

async function check(name: Name, { predictions }: Yours, gpu: Gpu): Promise<void> {
  const counted = await dispatchesOf(gpu, name);
  const said = predictions[name];
  if (said !== counted)
    throw new Mistake(`${name}: you say ${said}, and the GPU ran ${counted > said ? 'more' : 'fewer'}.`);
}

const step = (name: Name, holds: string, hint: string): Exercise<Yours>['steps'][number] => ({
  holds: `${name}: ${holds}`,
  hint,
  check: async (yours, { gpu }) => check(name, yours, await gpu()),
});

const exercise: Exercise<Yours> = {
  task: 'Exercise 4: predict how many kernels a step runs.',
  steps: [
    step('training', 'forward, loss, backward, update', 'The chapter lists them by name: count the words.'),
    step(
      'judging',
      'forward and loss alone',
      "Without backward() and the optimizer, which of the chapter's twelve are left? The loss has two.",
    ),
    step(
      'frozen',
      'backward stops where nothing is trained',
      "Backward goes no further than the head. Of its three gradients, who would ask for the input's?",
    ),
    step(
      'accumulated',
      'the second gradient of each tensor is added to the first',
      'Everything but the update happens twice. And the second time, each of the four parameters has a gradient already: += is a kernel, too.',
    ),
  ],
};
export default exercise;
