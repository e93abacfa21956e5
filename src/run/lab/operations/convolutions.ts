/** conv2d's passes by each of their algorithms, and the rungs of its ladder. */
import type { Gpu } from '../../../gpu/index.ts';
import { backwardDataPass } from '../../../kernels/conv2d/backward-data.ts';
import { backwardWeightPass } from '../../../kernels/conv2d/backward-weight.ts';
import { cases, resnet18Cases, type Conv2dCase } from '../../../kernels/conv2d/cases.ts';
import { forwardPass } from '../../../kernels/conv2d/forward.ts';
import { ladder } from '../../../kernels/conv2d/ladder/index.ts';
import type { Conv2dPass } from '../../../kernels/conv2d/pass.ts';
import {
  conv2dBackwardDataAt,
  conv2dBackwardWeightAt,
  conv2dForwardAt,
  conv2dForwardReference,
  sumTolerance,
  termsOf,
} from '../../../kernels/conv2d/reference.ts';
import {
  checkConv2dShape,
  conv2dFlops,
  outputSize,
  type Conv2dShape,
} from '../../../kernels/conv2d/shape.ts';
import type { Epilogue } from '../../../kernels/conv2d/wgsl/epilogue.wgsl.ts';
import { rank } from '../../kernels/entry.ts';
import {
  bytesMoved,
  field,
  sizeOf,
  valueOf,
  type Given,
  type LabOperation,
  type Sizes,
} from '../operation.ts';
import { rightOutput } from '../../../kernels/conv2d/right.ts';

const fields = [
  field('n', 'images', 64),
  field('h', 'rows of an image', 512),
  field('w', 'columns of an image', 512),
  field('c', 'channels in', 2048),
  field('k', 'channels out', 2048),
  field('r', 'rows of the kernel', 11),
  field('s', 'columns of the kernel', 11),
  field('stride', 'stride', 8),
  field('padding', 'padding', 8, 0),
];

/** The sizes as a shape. Throws `RangeError` where the kernel does not fit the image. */
function shapeOf(sizes: Sizes): Conv2dShape {
  const shape = Object.fromEntries(fields.map(({ name }) => [name, sizeOf(sizes, name)]));
  const whole = shape as unknown as Conv2dShape; // the fields are its names
  checkConv2dShape(whole);
  return whole;
}

/** ResNet-18's layers as tests run them, then as a GPU's training does, then the odd ones. */
const sorted = (() => {
  const named = [...cases].sort((a, b) => rank(a.name) - rank(b.name));
  const training = resnet18Cases({ batch: 8, size: 224 }).map(({ count: _count, ...shape }) => ({
    ...shape,
    name: `${shape.name} 8×224²`,
  }));
  const layers = named.filter(({ name }) => name.startsWith('resnet18'));
  return [...layers, ...training, ...named.filter((one) => !layers.includes(one))].map(caseOf);
})();

function caseOf({ name, ...sizes }: Conv2dCase): { readonly name: string; readonly sizes: Sizes } {
  return {
    name,
    sizes: Object.fromEntries(fields.map(({ name }) => [name, sizes[name as keyof typeof sizes]])) as Sizes,
  };
}

type Kind = 'x' | 'weight' | 'y';

/** What a tensor of convolution is shaped like: gradients as what they are the gradients of. */
const kinds: Readonly<Record<string, Kind>> = {
  ...{ x: 'x', weight: 'weight', y: 'y', dx: 'x', dWeight: 'weight', dy: 'y', residual: 'y' },
};

function sidesOf(name: string, shape: Conv2dShape): readonly number[] {
  const { n, h, w, c, k, r, s } = shape;
  const { oh, ow } = outputSize(shape);
  const kind = kinds[name];
  if (kind === undefined) return [k]; // batch norm's, a number a channel
  return { x: [n, h, w, c], weight: [r, s, c, k], y: [n, oh, ow, k] }[kind];
}

/** One element of a pass's result by plain loops. */
type ElementAt = (
  first: ArrayLike<number>,
  second: ArrayLike<number>,
  shape: Conv2dShape,
  index: number,
) => number;

