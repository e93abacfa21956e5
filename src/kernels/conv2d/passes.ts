/** The tensors of each pass by name, for those who make storages for it: autotuning, and who looks at its kernels only. */
import type { Storage } from '../../gpu/index.ts';
import type { BackwardDataStorages, BackwardWeightStorages, ForwardStorages } from './algorithm.ts';
import type { Epilogue } from './epilogue.wgsl.ts';
import type { Pass } from './problem.ts';
import { outputSize, type Conv2dShape } from './shape.ts';

/** Sizes in elements of the tensors that are read, and of the one that is written. */
export interface PassTensors {
  readonly inputs: Readonly<Record<string, number>>;
  readonly output: readonly [name: string, elements: number];
}

export interface PassDefinition<S> {
  readonly name: Pass;
  tensors(shape: Conv2dShape, epilogue: Epilogue): PassTensors;
  /** What the pass's algorithms take, given its tensors. */
  storages(tensor: (name: string) => Storage, epilogue: Epilogue): S;
}

/** Of the batch norm that a forward pass is tried with; ReLU, a parameter of its kernels, is off. */
export const EPS = 1e-5;

export const forwardPass: PassDefinition<ForwardStorages> = {
  name: 'forward',
  tensors(shape, epilogue) {
    const { x, weight, y } = elementsOf(shape);
    const { k } = shape;
    const norm = epilogue === 'none' ? {} : { mean: k, variance: k, gamma: k, beta: k };
    const residual = epilogue === 'norm + residual' ? { residual: y } : {};
    return { inputs: { x, weight, ...norm, ...residual }, output: ['y', y] };
  },
  storages(tensor, epilogue) {
    const plain = { x: tensor('x'), weight: tensor('weight'), y: tensor('y') };
    if (epilogue === 'none') return plain;
    const norm = {
      mean: tensor('mean'),
      variance: tensor('variance'),
      gamma: tensor('gamma'),
      beta: tensor('beta'),
      residual: epilogue === 'norm + residual' ? tensor('residual') : undefined,
      eps: EPS,
      relu: false,
    };
    return { ...plain, norm };
  },
};

export const backwardDataPass: PassDefinition<BackwardDataStorages> = {
  name: 'backwardData',
  tensors(shape) {
    const { x, weight, y } = elementsOf(shape);
    return { inputs: { dy: y, weight }, output: ['dx', x] };
  },
  storages: (tensor) => ({ dy: tensor('dy'), weight: tensor('weight'), dx: tensor('dx') }),
};

export const backwardWeightPass: PassDefinition<BackwardWeightStorages> = {
  name: 'backwardWeight',
  tensors(shape) {
    const { x, weight, y } = elementsOf(shape);
    return { inputs: { x, dy: y }, output: ['dWeight', weight] };
  },
  storages: (tensor) => ({ x: tensor('x'), dy: tensor('dy'), dWeight: tensor('dWeight') }),
};

function elementsOf(shape: Conv2dShape) {
  const { n, h, w, c, k, r, s } = shape;
  const { oh, ow } = outputSize(shape);
  return { x: n * h * w * c, weight: r * s * c * k, y: n * oh * ow * k };
}
