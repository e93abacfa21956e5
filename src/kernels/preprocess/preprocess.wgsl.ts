/**
 * The two kernels of preprocessing: the mean grey of each image's crop, one workgroup per image, and the step from bytes
 * to normalised floats, in which each thread computes some pixels of the result. An image's own changes choose its kernel, so that it comes out
 * the same whatever the others of its batch go through; a workgroup works on one image, whose changes are therefore the
 * same for all of its threads.
 */
import { defineKernel, MAX_WORKGROUPS, memoizeKernel, read, unroll, wgsl, write } from '../../gpu/index.ts';
import { floats, type Width } from '../vectors.ts';
import { JOB_WORDS, operationCodes, type Reading } from './augmentation.ts';
import { pixelsAt } from './pixels.wgsl.ts';

export const WORKGROUP = 128;

/** (v − mean) / std as v · scale + shift, since a division costs several multiplications. */
const [MEAN, STD] = [
  [0.485, 0.456, 0.406],
  [0.229, 0.224, 0.225],
] as const;
const SCALE = `vec3f(${STD.map((std) => 1 / std).join(', ')})`;
const SHIFT = `vec3f(${STD.map((std, i) => -(MEAN[i] ?? 0) / std).join(', ')})`;

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

/**
 * The colour operations. All three blend with something, as in torchvision's _blend: brightness with black, contrast with
 * the mean grey, saturation with the pixel's own. They are done in a loop over the job's order, two bits each: what is not
 * asked for then costs nothing, and the text stays short to compile.
 */
const colours = wgsl`
struct Blend { factor: f32, constant: f32, ownGrey: f32 }
fn grey(v: vec3f) -> f32 { return dot(v, vec3f(0.2989, 0.587, 0.114)); }
fn blendOf(job: Job, operation: u32, mean: f32) -> Blend {
  switch operation {
    case ${operationCodes.brightness}u: { return Blend(job.brightness, 0.0, 0.0); }
    case ${operationCodes.contrast}u: { return Blend(job.contrast, mean, 0.0); }
    default: { return Blend(job.saturation, 0.0, 1.0); }
  }
}
fn recolour(v: vec3f, blend: Blend) -> vec3f {
  return saturate(blend.factor * v + (1.0 - blend.factor) * (blend.constant + blend.ownGrey * grey(v)));
}`;

const params = {
  width: 'u32',
  height: 'u32',
  imageWords: 'u32',
  cropWidth: 'u32',
  /** Runs of pixels in a result: as many pixels as the kernel's width. */
  items: 'u32',
  count: 'u32',
  /** Items that a thread treats. */
  walk: 'u32',
} as const;

/** Items side by side that neighbouring threads treat: the subgroup of a software adapter. */
const RUN = 8;

/**
 * Mean grey of every crop that contrast pulls towards it, after the operations that come before contrast. Threads
 * stride over the pixels, then their sums are added in two steps: always in the same order, and few enough terms each for
 * f32.
 */
export const greyMeanKernel = memoizeKernel((width: Width, reading: Reading) =>
  defineKernel({
    name: `preprocess.grey-mean of ${reading}s`,
    bindings: { pixels: read('u32'), jobs: read('vec4u'), means: write() },
    params,
    workgroupSize: [WORKGROUP],
    builtins: '@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) thread: u32',
    declarations: wgsl`${jobAt}${pixelsAt(width, reading)}${colours}
var<workgroup> sums: array<f32, ${WORKGROUP}>;
fn hasContrast(order: u32) -> bool {
  for (var rest = order; rest != 0u; rest >>= 2u) {
    if ((rest & 3u) == ${operationCodes.contrast}u) { return true; }
  }
  return false;
}`,
    body: wgsl`
  // Workgroups past the last job repeat it: no thread may leave, all must reach the barrier.
  let number = min(workgroup.x + workgroup.y * ${MAX_WORKGROUPS}u, params.count - 1u);
  let job = jobAt(number);
  let items = select(0u, params.items, hasContrast(job.order));
  var sum = 0.0;
  for (var item = thread; item < items; item += ${WORKGROUP}u) {
    let at = item * ${width}u;
    var v = pixelsAt(job, at % params.cropWidth, at / params.cropWidth);
    for (var rest = job.order; (rest & 3u) != ${operationCodes.contrast}u; rest >>= 2u) {
      let blend = blendOf(job, rest & 3u, 0.0);
${unroll(width, (p) => `      v.p${p} = recolour(v.p${p}, blend);`)}
    }
${unroll(width, (p) => `    sum += grey(v.p${p});`)}
  }
  sums[thread] = sum;
  workgroupBarrier();
  if (thread < ${WORKGROUP / 16}u) {
    for (var i = 1u; i < 16u; i++) { sum += sums[thread + i * ${WORKGROUP / 16}u]; }
    sums[thread] = sum;
  }
  workgroupBarrier();
  if (thread == 0u) {
    for (var i = 1u; i < ${WORKGROUP / 16}u; i++) { sum += sums[i]; }
    means[number] = sum / f32(params.items * ${width}u);
  }`,
  }),
);

/** From bytes to normalised floats: \`width\` pixels of a row at a time, 4 where rows consist of fours. */
export const preprocessKernel = memoizeKernel((width: Width, reading: Reading) => {
  const T = floats(width);
  const channels = Array.from({ length: 3 * width }, (_, i) => `v.p${Math.floor(i / 3)}.${'xyz'[i % 3]}`);
  const stored = (i: number) =>
    width === 4 ? `vec4f(${channels.slice(4 * i, 4 * i + 4).join(', ')})` : channels[i];
  return defineKernel({
    name: `preprocess ${T} of ${reading}s`,
    bindings: { pixels: read('u32'), jobs: read('vec4u'), means: read(), y: write(T) },
    params,
    workgroupSize: [WORKGROUP],
    builtins: '@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) thread: u32',
    declarations: wgsl`${jobAt}${pixelsAt(width, reading)}${colours}`,
    body: wgsl`
  // Workgroups past the last job repeat it: no thread leaves, so that what is the same for all is loaded once for all.
  let number = min(workgroup.y + workgroup.z * ${MAX_WORKGROUPS}u, params.count - 1u);
  let job = jobAt(number);
  let mean = means[number];
  let first = (workgroup.x * ${WORKGROUP / RUN}u + thread / ${RUN}u) * ${RUN}u * params.walk + thread % ${RUN}u;
  for (var step = 0u; step < params.walk; step++) {
    let item = first + step * ${RUN}u;
    if (item < params.items) {
      let at = item * ${width}u;
      var v = pixelsAt(job, at % params.cropWidth, at / params.cropWidth);
      for (var rest = job.order; rest != 0u; rest >>= 2u) {
        let blend = blendOf(job, rest & 3u, mean);
${unroll(width, (p) => `        v.p${p} = recolour(v.p${p}, blend);`)}
      }
${unroll(width, (p) => `      v.p${p} = fma(v.p${p}, ${SCALE}, ${SHIFT});`)}
      let to = 3u * (job.destination * params.items + item);
${unroll(3, (i) => `      y[to + ${i}u] = ${stored(i)};`)}
    }
  }`,
  });
});
