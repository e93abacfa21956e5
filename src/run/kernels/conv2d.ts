/** conv2d's passes, which have several algorithms, and the rungs of the ladders, which have one idea each. */
import type { Gpu } from '../../gpu/index.ts';
import { backwardDataPass } from '../../kernels/conv2d/backward-data.ts';
import { backwardWeightPass } from '../../kernels/conv2d/backward-weight.ts';
import { cases } from '../../kernels/conv2d/cases.ts';
import { forwardPass } from '../../kernels/conv2d/forward.ts';
import { ladder as convolutions } from '../../kernels/conv2d/ladder/index.ts';
import { elementsOf, type Conv2dPass } from '../../kernels/conv2d/pass.ts';
import type { Conv2dShape } from '../../kernels/conv2d/shape.ts';
import type { Epilogue } from '../../kernels/conv2d/wgsl/epilogue.wgsl.ts';
import { ladder as products } from '../../kernels/linear/ladder/index.ts';
import { caseNamed, entry, rank, type Entry } from './entry.ts';

const sorted = [...cases].sort((a, b) => rank(a.name) - rank(b.name));

function passEntry<S>(name: string, about: string, pass: Conv2dPass<S>, epilogue: Epilogue = 'none'): Entry {
  const suiting = (gpu: Gpu, shape: Conv2dShape) => {
    const rule = pass.rule(gpu, shape);
    const others = pass.algorithms.filter((other) => other !== rule && other.suits(gpu, shape));
    return [rule, ...others];
  };
  return {
    name,
    about,
    cases: sorted.map((shape) => shape.name),
    algorithms: (gpu, wanted) => suiting(gpu, caseNamed(sorted, wanted)).map((algorithm) => algorithm.name),
    record(gpu, wanted, algorithm) {
      const shape = caseNamed(sorted, wanted);
      const chosen = suiting(gpu, shape).find(({ name }) => name === (algorithm ?? name));
      if (!chosen)
        throw new RangeError(`The algorithm "${algorithm}" does not suit this case on this adapter.`);
      const { inputs, output } = pass.tensors(shape, epilogue);
      const elements = new Map([...Object.entries(inputs), output]);
      chosen.run(
        gpu,
        pass.storages((tensor) => gpu.temporary((elements.get(tensor) ?? 1) * 4, tensor), epilogue),
        shape,
      );
    },
  };
}

export const conv2dEntries: readonly Entry[] = [
  passEntry('conv2d.forward', 'y = x ∗ weight', forwardPass),
  passEntry(
    'conv2d.forward+norm',
    'the same, with batch norm and ReLU fused into the store',
    forwardPass,
    'norm',
  ),
  passEntry(
    'conv2d.forward+norm+add',
    'the same, with a shortcut added before ReLU',
    forwardPass,
    'norm + residual',
  ),
  passEntry('conv2d.backward-data', 'the gradient of the input', backwardDataPass),
  passEntry('conv2d.backward-weight', 'the gradient of the weight', backwardWeightPass),
];

/** A square matrix that all tiles divide. */
const matrices = [{ name: '256', rows: 256, columns: 256, depth: 256 }];

export const ladderEntries: readonly Entry[] = [
  ...products
    .filter(({ name }) => name !== 'engine')
    .map(({ name, lesson, suits, run }) =>
      entry(`ladder.matmul.${name}`, lesson, matrices, (gpu, floats, shape) => {
        if (!suits(shape, gpu)) throw new RangeError('This rung is for subgroups of at most 16 lanes.');
        const { rows, columns, depth } = shape;
        run(gpu, { a: floats(rows * depth), b: floats(depth * columns), c: floats(rows * columns) }, shape);
      }),
    ),
  ...convolutions
    .filter(({ name }) => name !== 'engine')
    .map(({ name, lesson, suits, run }) =>
      entry(`ladder.conv2d.${name}`, lesson, cases, (gpu, floats, shape) => {
        if (!suits(shape, gpu)) throw new RangeError('This rung does not suit the case on this adapter.');
        const { x, weight, y } = elementsOf(shape);
        run(gpu, { x: floats(x), weight: floats(weight), y: floats(y) }, shape);
      }),
    ),
];
