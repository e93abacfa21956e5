// Inputs and weights that TypeScript and Python compute bit for bit alike (formula.py is this file's twin), so that
// golden files hold results alone and a network of 11 million weights needs no file at all. Values come from a
// hash of a tensor's name and an element's index: no state, any order, no two tensors alike.

const encoder = new TextEncoder();

/** FNV-1a of a string's UTF-8 bytes, 32 bits (Fowler, Noll, Vo). */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of encoder.encode(text)) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}

/** The finaliser of MurmurHash3: every bit of the 32-bit input moves about half of the output's bits. */
function mix(value: number): number {
  let h = value;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** The 32-bit hash at an index of the sequence that a seed names. */
const hashAt = (seed: number, index: number) => mix(mix(index) + seed);

/** A hash in [−1, 1) as a multiple of 2⁻²³, which float32 holds exactly. */
const toUniform = (hash: number) => (hash >>> 8) / 2 ** 23 - 1;

/** Element `index` of the uniform sequence in [−1, 1) that `name` stands for; exact in float32. */
export function uniform(name: string, index: number): number {
  return toUniform(hashAt(fnv1a(name), index));
}

/** The product of a shape's lengths; 1 for a scalar. */
export const elementCount = (shape: readonly number[]) =>
  shape.reduce((product, length) => product * length, 1);

/** The tensor `name` of any shape: offset + scale · uniform, computed in float64 and rounded once to float32. */
export function formulaTensor(
  name: string,
  shape: readonly number[],
  { scale = 1, offset = 0 }: { readonly scale?: number; readonly offset?: number } = {},
): Float32Array {
  const seed = fnv1a(name);
  const values = new Float32Array(elementCount(shape));
  for (let i = 0; i < values.length; i++) values[i] = offset + scale * toUniform(hashAt(seed, i));
  return values;
}

/** `count` labels in 0 … classes − 1. */
export function formulaLabels(name: string, count: number, classes: number): Uint32Array {
  const seed = fnv1a(name);
  return Uint32Array.from({ length: count }, (_, i) => hashAt(seed, i) % classes);
}

/** Which elements of a tensor a golden keeps: all if it has at most `count`, else `count` hashed indices. */
export function sampleIndices(name: string, size: number, count: number): Uint32Array {
  if (size <= count) return Uint32Array.from({ length: size }, (_, i) => i);
  return formulaLabels(`${name}#sample`, count, size);
}
