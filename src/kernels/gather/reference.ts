/** Rows picked by plain loops: what the kernel is tested against, to the bit. */
import type { GatherShape } from './index.ts';

/** y [n, width] after the moves (row of x, row of y), where it was `before`. */
export function gatherRows(
  x: Float32Array,
  before: Float32Array,
  { width }: GatherShape,
  moves: Uint32Array,
): Float32Array {
  const y = before.slice();
  for (let i = 0; i < moves.length; i += 2) {
    const [from, to] = [moves[i]!, moves[i + 1]!]; // pairs, by the loop
    for (let j = 0; j < width; j++) y[to * width + j] = x[from * width + j]!; // in range by construction
  }
  return y;
}
