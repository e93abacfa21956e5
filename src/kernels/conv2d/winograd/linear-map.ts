/**
 * Writes the product of a small constant matrix with a vector of WGSL variables, as few multiplications as its shape
 * allows. Evaluation points come in pairs ±p, so that rows (or columns) come in pairs too, equal up to signs: their
 * even and odd parts are computed once and added and subtracted.
 */
import type { Matrix } from './matrices.ts';

interface Term {
  readonly factor: number;
  readonly name: string;
}

/**
 * WGSL that declares `${prefix}0`, `${prefix}1` … = matrix · inputs, numbers of f32. Throws
 * `RangeError` where the matrix has another number of columns than there are inputs.
 */
export function linearMap(matrix: Matrix, inputs: readonly string[], prefix: string): string {
  if (matrix.some((row) => row.length !== inputs.length))
    throw new RangeError(
      `A matrix with rows of ${matrix[0]?.length} does not go with ${inputs.length} inputs.`,
    );
  const lines: string[] = [];
  const declare = (name: string, value: string) => lines.push(`let ${name} = ${value};`);
  const columns = pairs(inputs.length, (p, q) => mirrored(matrix.map((row) => [row[p]!, row[q]!])));
  for (const [p, q] of columns) {
    declare(`${prefix}sum${p}`, `${inputs[p]} + ${inputs[q]}`);
    declare(`${prefix}difference${p}`, `${inputs[p]} - ${inputs[q]}`);
  }
  /** The row's terms at `from`, where a pair of columns is its sum or its difference. */
  const terms = (row: readonly number[], from = (_column: number) => true): Term[] =>
    row.flatMap((factor, column) => {
      const pair = columns.find(([p, q]) => column === p || column === q);
      if (factor === 0 || !from(column) || column === pair?.[1]) return [];
      const half = pair && (row[pair[1]] === factor ? 'sum' : 'difference');
      return [{ factor, name: half ? `${prefix}${half}${column}` : inputs[column]! }];
    });
  const rows = columns.length
    ? []
    : pairs(matrix.length, (p, q) => mirrored(inputs.map((_, j) => [matrix[p]![j]!, matrix[q]![j]!])));
  matrix.forEach((row, i) => {
    const pair = rows.find((rows) => rows.includes(i));
    if (!pair) declare(`${prefix}${i}`, sumOf(terms(row)));
    else if (i === pair[0]) {
      const other = matrix[pair[1]]!;
      declare(`${prefix}even${i}`, sumOf(terms(row, (j) => row[j] === other[j])));
      declare(`${prefix}odd${i}`, sumOf(terms(row, (j) => row[j] !== other[j])));
      declare(`${prefix}${i}`, `${prefix}even${i} + ${prefix}odd${i}`);
      declare(`${prefix}${pair[1]}`, `${prefix}even${i} - ${prefix}odd${i}`);
    }
  });
  return lines.join(' ');
}

/** Whether two rows (given as pairs of their elements) are equal up to signs, and neither equal nor opposite. */
function mirrored(elements: readonly (readonly [number, number])[]): boolean {
  const some = (sign: number) => elements.some(([a, b]) => a !== 0 && a === sign * b);
  return elements.every(([a, b]) => Math.abs(a) === Math.abs(b)) && some(1) && some(-1);
}

/** The disjoint pairs p < q below `count` that `match`. */
function pairs(count: number, match: (p: number, q: number) => boolean): (readonly [number, number])[] {
  const found: (readonly [number, number])[] = [];
  for (let p = 0; p < count; p++)
    for (let q = p + 1; q < count; q++)
      if (!found.flat().includes(p) && !found.flat().includes(q) && match(p, q)) found.push([p, q]);
  return found;
}

/** A sum of products as fused multiply-adds, the terms without a factor first. */
function sumOf(terms: readonly Term[]): string {
  const [first, ...rest] = [...terms].sort(
    (a, b) => Number(Math.abs(a.factor) !== 1) - Number(Math.abs(b.factor) !== 1),
  );
  if (!first) return '0.0';
  const start =
    first.factor === 1
      ? first.name
      : first.factor === -1
        ? `-${first.name}`
        : `${literal(first.factor)} * ${first.name}`;
  return rest.reduce((sum, { factor, name }) => {
    if (Math.abs(factor) === 1) return `${sum} ${factor > 0 ? '+' : '-'} ${name}`;
    return `fma(${literal(factor)}, ${name}, ${sum})`;
  }, start);
}

/** A WGSL literal of type f32. */
const literal = (value: number): string => (Number.isInteger(value) ? value.toFixed(1) : String(value));
