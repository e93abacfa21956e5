/** Numbers that people write, and the ranges that they must lie in: as data, as a test and in words. */

export interface NumberRange {
  readonly whole?: true;
  /** The bounds: `least` and `most` are in the range, `above` and `below` are not. */
  readonly least?: number;
  readonly most?: number;
  readonly above?: number;
  readonly below?: number;
}

/** Whether a number, and not an infinite one, lies in the range. */
export function isInRange(value: number, { whole, least, most, above, below }: NumberRange): boolean {
  return (
    (whole ? Number.isSafeInteger(value) : Number.isFinite(value)) &&
    value >= (least ?? -Infinity) &&
    value <= (most ?? Infinity) &&
    value > (above ?? -Infinity) &&
    value < (below ?? Infinity)
  );
}

/** What a number of the range is, after "It must be": `a whole number from 1 to 65536`. */
export function rangeText({ whole, least, most, above, below }: NumberRange): string {
  const number = whole ? 'a whole number' : 'a number';
  if (least !== undefined && most !== undefined) return `${number} from ${least} to ${most}`;
  if (above !== undefined && below !== undefined) return `${number} between ${above} and ${below}`;
  const bounds = [
    ...(least === undefined ? [] : [`of at least ${least}`]),
    ...(above === undefined ? [] : [`greater than ${above}`]),
    ...(most === undefined ? [] : [`at most ${most}`]),
    ...(below === undefined ? [] : [`less than ${below}`]),
  ];
  return [number, bounds.join(' and ')].join(' ').trim();
}

/** The number in a text; NaN for what is not a decimal number. `Number` would read an empty text as 0, and hexadecimals. */
export function parseNumber(text: string): number {
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text.trim()) ? Number(text) : NaN;
}
