/** The bell curve in WGSL, for exercise 9: `bell(x)`, and `share(x)`, the share of the area under it that lies to the left of x. */
import { wgsl } from '../../../../src/gpu/index.ts';
import { normalTail } from '../../../../src/kernels/elementwise/activations.wgsl.ts';

/** Functions of `f32` or `vec4f`, as T says. */
export const normal = (T: string): string => wgsl`${normalTail(T)}
fn bell(x: ${T}) -> ${T} { return exp(-0.5 * x * x) * ${1 / Math.sqrt(2 * Math.PI)}; }
fn share(x: ${T}) -> ${T} { return below(x, tail(x, exp(-0.5 * x * x))); }`;
