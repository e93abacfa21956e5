/** The gradient of the input: dx = dy ∗ the weight turned round, by the stride² phases of dx's pixels. */
import type { BackwardDataStorages } from './algorithm.ts';
import { elementsOf, type Conv2dPass } from './pass.ts';
import { byRule, tileFor } from './rule.ts';
import * as subgroup from './subgroup/algorithms.ts';
import * as tiled from './tiled/algorithms.ts';
import * as winograd from './winograd/algorithms.ts';

export const backwardDataPass: Conv2dPass<BackwardDataStorages> = {
  name: 'backwardData',
  tensors(shape) {
    const { x, weight, y } = elementsOf(shape);
    return { inputs: { dy: y, weight }, output: ['dx', x] };
  },
  storages: (tensor) => ({ dy: tensor('dy'), weight: tensor('weight'), dx: tensor('dx') }),
  algorithms: [
    ...Object.values(tiled.backwardData),
    ...Object.values(subgroup.backwardData),
    ...winograd.listOf(winograd.backwardData),
  ],
  rule(gpu, shape) {
    const { n, h, w, c, stride } = shape;
    const pixels = n * Math.ceil(h / stride) * Math.ceil(w / stride);
    return byRule(gpu, shape, {
      broadcasts: [subgroup.backwardData['4×16']],
      tiles: (shape) => tiled.backwardData[tileFor(shape, pixels, c, stride * stride)],
      winograd: winograd.backwardData,
      padded: [],
    });
  },
};
