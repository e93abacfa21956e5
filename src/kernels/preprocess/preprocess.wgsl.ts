/**
 * The two kernels of preprocessing: the mean grey of each image's crop, a workgroup an image, and the step from bytes
 * to normalised floats, a thread a pixel of the result.
 */
import { defineKernel, memoizeKernel, read, wgsl, write } from '../../gpu/index.ts';

export const WORKGROUP = 128;

const MEAN = 'vec3f(0.485, 0.456, 0.406)';
const STD = 'vec3f(0.229, 0.224, 0.225)';

/** Three bytes that may lie in two words. */
const pixelAt = wgsl`
fn byteAt(i: u32) -> f32 { return f32((pixels[i / 4u] >> (i % 4u * 8u)) & 0xffu); }
fn pixelAt(i: u32) -> vec3f { return vec3f(byteAt(3u * i), byteAt(3u * i + 1u), byteAt(3u * i + 2u)) / 255.0; }`;

/** What `packAugmentations` wrote, and the crop's pixels in their new order. */
const changed = wgsl`
struct Change { crop: vec2u, flip: bool, contrastFirst: bool, brightness: f32, contrast: f32 }
fn changeOf(image: u32) -> Change {
  let a = changes[2u * image];
  let b = changes[2u * image + 1u];
  return Change(vec2u(a.xy), a.z != 0.0, a.w != 0.0, b.x, b.y);
}
fn cropped(image: u32, at: u32, crop: vec2u, flip: bool) -> vec3f {
  let column = at % params.cropWidth;
  let x = select(column, params.cropWidth - 1u - column, flip);
  let y = at / params.cropWidth;
  return pixelAt(image * params.imagePixels + (crop.y + y) * params.width + crop.x + x);
}
fn brighten(v: vec3f, factor: f32) -> vec3f { return saturate(v * factor); }`;

const size = { width: 'u32', imagePixels: 'u32', cropWidth: 'u32', cropPixels: 'u32' } as const;

/**
 * Mean grey of every crop, after brightness where that comes before contrast. Threads stride over the pixels, then
 * their sums are added in a tree: always in the same order, and few enough terms each for f32.
 */
export const greyMeanKernel = defineKernel({
  name: 'preprocess.grey-mean',
  bindings: { pixels: read('u32'), changes: read('vec4f'), means: write() },
  params: { ...size, images: 'u32' },
  workgroupSize: [WORKGROUP],
  builtins: '@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) thread: u32',
  declarations: wgsl`${pixelAt}${changed}
var<workgroup> sums: array<f32, ${WORKGROUP}>;`,
  body: wgsl`
  let number = workgroup.x + workgroup.y * 65535u;
  let image = min(number, params.images - 1u); // a workgroup past the last repeats it: all threads reach the barriers
  let change = changeOf(image);
  let factor = select(change.brightness, 1.0, change.contrastFirst);
  var sum = 0.0;
  for (var at = thread; at < params.cropPixels; at += ${WORKGROUP}u) {
    let v = brighten(cropped(image, at, change.crop, false), factor);
    sum += dot(v, vec3f(0.2989, 0.587, 0.114));
  }
  sums[thread] = sum;
  for (var half = ${WORKGROUP / 2}u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if (thread < half) { sums[thread] += sums[thread + half]; }
  }
  if (thread == 0u) { means[image] = sums[0] / f32(params.cropPixels); }`,
});

/** From bytes to normalised floats; `centre` has one crop for all images, the others one each with its changes. */
export const preprocessKernel = memoizeKernel((kind: 'centre' | 'augment' | 'augment with contrast') => {
  const augments = kind !== 'centre';
  const contrasts = kind === 'augment with contrast';
  return defineKernel<string, string>({
    name: `preprocess.${kind.replaceAll(' ', '-')}`,
    bindings: {
      pixels: read('u32'),
      ...(augments ? { changes: read('vec4f') } : {}),
      ...(contrasts ? { means: read() } : {}),
      y: write(),
    },
    params: { ...size, count: 'u32', ...(augments ? {} : { cropX: 'u32', cropY: 'u32' }) },
    workgroupSize: [WORKGROUP],
    builtins: '@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) thread: u32',
    declarations: wgsl`${pixelAt}${augments ? changed : ''}`,
    body: wgsl`
  let i = (workgroup.x + workgroup.y * 65535u) * ${WORKGROUP}u + thread;
  if (i >= params.count) { return; }
  let image = i / params.cropPixels;
  let at = i % params.cropPixels;
${
  augments
    ? wgsl`  let change = changeOf(image);
  var v = cropped(image, at, change.crop, change.flip);
${contrasts ? blended : '  v = brighten(v, change.brightness);'}`
    : wgsl`  let row = params.cropY + at / params.cropWidth;
  let column = params.cropX + at % params.cropWidth;
  let v = pixelAt(image * params.imagePixels + row * params.width + column);`
}
  let normalised = (v - ${MEAN}) / ${STD};
  y[3u * i] = normalised.x;
  y[3u * i + 1u] = normalised.y;
  y[3u * i + 2u] = normalised.z;`,
  });
});

const blended = `  if (!change.contrastFirst) { v = brighten(v, change.brightness); }
  v = saturate(change.contrast * v + (1.0 - change.contrast) * means[image]);
  if (change.contrastFirst) { v = brighten(v, change.brightness); }`;
