/** Sums along one axis, of a tensor or of the product of two alike: the gradient of what was broadcast. */
import { defineKernel, memoizeKernel, read, type Kernel, wgsl, when, write } from '../../gpu/index.ts';
import { columnsWgsl, sumOf, type TileName } from '../columns.ts';
import { floats, type Width } from '../vectors.ts';

/**
 * y [outer, parts, inner]: part p is the sum of items p · span … of its column (see ../columns.ts), times `factor`. Parts are numbered
 * from firstPart on, among all `parts`.
 */
export const sumKernel = memoizeKernel(
  (tile: TileName, width: Width, contiguous: boolean, isProduct: boolean): Kernel<string, string> => {
    const T = floats(width);
    const { workgroupSize, builtins, place, shared, merge, sums } = columnsWgsl(tile, contiguous);
    const U = contiguous ? 'f32' : T;
    const at = contiguous
      ? 'column * params.parts + part'
      : '((column / params.inner) * params.parts + part) * params.inner + column % params.inner';
    return defineKernel<string, string>({
      name: `sum ${tile}${contiguous ? ' contiguous' : ''}${isProduct ? ' of products' : ''} ${T}`,
      bindings: { x: read(T), ...(isProduct ? { times: read(T) } : {}), y: write(U) },
      params: {
        ...{ columns: 'u32', length: 'u32', inner: 'u32' },
        ...{ span: 'u32', parts: 'u32', firstPart: 'u32', factor: 'f32' },
      },
      workgroupSize,
      builtins,
      declarations: shared(U),
      body: wgsl`${place}
  let end = min((workgroup.x + 1u) * params.span, params.length);
${sums(T, { sum: `x[i]${when(isProduct, ' * times[i]')}` }, { first: 'workgroup.x * params.span + thread', end: 'end' })}
  var total = ${contiguous ? sumOf(width, 'sum') : 'sum'};
${merge('total', (a, b) => `${a} + ${b}`)}
  let part = params.firstPart + workgroup.x;
  if (isColumn && thread == 0u) { y[${at}] = total * params.factor; }`,
    });
  },
);
