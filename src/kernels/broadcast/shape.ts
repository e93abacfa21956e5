/**
 * Shapes that are broadcast, by NumPy's rule: aligned at their last axes, each pair of sides is equal or one of them is 1 (or missing),
 * and that operand is repeated along the axis.
 */

/**
 * The shape of a result. Throws `RangeError`, which names `op`, where two sides differ and neither is 1.
 *
 * ```ts
 * broadcastShape('add', [2, 1, 4], [3, 1]); // → [2, 3, 4]
 * ```
 */
export function broadcastShape(op: string, a: readonly number[], b: readonly number[]): number[] {
  const rank = Math.max(a.length, b.length);
  const [longA, longB] = [padded(a, rank), padded(b, rank)];
  return longA.map((side, axis) => {
    const other = longB[axis] ?? 1;
    if (side === other || other === 1) return side;
    if (side === 1) return other;
    throw new RangeError(
      `${op}: [${a.join(', ')}] and [${b.join(', ')}] cannot be broadcast: aligned at their last axes, sides must be equal or 1.`,
    );
  });
}

/**
 * The axes of `result` along which an operand of shape `operand` is repeated: its gradient is the sum over them.
 *
 * ```ts
 * repeatedAxes([3, 1], [2, 3, 4]); // → [0, 2]
 * ```
 */
export function repeatedAxes(operand: readonly number[], result: readonly number[]): number[] {
  const sides = padded(operand, result.length);
  return result.flatMap((side, axis) => (side !== sides[axis] ? [axis] : []));
}

/** Neighbouring axes of a result that are alike in which operands vary along them. */
export interface Run {
  readonly length: number;
  readonly a: boolean;
  readonly b: boolean;
}

/** A result's axes in as few runs as say the same: those of length 1 count for nothing. */
export function runsOf(
  result: readonly number[],
  a: readonly number[],
  b: readonly number[],
): readonly [Run, ...Run[]] {
  const [sidesA, sidesB] = [padded(a, result.length), padded(b, result.length)];
  const runs: Run[] = [];
  for (const [axis, length] of result.entries()) {
    if (length === 1) continue;
    const run = { length, a: sidesA[axis] !== 1, b: sidesB[axis] !== 1 };
    const last = runs.at(-1);
    if (last && last.a === run.a && last.b === run.b)
      runs[runs.length - 1] = { ...run, length: last.length * length };
    else runs.push(run);
  }
  const [first = { length: 1, a: true, b: true }, ...rest] = runs;
  return [first, ...rest];
}

const padded = (shape: readonly number[], rank: number): readonly number[] => [
  ...new Array<number>(rank - shape.length).fill(1),
  ...shape,
];
