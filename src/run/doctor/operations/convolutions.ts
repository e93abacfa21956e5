/** Checks of convolution: all three passes, by each algorithm that the rule may choose on the adapter. */
import type { Gpu } from '../../../gpu/index.ts';
import type { Conv2dAlgorithm } from '../../../kernels/conv2d/algorithm.ts';
import { backwardDataPass } from '../../../kernels/conv2d/backward-data.ts';
import { backwardWeightPass } from '../../../kernels/conv2d/backward-weight.ts';
import { forwardPass } from '../../../kernels/conv2d/forward.ts';
import type { Conv2dPass } from '../../../kernels/conv2d/pass.ts';
import type { Conv2dShape } from '../../../kernels/conv2d/shape.ts';
import type { Epilogue } from '../../../kernels/conv2d/wgsl/epilogue.wgsl.ts';
import { values, type OperationCheck, type Output } from './check.ts';
import { rightOutput } from '../../../kernels/conv2d/right.ts';

const square = { n: 2, h: 8, w: 8, c: 20, k: 36, r: 3, s: 3, stride: 1, padding: 1 };
const strided = { ...square, h: 9, w: 7, stride: 2 };
const pointwise = { ...strided, r: 1, s: 1, padding: 0 };
const stem = { n: 1, h: 20, w: 20, c: 3, k: 64, r: 7, s: 7, stride: 2, padding: 3 };

/** The rule's choice for a shape, and those that it has for larger ones. */
function algorithmsFor<S>(gpu: Gpu, pass: Conv2dPass<S>, shape: Conv2dShape): readonly Conv2dAlgorithm<S>[] {
  const rule = pass.rule(gpu, shape);
  const others = pass.algorithms.filter(
    (other) =>
      other !== rule &&
      other.products === rule.products &&
      (other.family === 'winograd' || other.name === 'tiled 64×64') &&
      other.suits(gpu, shape),
  );
  return [rule, ...others];
}

function convolution<S>(
  operation: string,
  pass: Conv2dPass<S>,
  shape: Conv2dShape,
  { epilogue = 'none', all = false }: { readonly epilogue?: Epilogue; readonly all?: boolean } = {},
): OperationCheck {
  return {
    operation,
    record(gpu) {
      const draw = values();
      const { inputs, output } = pass.tensors(shape, epilogue);
      const host = Object.fromEntries(
        Object.entries(inputs).map(([name, count]) => [
          name,
          name === 'variance' ? draw(count, 0.5, 1.5) : draw(count),
        ]),
      );
      const expected = rightOutput(pass, host, shape, epilogue);
      const given = new Map(Object.entries(host).map(([name, data]) => [name, gpu.upload(data)]));
      const algorithms = all ? algorithmsFor(gpu, pass, shape) : [pass.rule(gpu, shape)];
      return algorithms.map((algorithm): Output => {
        const result = gpu.upload(new Float32Array(output[1]).fill(NaN));
        algorithm.run(
          gpu,
          pass.storages((name) => given.get(name) ?? result, epilogue),
          shape,
        );
        return { name: `${output[0]} by "${algorithm.name}"`, found: gpu.read(result), expected };
      });
    },
  };
}

export const convolutionChecks: readonly OperationCheck[] = [
  convolution('conv2d.forward', forwardPass, square, { all: true }),
  convolution('conv2d.forward', forwardPass, strided),
  convolution('conv2d.forward', forwardPass, pointwise),
  convolution('conv2d.forward', forwardPass, stem),
  convolution('conv2d.forward+norm+add', forwardPass, square, { epilogue: 'norm + residual' }),
  convolution('conv2d.backward-data', backwardDataPass, square, { all: true }),
  convolution('conv2d.backward-data', backwardDataPass, strided),
  convolution('conv2d.backward-weight', backwardWeightPass, square, { all: true }),
  convolution('conv2d.backward-weight', backwardWeightPass, strided),
  convolution('conv2d.backward-weight', backwardWeightPass, stem),
];
