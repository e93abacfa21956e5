/** Layer norm: each row of [rows, length] by its own mean and deviation; see ../columns.ts for who reads what. */
import { defineKernel, type Kernel, memoizeKernel, read, wgsl, when, write } from '../../gpu/index.ts';
import { columnsWgsl, sumOf, type TileName } from '../columns.ts';
import { floats, type Width } from '../vectors.ts';

const add = (a: string, b: string) => `${a} + ${b}`;
const rows = { columns: 'u32', length: 'u32', size: 'f32' } as const;

/** y = (x − mean) · invStd [· weight + bias]; mean and invStd = 1/√(variance + eps) [rows]. What the sum of x was rounded by, the second pass finds: nothing cancels. */
export const forwardKernel = memoizeKernel(
  (tile: TileName, width: Width, isAffine: boolean): Kernel<string, string> => {
    const T = floats(width);
    const { workgroupSize, builtins, place, shared, merge, sums, threads } = columnsWgsl(tile, true);
    return defineKernel<string, string>({
      name: `layer-norm.forward ${tile} ${T}${when(isAffine, ' affine')}`,
      bindings: {
        x: read(T),
        ...(isAffine ? { weight: read(T), bias: read(T) } : {}),
        ...{ y: write(T), mean: write(), invStd: write() },
      },
      params: { ...rows, eps: 'f32' },
      workgroupSize,
      builtins,
      declarations: shared('vec2f'),
      body: wgsl`${place}
${sums(T, { sum: 'x[i]' })}
  var total = vec2f(${sumOf(width, 'sum')}, 0.0);
${merge('total', add)}
  let guess = total.x / params.size;
${sums(T, { rest: 'deviation', squares: 'deviation * deviation' }, { before: 'let deviation = x[i] - guess;' })}
  var totals = vec2f(${sumOf(width, 'rest')}, ${sumOf(width, 'squares')});
${merge('totals', add)}
  let means = totals / params.size;
  let center = guess + means.x;
  let inverse = 1.0 / sqrt(max(means.y - means.x * means.x, 0.0) + params.eps);
  if (!isColumn) { return; }
  if (thread == 0u) { mean[column] = center; invStd[column] = inverse; }

  for (var k = thread; k < params.length; k += ${threads}u) {
    let i = start + k;
    y[i] = (x[i] - center) * inverse${when(isAffine, ' * weight[k] + bias[k]')};
  }`,
    });
  },
);

/** dx = invStd · (g − mean of g − x̂ · mean of g · x̂), g = dy [· weight] and x̂ the normalised input. */
export const backwardKernel = memoizeKernel(
  (tile: TileName, width: Width, isAffine: boolean): Kernel<string, string> => {
    const T = floats(width);
    const { workgroupSize, builtins, place, shared, merge, sums, threads } = columnsWgsl(tile, true);
    const item = wgsl`let g = dy[i]${when(isAffine, ' * weight[k]')};
      let normal = (x[i] - center) * inverse;`;
    return defineKernel<string, string>({
      name: `layer-norm.backward ${tile} ${T}${when(isAffine, ' affine')}`,
      bindings: {
        ...{ dy: read(T), x: read(T), mean: read(), invStd: read() },
        ...(isAffine ? { weight: read(T) } : {}),
        dx: write(T),
      },
      params: rows,
      workgroupSize,
      builtins,
      declarations: shared('vec2f'),
      body: wgsl`${place}
  let center = mean[column];
  let inverse = invStd[column];
${sums(T, { gs: 'g', products: 'g * normal' }, { before: item })}
  var totals = vec2f(${sumOf(width, 'gs')}, ${sumOf(width, 'products')});
${merge('totals', add)}
  let means = totals / params.size;
  if (!isColumn) { return; }
  for (var k = thread; k < params.length; k += ${threads}u) {
    let i = start + k;
    ${item}
    dx[i] = inverse * (g - means.x - normal * means.y);
  }`,
    });
  },
);

/** weights and biases [parts, length]: Σ dy · x̂ and Σ dy over the rows of each part, `span` of them; parts from firstPart on. */
export const parametersKernel = memoizeKernel((tile: TileName, width: Width): Kernel<string, string> => {
  const T = floats(width);
  const { workgroupSize, builtins, place, shared, merge, sums } = columnsWgsl(tile, false);
  return defineKernel<string, string>({
    name: `layer-norm.backward-parameters ${tile} ${T}`,
    bindings: {
      ...{ dy: read(T), x: read(T), mean: read(), invStd: read() },
      ...{ weights: write(T), biases: write(T) },
    },
    params: {
      ...{ columns: 'u32', length: 'u32', inner: 'u32' },
      ...{ span: 'u32', firstPart: 'u32' },
    },
    workgroupSize,
    builtins,
    declarations: shared(T),
    body: wgsl`${place}
  let end = min((workgroup.x + 1u) * params.span, params.length);
${sums(
  T,
  { weight: 'dy[i] * ((x[i] - mean[k]) * invStd[k])', bias: 'dy[i]' },
  { first: 'workgroup.x * params.span + thread', end: 'end' },
)}
${merge('weight', add)}
${merge('bias', add)}
  let at = (params.firstPart + workgroup.x) * params.inner + column;
  if (isColumn && thread == 0u) { weights[at] = weight; biases[at] = bias; }`,
  });
});
