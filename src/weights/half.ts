// The two 16-bit floating formats. JavaScript in Node 20 has no Float16Array, and bfloat16 is in no version, so
// both are converted by their bits. Layouts: IEEE 754 binary16 is 1 sign, 5 exponent and 10 mantissa bits; bfloat16
// is the upper half of a float32.
import { WeightsError, quote } from './errors.ts';

const float = new Float32Array(1);
const bits = new Uint32Array(float.buffer);

/** The weight of a binary16 mantissa's last bit, by exponent; exponent 0 has that of 1 and no hidden bit. */
const halfUlps = Float64Array.from({ length: 32 }, (_, exponent) => 2 ** (Math.max(exponent, 1) - 25));

/** The value of the IEEE 754 binary16 number with these 16 bits; every one of them is exact in float32. */
export function halfToNumber(half: number): number {
  const mantissa = half & 0x3ff;
  const exponent = (half >>> 10) & 0x1f;
  const scale = half & 0x8000 ? -(halfUlps[exponent] as number) : (halfUlps[exponent] as number);
  if (exponent === 0x1f) return mantissa === 0 ? scale * Infinity : NaN;
  return exponent === 0 ? scale * mantissa : scale * (0x400 + mantissa);
}

/** The value of the bfloat16 number with these 16 bits; every one of them is exact in float32. */
export function bfloatToNumber(bfloat: number): number {
  bits[0] = bfloat << 16;
  return float[0] as number;
}

/**
 * The 16 bits of the binary16 number nearest to the float32 `value`, ties to the even one (IEEE 754 roundTiesToEven).
 * From 65520 up in magnitude that is infinity, as IEEE 754 has it: whoever cannot live with that must test for it.
 */
export function numberToHalf(value: number): number {
  float[0] = value;
  const single = bits[0] as number;
  const sign = (single >>> 16) & 0x8000;
  const exponent = ((single >>> 23) & 0xff) - 127 + 15;
  const mantissa = single & 0x7fffff;
  if (exponent === 0xff - 127 + 15) return sign | 0x7c00 | (mantissa === 0 ? 0 : 0x200);
  if (exponent >= 0x1f) return sign | 0x7c00;
  // A carry out of the mantissa lands in the exponent, which is just what rounding up to the next power
  // of two, or to infinity, needs.
  if (exponent > 0) return sign | shiftRightToEven((exponent << 23) | mantissa, 13);
  // Below 2^-14 the spacing is constant: the hidden bit becomes visible and the mantissa moves
  // down. Below 2^-25 nothing is left.
  return exponent < -10 ? sign : sign | shiftRightToEven(0x800000 | mantissa, 14 - exponent);
}

/**
 * `data` in binary16. Throws WeightsError, naming the tensor `name` of the file `source`, for a finite value that
 * binary16 cannot hold: a network with an infinite weight answers nothing.
 */
export function halvesOf(data: Float32Array, name: string, source: string): Uint16Array {
  return Uint16Array.from(data, (value) => {
    const half = numberToHalf(value);
    if ((half & 0x7fff) !== 0x7c00 || !Number.isFinite(value)) return half;
    throw new WeightsError(
      source,
      `tensor ${quote(name)} holds ${value}, beyond float16's largest number, 65504`,
      'Save with dtype f32, or look for the cause of so large a weight',
    );
  });
}

/** `value / 2^count` rounded to the nearest integer, ties to even. */
function shiftRightToEven(value: number, count: number): number {
  const floor = value >>> count;
  const rest = value - (floor << count);
  const tie = 2 ** (count - 1);
  return rest > tie || (rest === tie && floor % 2 === 1) ? floor + 1 : floor;
}
