/**
 * The two kernels of preprocessing: the mean grey of each image's crop, a workgroup an image, and the step from bytes
 * to normalised floats, a thread a pixel of the result. There is one kernel for all kinds of changes, so that an image
 * comes out the same whatever the others of its batch go through; a workgroup works on one image, whose changes are
 * therefore the same for all of its threads.
 */
import { defineKernel, read, unroll, wgsl, workgroupNumber, write } from '../../gpu/index.ts';
import { JOB_WORDS, operationCodes } from './augmentation.ts';

export const WORKGROUP = 128;

const MEAN = 'vec3f(0.485, 0.456, 0.406)';
const STD = 'vec3f(0.229, 0.224, 0.225)';

/** What `packJobs` wrote. */
const jobAt = wgsl`
struct Job {
  source: u32, destination: u32, order: u32, samples: vec2u,
  origin: vec2f, across: vec2f, down: vec2f,
  brightness: f32, contrast: f32, saturation: f32,
}
fn jobAt(i: u32) -> Job {
  let a = jobs[${JOB_WORDS / 4}u * i];
  let b = bitcast<vec4f>(jobs[${JOB_WORDS / 4}u * i + 1u]);
  let c = bitcast<vec4f>(jobs[${JOB_WORDS / 4}u * i + 2u]);
  let samples = vec2u((a.z >> 8u) & 0xffu, a.z >> 16u);
  return Job(a.x, a.y, a.z & 0xffu, samples, b.xy, b.zw, c.xy, bitcast<f32>(a.w), c.z, c.w);
}`;

/** A pixel's three bytes lie in one word or in two; 0 … 255. */
const pixelAt = wgsl`
fn pixelAt(image: u32, at: vec2u) -> vec3f {
  let byte = 3u * (at.y * params.width + at.x);
  let word = image * params.imageWords + byte / 4u;
  let shift = byte % 4u * 8u;
  let straddles = shift > 8u;
  let rest = select(0u, pixels[word + u32(straddles)] << (32u - shift), straddles);
  let rgb = (pixels[word] >> shift) | rest;
  return vec3f(vec3u(rgb, rgb >> 8u, rgb >> 16u) & vec3u(0xffu));
}`;

/** Pixel `at` of the result before its colours change, 0 … 1. */
const sampleAt = wgsl`
fn bilinear(image: u32, at: vec2f) -> vec3f {
  let last = vec2f(f32(params.width - 1u), f32(params.height - 1u));
  let low = floor(at);
  let share = at - low;
  let a = vec2u(clamp(low, vec2f(), last));
  let b = vec2u(clamp(low + 1.0, vec2f(), last));
  let above = mix(pixelAt(image, a), pixelAt(image, vec2u(b.x, a.y)), share.x);
  let below = mix(pixelAt(image, vec2u(a.x, b.y)), pixelAt(image, b), share.x);
  return mix(above, below, share.y);
}
fn sampleAt(job: Job, at: u32) -> vec3f {
  let column = f32(at % params.cropWidth);
  let row = f32(at / params.cropWidth);
  if (job.samples.x == 0u) {
    return pixelAt(job.source, vec2u(job.origin + column * job.across + row * job.down)) / 255.0;
  }
  let samples = vec2f(job.samples);
  var sum = vec3f();
  for (var i = 0u; i < job.samples.y; i++) {
    let y = row + (f32(i) + 0.5) / samples.y - 0.5;
    for (var j = 0u; j < job.samples.x; j++) {
      let x = column + (f32(j) + 0.5) / samples.x - 0.5;
      sum += bilinear(job.source, job.origin + x * job.across + y * job.down);
    }
  }
  return sum / (255.0 * samples.x * samples.y);
}`;

