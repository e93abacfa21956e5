/** How parameters start. All draw from a given stream of random numbers, so a seed decides them. */
import type { Random } from '../random.ts';
import type { Parameter } from './parameter.ts';

/** `count` values of a normal distribution with mean 0 (Box and Muller 1958). */
export function normal(count: number, deviation: number, random: Random): Float32Array {
  const values = new Float32Array(count);
  for (let i = 0; i < count; i += 2) {
    const radius = deviation * Math.sqrt(-2 * Math.log(1 - random.uniform()));
    const angle = 2 * Math.PI * random.uniform();
    values[i] = radius * Math.cos(angle);
    if (i + 1 < count) values[i + 1] = radius * Math.sin(angle);
  }
  return values;
}

/** `count` values uniform in [−bound, bound). */
export function uniform(count: number, bound: number, random: Random): Float32Array {
  return Float32Array.from({ length: count }, () => (random.uniform() * 2 - 1) * bound);
}

/** Deviation of "Kaiming" initialisation for ReLU networks (He et al. 2015, equation 14): √(2 / fan). */
export const kaiming = (fan: number): number => Math.sqrt(2 / fan);

/** He's initial values, as torchvision's networks have them (He et al. 2015): normal, with the deviation for the fan out. */
export function initialiseKernel(weight: Parameter, random: Random): void {
  const [k = 0, , r = 0, s = 0] = weight.fileShape;
  weight.load({ shape: weight.fileShape, data: normal(weight.size, kaiming(k * r * s), random) });
}
