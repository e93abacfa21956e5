/**
 * Max-pool backwards with a small window, a gather as in `backwardKernel`. A thread fills the pixels that meet the same
 * windows together, stride × stride of them, in two such rows, and walks along them with the windows that the next pixels
 * share: a 3×3 window of stride 2 then takes 3 loads for 8 pixels instead of 32. Conditions are joined by `&`: each `&&` is a
 * branch of its own, and of some thirty in a row SwiftShader's compiler follows every path.
 */
import { defineKernel, memoizeKernel, read, unroll, wgsl, write } from '../../gpu/index.ts';
import { floats, type Width } from '../vectors.ts';
import { builtins, LANES, ROWS, runOfThread, runParams, RUNS } from './walk.ts';

/** dx [N·H, W, C] from dy and `argmax` [N·oH, oW, C], as `backwardKernel` gives it, for stride = kernel − 1. */
export const smallBackwardKernel = memoizeKernel((width: Width, kernel: number, padding: number) => {
  const T = floats(width);
  const stride = kernel - 1;
  const U = width === 4 ? 'vec4u' : 'u32';
  const reach = Math.ceil(kernel / stride);
  const windowRows = ROWS + reach - 1;
  // Pixels are counted from the upper left corner of the padding, in groups of stride × stride; the group in row j and
  // column i lies in the windows (j − a, i − b), and those with i − b are kept until i + 1.
  const firstGroup = Math.floor(padding / stride);
  const window = (m: number, b: string) => `windowAt(start${m}, inside${m}, ${b})`;
  const pixel = (j: number, p: number, q: number) => {
    const terms = Array.from({ length: reach * reach }, (_, i) => [Math.floor(i / reach), i % reach] as const)
      .map(([a, b]) => ({ a, b, r: p + a * stride, s: q + b * stride })) // b: how many columns to the left
      .filter(({ r, s }) => r < kernel && s < kernel)
      .map(({ a, b, r, s }) => {
        const name = `window${j - a + reach - 1}${b}`;
        return `select(${T}(0), ${name}.gradient, ${name}.tap == ${U}(${r * kernel + s}u))`;
      });
    return wgsl`
    {
      let x = left + ${q};
      if (insideY${j}${p} & (x >= 0) & (x < i32(params.width))) {
        dx[startY${j}${p} + u32(x) * params.channels] = ${terms.join(' + ') || `${T}(0)`};
      }
    }`;
  };
  return defineKernel({
    name: `max-pool.small-backward ${T} ${kernel}/${stride}/${padding}`,
    bindings: { dy: read(T), argmax: read('u32'), dx: write(T) },
    params: runParams,
    workgroupSize: [LANES, RUNS],
    builtins,
    declarations: wgsl`
/** What a window passes back, and the tap that gets it. */
struct Window { gradient: ${T}, tap: ${U} }
fn windowAt(start: u32, inside: bool, column: i32) -> Window {
  let at = start + u32(clamp(column, 0, i32(params.outWidth) - 1)) * params.channels;
  let tap = ${width === 4 ? '(vec4u(argmax[at]) >> vec4u(0u, 8u, 16u, 24u)) & vec4u(255u)' : 'argmax[at]'};
  return Window(dy[at], select(${U}(0xffffffffu), tap, inside & (column >= 0) & (column < i32(params.outWidth))));
}`,
    body: wgsl`
${runOfThread}
  let image = block / params.rowBlocks;
  let group = ${firstGroup} + i32(block % params.rowBlocks) * ${ROWS};
  let row = group * ${stride} - ${padding};
${unroll(
  windowRows,
  (m) => wgsl`
  let outRow${m} = group + ${m - reach + 1};
  let inside${m} = (outRow${m} >= 0) & (outRow${m} < i32(params.outHeight));
  let start${m} = (image * params.outHeight + u32(clamp(outRow${m}, 0, i32(params.outHeight) - 1))) * params.outWidth * params.channels + channel;`,
)}
${unroll(ROWS, (j) =>
  unroll(
    stride,
    (p) => wgsl`
  let y${j}${p} = row + ${j * stride + p};
  let insideY${j}${p} = (y${j}${p} >= 0) & (y${j}${p} < i32(params.height));
  let startY${j}${p} = (image * params.height + u32(max(y${j}${p}, 0))) * params.width * params.channels + channel;`,
  ),
)}
  let begin = ${firstGroup} + i32(first);
${unroll(reach - 1, (b) => unroll(windowRows, (m) => `  var window${m}${b + 1} = ${window(m, `begin - ${b + 1}`)};`))}
  for (var step = 0u; step < params.walk; step++) {
    if (first + step >= params.groups) { break; }
    let left = (begin + i32(step)) * ${stride} - ${padding};
${unroll(windowRows, (m) => `    let window${m}0 = ${window(m, 'begin + i32(step)')};`)}
${unroll(ROWS, (j) => unroll(stride, (p) => unroll(stride, (q) => pixel(j, p, q))))}
${unroll(reach - 1, (b) => unroll(windowRows, (m) => `    window${m}${reach - 1 - b} = window${m}${reach - 2 - b};`))}
  }`,
  });
});
