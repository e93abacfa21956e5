/** Softmax and its logarithm along one axis, forwards and backwards; see ../columns.ts for who reads what. */
import { defineKernel, type Kernel, memoizeKernel, read, wgsl, when, write } from '../../gpu/index.ts';
import { columnsWgsl, sumOf, type TileName } from '../columns.ts';
import { floats, isNaNWgsl, type Width } from '../vectors.ts';

export interface Variant {
  readonly tile: TileName;
  readonly width: Width;
  readonly contiguous: boolean;
}

const params = { columns: 'u32', length: 'u32', inner: 'u32' } as const;
const add = (a: string, b: string) => `${a} + ${b}`;

const make = (build: (variant: Variant, isLog: boolean) => Kernel<string, string>) => {
  const memoized = memoizeKernel((tile: TileName, width: Width, contiguous: boolean, isLog: boolean) =>
    build({ tile, width, contiguous }, isLog),
  );
  return ({ tile, width, contiguous }: Variant, isLog: boolean) => memoized(tile, width, contiguous, isLog);
};
const nameOf = ({ tile, width, contiguous }: Variant) =>
  `${tile}${contiguous ? ' contiguous' : ''} ${floats(width)}`;

/** y = exp(x − max) / Σ exp(x − max), which does not overflow, or its logarithm x − max − log Σ. */
export const softmaxKernel = make((variant, isLog) => {
  const { tile, width, contiguous } = variant;
  const [T, U] = [floats(width), contiguous ? 'f32' : floats(width)];
  const { workgroupSize, builtins, place, shared, merge, sums, threads } = columnsWgsl(tile, contiguous);
  const largest = 'max(max(peaks.x, peaks.y), max(peaks.z, peaks.w))';
  const isLost = contiguous && width === 4 ? 'isNaN(vec4f(total)).x' : 'isNaN(total)';
  const items = (text: string) => wgsl`
  for (var k = thread; k < params.length; k += ${threads}u) {
    let i = start + k * step;
    ${text}
  }`;
  return defineKernel<string, string>({
    name: `${isLog ? 'log-softmax' : 'softmax'} ${nameOf(variant)}`,
    bindings: { x: read(T), y: write(T) },
    params,
    workgroupSize,
    builtins,
    declarations: wgsl`${shared(U)}
${isNaNWgsl(width)}
// exp and log may lose NaN, and a diverging network must show.
fn power(exponent: ${T}) -> ${T} { return select(exp(exponent), exponent, isNaN(exponent)); }`,
    body: wgsl`${place}
  var peaks = ${T}(-0x1.fffffep+127f);
${items('peaks = max(peaks, x[i]);')}
  var peak = ${contiguous && width === 4 ? largest : 'peaks'};
${merge('peak', (a, b) => `max(${a}, ${b})`)}
${sums(T, { sum: 'power(x[i] - peak)' })}
  var total = ${contiguous ? sumOf(width, 'sum') : 'sum'};
${merge('total', add)}
  if (!isColumn) { return; }
${when(isLog, `  let shift = select(log(total), total, ${isLost});`)}
${items(isLog ? 'y[i] = (x[i] - peak) - shift;' : 'y[i] = exp(x[i] - peak) / total;')}`,
  });
});

/** dx = y · (dy − Σ dy · y); of the logarithm, dx = dy − exp(y) · Σ dy. */
export const softmaxBackwardKernel = make((variant, isLog) => {
  const { tile, width, contiguous } = variant;
  const [T, U] = [floats(width), contiguous ? 'f32' : floats(width)];
  const { workgroupSize, builtins, place, shared, merge, sums, threads } = columnsWgsl(tile, contiguous);
  return defineKernel<string, string>({
    name: `${isLog ? 'log-softmax' : 'softmax'}.backward ${nameOf(variant)}`,
    bindings: { dy: read(T), y: read(T), dx: write(T) },
    params,
    workgroupSize,
    builtins,
    declarations: shared(U),
    body: wgsl`${place}
${sums(T, { sum: isLog ? 'dy[i]' : 'dy[i] * y[i]' })}
  var total = ${contiguous ? sumOf(width, 'sum') : 'sum'};
${merge('total', add)}
  if (!isColumn) { return; }
  for (var k = thread; k < params.length; k += ${threads}u) {
    let i = start + k * step;
    dx[i] = ${isLog ? 'dy[i] - exp(y[i]) * total' : 'y[i] * (dy[i] - total)'};
  }`,
  });
});
