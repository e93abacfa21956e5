/** The forward pass: y = x ∗ weight, with batch norm, the shortcut and ReLU as its epilogue where they are asked for. */
import type { ForwardStorages } from './algorithm.ts';
import { paddedForward } from './padded/algorithms.ts';
import { elementsOf, EPS, type Conv2dPass } from './pass.ts';
import { byRule, tileFor } from './rule.ts';
import { outputSize } from './shape.ts';
import * as subgroup from './subgroup/algorithms.ts';
import * as tiled from './tiled/algorithms.ts';
import * as winograd from './winograd/algorithms.ts';

export const forwardPass: Conv2dPass<ForwardStorages> = {
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
  algorithms: [
    ...Object.values(tiled.forward),
    ...Object.values(subgroup.forward),
    ...winograd.listOf(winograd.forward),
    ...paddedForward,
  ],
  rule(gpu, shape) {
    const { oh, ow } = outputSize(shape);
    return byRule(gpu, shape, {
      broadcasts: [subgroup.forward['4×16']],
      tiles: (shape) => tiled.forward[tileFor(shape, shape.n * oh * ow, shape.k)],
      winograd: winograd.forward,
      padded: paddedForward,
    });
  },
};
