/**
 * How pixels are read: they lie as three bytes each, so one begins anywhere in a word. Loads are what it costs, and so the
 * neighbours of a pixel come out of the words that it is in.
 */
import { unroll, wgsl } from '../../gpu/index.ts';
import type { Width } from '../vectors.ts';
import type { Reading } from './augmentation.ts';

/** Of 255, so that a byte becomes 0 … 1. */
const BYTE = 1 / 255;

const bytes = wgsl`
/** The four bytes that begin 'shift' bits into 'low'. */
fn joined(low: u32, high: u32, shift: u32) -> u32 {
  return (low >> shift) | select(0u, high << ((32u - shift) & 31u), shift > 0u);
}
/** The first three of four bytes, 0 … 255. */
fn rgb(bits: u32) -> vec3f { return vec3f(vec3u(bits, bits >> 8u, bits >> 16u) & vec3u(0xffu)); }
struct Place { word: u32, shift: u32 }
fn placeOf(image: u32, x: u32, y: u32) -> Place {
  let byte = 3u * (y * params.width + x);
  return Place(image * params.imageWords + byte / 4u, byte % 4u * 8u);
}`;

/** Pixels as they are: the next ones of the result's row are the next ones in the image, or the last ones where it is flipped. */
const whole = (width: Width): string => wgsl`
fn pixelsAt(job: Job, column: u32, row: u32) -> Pixels {
  let flipped = job.across.x < 0.0;
  let x = u32(job.origin.x + f32(column) * job.across.x) - select(0u, ${width - 1}u, flipped);
  let place = placeOf(job.source, x, u32(job.origin.y) + row);
${
  width === 1
    ? wgsl`  var high = 0u;
  if (place.shift > 8u) { high = pixels[place.word + 1u]; }
  return Pixels(rgb(joined(pixels[place.word], high, place.shift)) * ${BYTE});`
    : wgsl`${unroll(4, (i) => `  let word${i} = pixels[place.word + ${i}u];`)}
${unroll(3, (i) => `  let bits${i} = joined(word${i}, word${i + 1}, place.shift);`)}
  let a = rgb(bits0) * ${BYTE};
  let b = rgb((bits0 >> 24u) | (bits1 << 8u)) * ${BYTE};
  let c = rgb((bits1 >> 16u) | (bits2 << 16u)) * ${BYTE};
  let d = rgb(bits2 >> 8u) * ${BYTE};
  return Pixels(select(a, d, flipped), select(b, c, flipped), select(c, b, flipped), select(d, a, flipped));`
}
}`;

/** Bilinear samples: where the image shrinks, means of several. A loop of one would take twice as long on a software adapter. */
const sampled = (width: Width, isMean: boolean): string => wgsl`
/** Between the pixels in columns a and b of a row; b is a or the next. */
fn across(image: u32, a: u32, b: u32, y: u32, share: f32) -> vec3f {
  let place = placeOf(image, a, y);
  let middle = pixels[place.word + 1u];
  let four = joined(pixels[place.word], middle, place.shift);
  let high = pixels[place.word + 2u]; // of use at one shift of four, and cheaper than to ask which
  let next = (four >> 24u) | (joined(middle, high, place.shift) << 8u);
  return mix(rgb(four), rgb(select(four, next, b > a)), share);
}
fn bilinear(image: u32, at: vec2f) -> vec3f {
  let last = vec2f(f32(params.width - 1u), f32(params.height - 1u));
  let low = floor(at);
  let share = at - low;
  let a = vec2u(clamp(low, vec2f(), last));
  let b = vec2u(clamp(low + 1.0, vec2f(), last));
  return mix(across(image, a.x, b.x, a.y, share.x), across(image, a.x, b.x, b.y, share.x), share.y);
}
fn pixelsAt(job: Job, column: u32, row: u32) -> Pixels {
${isMean ? mean(width) : single(width)}
}`;

const single = (width: Width): string => wgsl`
  let at = job.origin + f32(column) * job.across + f32(row) * job.down;
  return Pixels(${unroll(width, (p) => `bilinear(job.source, at + ${p}.0 * job.across) * ${BYTE}`, ', ')});`;

const mean = (width: Width): string => wgsl`
  let samples = vec2f(job.samples);
  var sums: Pixels;
  for (var i = 0u; i < job.samples.y; i++) {
    let y = f32(row) + (f32(i) + 0.5) / samples.y - 0.5;
    for (var j = 0u; j < job.samples.x; j++) {
      let x = f32(column) + (f32(j) + 0.5) / samples.x - 0.5;
      let at = job.origin + x * job.across + y * job.down;
${unroll(width, (p) => `      sums.p${p} += bilinear(job.source, at + ${p}.0 * job.across);`)}
    }
  }
  let scale = ${BYTE} / (samples.x * samples.y);
  return Pixels(${unroll(width, (p) => `sums.p${p} * scale`, ', ')});`;

/** WGSL of `pixelsAt(job, column, row)`: `width` pixels of a row of the result before their colours change, 0 … 1. */
export const pixelsAt = (width: Width, reading: Reading): string => wgsl`
struct Pixels { ${unroll(width, (p) => `p${p}: vec3f`, ', ')} }
${bytes}
${reading === 'pixel' ? whole(width) : sampled(width, reading === 'mean')}`;
