// Readers of option values: each takes the text that the user typed and returns the value or
// says what it should have been.
import { InvalidArgumentError } from 'commander';

/** A whole number of at least `least` and at most `most`. */
export const wholeNumber =
  (least: number, most = Number.MAX_SAFE_INTEGER) =>
  (text: string): number => {
    const value = parse(text);
    if (Number.isSafeInteger(value) && value >= least && value <= most) return value;
    const range = most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`;
    throw new InvalidArgumentError(`It must be a whole number ${range}.`);
  };

/** A number greater than 0, such as a learning rate. */
export function positiveNumber(text: string): number {
  const value = parse(text);
  if (value > 0 && value < Infinity) return value;
  throw new InvalidArgumentError('It must be a number greater than 0, such as 0.001 or 1e-3.');
}

/** A number of at least 0. */
export function notNegative(text: string): number {
  const value = parse(text);
  if (value >= 0 && value < Infinity) return value;
  throw new InvalidArgumentError('It must be a number of at least 0.');
}

/** A number between 0 and 1, both excluded. */
export function fraction(text: string): number {
  const value = parse(text);
  if (value > 0 && value < 1) return value;
  throw new InvalidArgumentError('It must be a number between 0 and 1, such as 0.2.');
}

/** A number greater than 0 and at most 1. */
export function fractionOrOne(text: string): number {
  const value = parse(text);
  if (value > 0 && value <= 1) return value;
  throw new InvalidArgumentError('It must be a number greater than 0 and at most 1.');
}

/** A number from 0 on that stays below 1. */
export function share(text: string): number {
  const value = parse(text);
  if (value >= 0 && value < 1) return value;
  throw new InvalidArgumentError('It must be a number of at least 0 and less than 1.');
}

/** What an option read from "none"; Commander takes null for a value that is missing. */
export const NONE = Symbol('none');

/** What `read` takes, or "none". */
export const orNone =
  (read: (text: string) => number) =>
  (text: string): number | typeof NONE => {
    if (text.trim() === 'none') return NONE;
    try {
      return read(text);
    } catch (error) {
      if (!(error instanceof InvalidArgumentError)) throw error;
      throw new InvalidArgumentError(error.message.replace(/\.$/, ', or none.'));
    }
  };

/** NaN for what is no decimal number; Number() alone would take an empty text for 0 and read hexadecimals. */
function parse(text: string): number {
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text.trim()) ? Number(text) : NaN;
}
