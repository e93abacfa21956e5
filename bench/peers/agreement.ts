// Whether the engines computed the same: times of different work say nothing.
import { ENGINES, type EngineName } from './engines.ts';
import type { Call } from './serve.ts';

/** Between f32 engines that sum in different orders; a wrong padding, epsilon or momentum is off by far more. */
const LIMIT = 1e-3;

export interface Agreement {
  readonly what: string;
  readonly engine: string;
  readonly reference: string;
  /** ‖values − reference‖ / ‖reference‖. */
  readonly relativeError: number;
}

/** Compares each engine's values with the first one's; throws if a relative error is not below 10⁻³. */
export function compare(what: string, calls: ReadonlyMap<EngineName, Call>): Agreement[] {
  const [first, ...others] = calls;
  if (!first) return [];
  const reference = ENGINES[first[0]].title;
  return others.map(([name, { values }]) => {
    const engine = ENGINES[name].title;
    const relativeError = relativeDifference(values, first[1].values);
    if (!(relativeError < LIMIT)) {
      throw new Error(
        `${what}: ${engine} and ${reference} do not compute the same (relative error ${relativeError}, limit ${LIMIT}).`,
      );
    }
    return { what, engine, reference, relativeError };
  });
}

/** NaN where a value is missing or not a number, on either side. */
function relativeDifference(values: Call['values'], reference: Call['values']): number {
  if (values.length !== reference.length) return NaN;
  const squares = (of: (index: number) => number): number =>
    Math.sqrt(reference.reduce<number>((sum, _, index) => sum + of(index) ** 2, 0));
  const at = (list: Call['values'], index: number): number => list[index] ?? NaN;
  return (
    squares((index) => at(values, index) - at(reference, index)) / squares((index) => at(reference, index))
  );
}
