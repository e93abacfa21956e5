/** Dropout as a plain loop over the host's own random numbers: what the kernel is tested against. */
import { createRandom } from '../../random.ts';
import type { DropoutOptions } from './index.ts';

export function dropout(x: ArrayLike<number>, { p, key }: DropoutOptions): Float64Array {
  const random = createRandom(...key);
  const threshold = Math.round(p * 2 ** 32);
  return Float64Array.from(x, (value) => (random.uint32() < threshold ? 0 : value / (1 - p)));
}
