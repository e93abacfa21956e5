/** f16 tensors on the host, for tests: rounded as the CPU rounds, by the bits that weights files use too. */
import { halfToNumber, numberToHalf } from '../../src/weights/half.ts';

/** The f16 numbers nearest to `values`: as words for an upload, and as numbers, exact in f32. */
export function toHalf(values: Float32Array): {
  readonly words: Uint32Array;
  readonly numbers: Float32Array;
} {
  const words = new Uint32Array(Math.ceil(values.length / 2));
  const bits = new Uint16Array(words.buffer);
  bits.set(Uint16Array.from(values, numberToHalf));
  return { words, numbers: Float32Array.from(values, (_, i) => halfToNumber(bits[i]!)) }; // as many and more
}

/** The first `count` numbers of an f16 tensor that was read back as words. */
export function fromHalf({ buffer }: Float32Array, count: number): Float32Array {
  return Float32Array.from(new Uint16Array(buffer, 0, count), halfToNumber);
}
