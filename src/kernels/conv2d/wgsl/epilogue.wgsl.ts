/**
 * What may follow a forward convolution before its sums are stored: batch norm by running statistics, the addition of a
 * shortcut, ReLU. The weights stay as they are: scaling a sum is scaling the weights that it is made of, so nothing
 * folded has to be kept anywhere, and nothing can be stale when a parameter or a statistic changes.
 */
import { read, unroll, wgsl } from '../../../gpu/index.ts';
import type { Dtype } from '../../dtype.ts';
import { elementType, loadFunction } from './load.wgsl.ts';

/** `norm`: y = sum · scale + shift, ReLU by a parameter; `norm + residual` adds a tensor of y's shape before ReLU. */
export type Epilogue = 'none' | 'norm' | 'norm + residual';

/** The four numbers per channel that batch norm is made of. */
const statistics = ['mean', 'variance', 'gamma', 'beta'] as const;

/** The parameters of an epilogue, which kernels without one have too and leave alone. */
export const epilogueParams = { eps: 'f32', relu: 'u32' } as const;

/** The bindings of an epilogue, and `fn finish(index, affine, sum, count)`, which stores to y. */
export function epilogueInterface(epilogue: Epilogue, vectorK: boolean, dtype: Dtype) {
  if (epilogue === 'none') return { bindings: {}, functions: '' };
  const residual = epilogue === 'norm + residual';
  const names = [...statistics, ...(residual ? ['residual'] : [])];
  const typeOf = (name: string) => elementType(vectorK, name === 'residual' ? dtype : 'f32');
  return {
    bindings: Object.fromEntries(names.map((name) => [name, read(typeOf(name))])),
    functions: [
      ...names.map((name) => loadFunction(name, vectorK)),
      wgsl`struct Affine { scale: vec4f, shift: vec4f }
fn affine_of(channel: u32) -> Affine {
  let scale = load_gamma(channel) * inverseSqrt(load_variance(channel) + params.eps);
  return Affine(scale, fma(-load_mean(channel), scale, load_beta(channel)));
}
fn finish(index: u32, affine: Affine, sum: vec4f, count: u32) {
  let value = fma(sum, affine.scale, affine.shift)${residual ? ' + load_residual(index)' : ''};
  store_y(index, select(value, vec4f(), (value <= vec4f()) & vec4<bool>(params.relu != 0u)), count);
}`,
    ].join('\n'),
  };
}

/**
 * The same for kernels that store single elements: `start` is WGSL that goes before the first `store`, for the element's
 * `channel`.
 */
export function elementEpilogue(epilogue: Epilogue, dtype: Dtype) {
  const write = (index: string, value: string) => `y[${index}] = ${dtype}(${value});`;
  if (epilogue === 'none') return { bindings: {}, functions: '', start: '', store: write };
  const residual = epilogue === 'norm + residual';
  return {
    bindings: Object.fromEntries([
      ...statistics.map((name) => [name, read()] as const),
      ...(residual ? [['residual', read(dtype)] as const] : []),
    ]),
    functions: wgsl`fn finish(index: u32, scale: f32, shift: f32, sum: f32) {
  let value = fma(sum, scale, shift)${residual ? ' + f32(residual[index])' : ''};
  ${write('index', 'select(value, 0.0, value <= 0.0 && params.relu != 0u)')}
}`,
    start: wgsl`let scale = gamma[channel] * inverseSqrt(variance[channel] + params.eps);
  let shift = fma(-mean[channel], scale, beta[channel]);`,
    store: (index: string, sum: string) => `finish(${index}, scale, shift, ${sum});`,
  };
}

/** For a kernel's name. */
export const epilogueLabel = (epilogue: Epilogue): string => (epilogue === 'none' ? '' : ` + ${epilogue}`);

/** WGSL that declares what `finishStatement` needs of the four channels at `channel`, under the name `affine<j>`. */
export const finishStart = (epilogue: Epilogue, j: number, channel: string): string =>
  epilogue === 'none' ? '' : `let affine${j} = affine_of(${channel});`;

/** The same for all `quads` of a subgroup's channels: each lane works out one of them, and they pass them round. */
export const sharedFinishStart = (epilogue: Epilogue, quads: number): string =>
  epilogue === 'none'
    ? ''
    : wgsl`let own = affine_of(channel + (lane % ${quads}u) * 4u);
  ${unroll(quads, (j) => `let affine${j} = Affine(subgroupBroadcast(own.scale, ${j}), subgroupBroadcast(own.shift, ${j}));`)}`;

/** WGSL that stores a sum of four channels at element `index` of y. */
export const finishStatement = (
  epilogue: Epilogue,
  j: number,
  index: string,
  sum: string,
  count: string,
): string =>
  epilogue === 'none'
    ? `store_y(${index}, ${sum}, ${count});`
    : `finish(${index}, affine${j}, ${sum}, ${count});`;
