/**
 * Mean and sum of squared deviations of a set of values, and how two sets' make their union's (Chan, Golub, LeVeque
 * 1979): exact for any mean, where E[x²] − E[x]² would cancel.
 */
import { wgsl } from '../../gpu/index.ts';

/** WGSL declarations of `Moments` and `merge` for values of type T. */
export const moments = (T: 'f32' | 'vec4f'): string => wgsl`
struct Moments { count: f32, mean: ${T}, squares: ${T} }
fn merge(a: Moments, b: Moments) -> Moments {
  if (b.count == 0.0) { return a; }
  let count = a.count + b.count;
  let share = b.count / count;
  let delta = b.mean - a.mean;
  return Moments(count, a.mean + delta * share, a.squares + b.squares + delta * delta * (a.count * share));
}`;
