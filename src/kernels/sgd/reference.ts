/** One step of SGD as a plain loop in float64, in place: what the kernel is tested against. */
import type { SgdOptions } from './index.ts';

export function sgd(
  { parameters, velocity }: Readonly<Record<'parameters' | 'velocity', Float64Array>>,
  gradients: ArrayLike<number>,
  {
    learningRate,
    momentum,
    nesterov = false,
    weightDecay,
    gradientScale = 1,
  }: SgdOptions & { readonly weightDecay: number },
): void {
  parameters.forEach((parameter, i) => {
    const slope = gradients[i]! * gradientScale + weightDecay * parameter; // all are of one size
    velocity[i] = momentum * velocity[i]! + slope;
    const direction = nesterov ? slope + momentum * velocity[i]! : velocity[i]!;
    parameters[i] = parameter - learningRate * direction;
  });
}
