/**
 * Dropout by a counter: whether element i is kept is decided by draw i of the stream that ../../random.ts opens for a key, computed on
 * its own. So nothing is stored for the way back, and a mask is the same on every adapter, however work is cut.
 */
import { memoizeKernel, read, wgsl, write } from '../../gpu/index.ts';
import { GOLDEN } from '../../random.ts';
import { defineMap } from '../elementwise/map.wgsl.ts';
import { floats, type Width } from '../vectors.ts';

/** y = x · scale where the draw is at least `threshold`, else 0; `first` counts items before these. */
export const dropoutKernel = memoizeKernel((width: Width) => {
  const T = floats(width);
  const U = width === 4 ? 'vec4u' : 'u32';
  const number = '(params.first + i)';
  const element = width === 4 ? `${number} * 4u + vec4u(0u, 1u, 2u, 3u)` : number;
  return defineMap({
    name: `dropout ${T}`,
    bindings: { x: read(T), y: write(T) },
    params: { first: 'u32', state: 'u32', threshold: 'u32', scale: 'f32' },
    declarations: wgsl`
fn mix(hash: ${U}) -> ${U} {
  var x = hash;
  x = (x ^ (x >> ${U}(16u))) * 0x7feb352du;
  x = (x ^ (x >> ${U}(15u))) * 0x846ca68bu;
  return x ^ (x >> ${U}(16u));
}`,
    item: wgsl`  let draw = mix(params.state + (${element} + 1u) * ${GOLDEN}u);
  y[i] = select(${T}(0), x[i] * params.scale, draw >= ${U}(params.threshold));`,
  });
});