/** One colour operation; `other` is what the image is blended with, as in torchvision's _blend. */
const colours = wgsl`
fn grey(v: vec3f) -> f32 { return dot(v, vec3f(0.2989, 0.587, 0.114)); }
fn blend(v: vec3f, other: f32, factor: f32) -> vec3f { return saturate(factor * v + (1.0 - factor) * other); }
fn recolour(v: vec3f, operation: u32, job: Job, mean: f32) -> vec3f {
  switch operation {
    case ${operationCodes.brightness}u: { return saturate(v * job.brightness); }
    case ${operationCodes.contrast}u: { return blend(v, mean, job.contrast); }
    case ${operationCodes.saturation}u: { return blend(v, grey(v), job.saturation); }
    default: { return v; }
  }
}`;

const size = {
  width: 'u32',
  height: 'u32',
  imageWords: 'u32',
  cropWidth: 'u32',
  cropPixels: 'u32',
  count: 'u32',
} as const;

/**
 * Mean grey of every crop that contrast pulls towards it, after the operations that come before contrast. Threads
 * stride over the pixels, then their sums are added in a tree: always in the same order, and few enough terms each for
 * f32.
 */
export const greyMeanKernel = defineKernel({
  name: 'preprocess.grey-mean',
  bindings: { pixels: read('u32'), jobs: read('vec4u'), means: write() },
  params: size,
  workgroupSize: [WORKGROUP],
  builtins: '@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) thread: u32',
  declarations: wgsl`${jobAt}${pixelAt}${sampleAt}${colours}
var<workgroup> sums: array<f32, ${WORKGROUP}>;
/** Operations before contrast; 3 where there is no contrast. */
fn contrastPlace(order: u32) -> u32 {
  for (var place = 0u; place < 3u; place++) {
    if (((order >> (2u * place)) & 3u) == ${operationCodes.contrast}u) { return place; }
  }
  return 3u;
}`,
  body: wgsl`
  let number = ${workgroupNumber()};
  if (number >= params.count) { return; }
  let job = jobAt(number);
  let place = contrastPlace(job.order);
  var sum = 0.0;
  if (place < 3u) {
    for (var at = thread; at < params.cropPixels; at += ${WORKGROUP}u) {
      var v = sampleAt(job, at);
      for (var i = 0u; i < place; i++) { v = recolour(v, (job.order >> (2u * i)) & 3u, job, 0.0); }
      sum += grey(v);
    }
  }
  sums[thread] = sum;
  for (var half = ${WORKGROUP / 2}u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if (thread < half) { sums[thread] += sums[thread + half]; }
  }
  if (thread == 0u) { means[number] = sums[0] / f32(params.cropPixels); }`,
});

/**
 * From bytes to normalised floats. A pixel's three floats go through workgroup memory, so that neighbouring threads
 * write neighbouring floats.
 */
export const preprocessKernel = defineKernel({
  name: 'preprocess',
  bindings: { pixels: read('u32'), jobs: read('vec4u'), means: read(), y: write() },
  params: size,
  workgroupSize: [WORKGROUP],
  builtins: '@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) thread: u32',
  declarations: wgsl`${jobAt}${pixelAt}${sampleAt}${colours}
var<workgroup> tile: array<f32, ${3 * WORKGROUP}>;`,
  body: wgsl`
  let number = ${workgroupNumber('yz')};
  if (number >= params.count) { return; }
  let job = jobAt(number);
  let first = workgroup.x * ${WORKGROUP}u;
  let at = first + thread;
  if (at < params.cropPixels) {
    var v = sampleAt(job, at);
${unroll(3, (i) => `    v = recolour(v, (job.order >> ${2 * i}u) & 3u, job, means[number]);`)}
    let normalised = (v - ${MEAN}) / ${STD};
    tile[3u * thread] = normalised.x;
    tile[3u * thread + 1u] = normalised.y;
    tile[3u * thread + 2u] = normalised.z;
  }
  workgroupBarrier();
  let floats = 3u * min(${WORKGROUP}u, params.cropPixels - first);
  let to = 3u * (job.destination * params.cropPixels + first);
  for (var i = thread; i < floats; i += ${WORKGROUP}u) { y[to + i] = tile[i]; }`,
});
