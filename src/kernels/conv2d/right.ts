/** What a pass of convolution should give, by plain loops: for autotuning, checks and whoever looks at a kernel, and for none that only runs it. */
import { forward as normalise, invStdOf } from '../batch-norm/reference.ts';
import { EPS, type Conv2dPass } from './pass.ts';
import {
  conv2dBackwardDataReference,
  conv2dBackwardWeightReference,
  conv2dForwardReference,
} from './reference.ts';
import type { Conv2dShape } from './shape.ts';
import type { Epilogue } from './wgsl/epilogue.wgsl.ts';

/** The output of `pass`, from its inputs by name. Throws `RangeError` where one is missing. */
export function rightOutput(
  { name }: Pick<Conv2dPass<unknown>, 'name'>,
  inputs: Readonly<Record<string, Float32Array>>,
  shape: Conv2dShape,
  epilogue: Epilogue,
): Float64Array {
  const of = (input: string): Float32Array => {
    const data = inputs[input];
    if (!data) throw new RangeError(`conv2d: the reference needs the input "${input}".`);
    return data;
  };
  if (name === 'backwardData') return conv2dBackwardDataReference(of('dy'), of('weight'), shape);
  if (name === 'backwardWeight') return conv2dBackwardWeightReference(of('x'), of('dy'), shape);
  const sums = conv2dForwardReference(of('x'), of('weight'), shape);
  if (epilogue === 'none') return sums;
  const affine = {
    rows: sums.length / shape.k,
    channels: shape.k,
    mean: of('mean'),
    invStd: invStdOf(Float64Array.from(of('variance')), EPS),
    weight: of('gamma'),
    bias: of('beta'),
  };
  return normalise(sums, affine, { residual: inputs['residual'], relu: false });
}