function passOperation<S>(
  name: string,
  about: string,
  pass: Conv2dPass<S>,
  epilogue: Epilogue = 'none',
  at?: { readonly of: readonly [string, string]; readonly element: ElementAt },
): LabOperation {
  const suiting = (gpu: Gpu, shape: Conv2dShape) => {
    const rule = pass.rule(gpu, shape);
    return [rule, ...pass.algorithms.filter((other) => other !== rule && other.suits(gpu, shape))];
  };
  const tensors = (sizes: Sizes) => {
    const shape = shapeOf(sizes);
    const { inputs, output } = pass.tensors(shape, epilogue);
    const given = Object.keys(inputs).map((tensor): [string, Given] => [
      tensor,
      { shape: sidesOf(tensor, shape), ...(tensor === 'variance' && { from: 0.5, to: 1.5 }) },
    ]);
    return { inputs: Object.fromEntries(given), outputs: { [output[0]]: sidesOf(output[0], shape) } };
  };
  return {
    ...{ name, about, fields, cases: sorted, tensors },
    algorithms: (gpu, sizes) => suiting(gpu, shapeOf(sizes)).map(({ name }) => name),
    record(gpu, storage, sizes, algorithm) {
      const shape = shapeOf(sizes);
      const chosen = suiting(gpu, shape).find(({ name }) => name === (algorithm ?? name));
      if (!chosen)
        throw new RangeError(`The algorithm "${algorithm}" does not suit these sizes on this adapter.`);
      chosen.run(gpu, pass.storages(storage, epilogue), shape);
    },
    expected: (values, sizes) => {
      const floats = Object.fromEntries(
        Object.entries(values).map(([key, value]) => [key, Float32Array.from(value)]),
      );
      const shape = shapeOf(sizes);
      return { [pass.tensors(shape, epilogue).output[0]]: rightOutput(pass, floats, shape, epilogue) };
    },
    ...(at && {
      elementAt: (values, sizes, index) =>
        at.element(valueOf(values, at.of[0]), valueOf(values, at.of[1]), shapeOf(sizes), index),
    }),
    tolerance(sizes, algorithm) {
      const found = pass.algorithms.find(({ name }) => name === algorithm);
      const own = sumTolerance(termsOf(shapeOf(sizes))[pass.name]) + (epilogue === 'none' ? 0 : 1e-6);
      return own * (found?.errorGrowth ?? 1);
    },
    work: (sizes) => ({ flops: conv2dFlops(shapeOf(sizes)), bytes: bytesMoved(tensors(sizes)) }),
  };
}

export const convolutions: readonly LabOperation[] = [
  passOperation('conv2d.forward', 'y = x ∗ weight', forwardPass, 'none', {
    ...{ of: ['x', 'weight'], element: conv2dForwardAt },
  }),
  passOperation('conv2d.forward+norm', 'the same, with batch norm fused into the store', forwardPass, 'norm'),
  passOperation(
    'conv2d.forward+norm+add',
    'the same, with a shortcut added to it',
    forwardPass,
    'norm + residual',
  ),
  passOperation('conv2d.backward-data', 'the gradient of the input', backwardDataPass, 'none', {
    ...{ of: ['dy', 'weight'], element: conv2dBackwardDataAt },
  }),
  passOperation('conv2d.backward-weight', 'the gradient of the weight', backwardWeightPass, 'none', {
    ...{ of: ['x', 'dy'], element: conv2dBackwardWeightAt },
  }),
];

/** The rungs but for the engine's own, which is `conv2d.forward`. */
export const convolutionRungs: readonly LabOperation[] = ladder
  .filter(({ name }) => name !== 'engine')
  .map(({ name, lesson, suits, run }): LabOperation => {
    const tensors = (sizes: Sizes) => {
      const shape = shapeOf(sizes);
      return {
        inputs: { x: { shape: sidesOf('x', shape) }, weight: { shape: sidesOf('weight', shape) } },
        outputs: { y: sidesOf('y', shape) },
      };
    };
    return {
      ...{ name: `ladder.conv2d.${name}`, about: lesson, fields, cases: sorted, tensors },
      algorithms: () => [],
      record(gpu, storage, sizes) {
        const shape = shapeOf(sizes);
        if (!suits(shape, gpu)) throw new RangeError('This rung does not suit these sizes on this adapter.');
        run(gpu, { x: storage('x'), weight: storage('weight'), y: storage('y') }, shape);
      },
      expected: (values, sizes) => ({
        y: conv2dForwardReference(valueOf(values, 'x'), valueOf(values, 'weight'), shapeOf(sizes)),
      }),
      elementAt: (values, sizes, index) =>
        conv2dForwardAt(valueOf(values, 'x'), valueOf(values, 'weight'), shapeOf(sizes), index),
      // Winograd's long sums are over the channels alone.
      tolerance(sizes) {
        const shape = shapeOf(sizes);
        return sumTolerance(name === '5-winograd' ? shape.c : termsOf(shape).forward);
      },
      work: (sizes) => ({ flops: conv2dFlops(shapeOf(sizes)), bytes: bytesMoved(tensors(sizes)) }),
    };
  });
