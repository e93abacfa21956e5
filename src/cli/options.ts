// Readers of option values: each takes the text that the user typed and returns the value or
// says what it should have been.
import { InvalidArgumentError } from 'commander';
import { readNumber, type Reading } from '../train/index.ts';

/** The value that the trainer's reader returned; throws what commander expects from a reader that refuses. */
export function valueOf<T>(reading: Reading<T>): T {
  if (reading.problem !== undefined) throw new InvalidArgumentError(reading.problem);
  return reading.value;
}

/** A whole number of at least `least` and at most `most`. */
export const wholeNumber = (least: number, most?: number) => {
  const range = { whole: true, least, ...(most !== undefined && { most }) } as const;
  return (text: string): number => valueOf(readNumber(text, range));
};

/** A number greater than 0, such as a learning rate. */
export const positiveNumber = (text: string): number =>
  valueOf(readNumber(text, { above: 0 }, { example: '0.001 or 1e-3' }));

/** A number of at least 0. */
export const notNegative = (text: string): number => valueOf(readNumber(text, { least: 0 }));

/** What an option read from "none"; Commander takes null for a value that is missing. */
export const NONE = Symbol('none');
