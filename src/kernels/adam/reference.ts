/** One step of Adam as a plain loop in float64, in place: what the kernel is tested against. */
import type { AdamOptions } from './index.ts';

export function adam(
  { parameters, m, v }: Readonly<Record<'parameters' | 'm' | 'v', Float64Array>>,
  gradients: ArrayLike<number>,
  step: number,
  {
    learningRate,
    beta1,
    beta2,
    epsilon,
    weightDecay,
    decoupled,
    gradientScale = 1,
  }: AdamOptions & { readonly weightDecay: number },
): void {
  parameters.forEach((value, i) => {
    let parameter = value;
    let g = gradients[i]! * gradientScale; // all four are of one size
    if (decoupled) parameter *= 1 - learningRate * weightDecay;
    else g += weightDecay * parameter;
    m[i] = beta1 * m[i]! + (1 - beta1) * g;
    v[i] = beta2 * v[i]! + (1 - beta2) * g * g;
    const mean = m[i]! / (1 - beta1 ** step);
    const square = v[i]! / (1 - beta2 ** step);
    parameters[i] = parameter - (learningRate * mean) / (Math.sqrt(square) + epsilon);
  });
}
