/** Steps that several exercises have, and what their checks say where one is not right. */
import { count } from '../../format.ts';
import type { Evidence, Step, Tried } from './exercise.ts';

type Hints = readonly string[];

/** No thread reaches past an end, in any case. */
export const inBounds = (hints: Hints): Step => ({
  holds: 'No thread reads or writes past an end',
  hints,
  check: (evidence) => firstOf(evidence, ({ diaries }) => diaries.outOfBounds()),
});

/** No two threads touch the same element unordered, one of them writing. */
export const noRace = (
  hints: Hints,
  holds = 'No thread writes what another one reads or writes before the next barrier',
): Step => ({
  ...{ holds, hints },
  check: (evidence) => firstOf(evidence, ({ diaries }) => diaries.race()),
});

/** The results are those of plain loops: in all cases, or in that of a name. */
export const right = (
  hints: Hints,
  { holds = 'The result is that of plain loops', of }: { readonly holds?: string; readonly of?: string } = {},
): Step => ({
  ...{ holds, hints },
  check: (evidence) =>
    firstOf(evidence, (tried) => (of === undefined || tried.of.name === of ? wrongText(tried) : undefined)),
});

/** Neighbouring threads touch neighbouring elements of these bindings. */
export const together = (bindings: readonly string[], hints: Hints): Step => ({
  holds: `32 neighbouring threads touch at most 2 stretches of 128 bytes at once in ${bindings.join(' and ')}`,
  hints,
  check: (evidence) =>
    firstOf(evidence, ({ diaries }) => {
      for (const binding of bindings) {
        const { stretches, line } = diaries.scatter(binding);
        if (stretches > 2)
          return `Line ${line}: 32 neighbouring threads touch ${Number(stretches.toFixed(1))} stretches of 128 bytes of ${binding} at once. A GPU fetches each of them whole.`;
      }
      return undefined;
    }),
});

/** Reads in relation to what is computed: `per` of them at most for each of `units`. */
export function fewReads({
  holds,
  hints,
  reads,
  units,
  most,
  each,
}: {
  readonly holds: string;
  readonly hints: Hints;
  readonly reads: (tried: Tried) => number;
  readonly units: (tried: Tried) => number;
  readonly most: number;
  /** As in "4 reads for EACH". */
  readonly each: string;
}): Step {
  const check = (tried: Tried) => {
    const [all, per] = [reads(tried), reads(tried) / units(tried)];
    if (all === 0)
      return 'No reads were seen. Reads through pointers are not counted: index the array itself.';
    return per > most
      ? `Counted: ${count(all)} reads, ${Number(per.toFixed(2))} for each ${each}. It can be done with ${most}.`
      : undefined;
  };
  return { holds, hints, check: (evidence) => firstOf(evidence, check) };
}

/** The first case with something to say, named where there are several. */
export function firstOf({ tried }: Evidence, say: (tried: Tried) => string | undefined): string | undefined {
  for (const one of tried) {
    const said = say(one);
    if (said !== undefined) return tried.length > 1 ? `With ${one.of.name}: ${said}` : said;
  }
  return undefined;
}

/** The first wrong element; `among` chooses by the index. */
export function wrongText(
  { output, found, of }: Tried,
  among?: (index: number) => boolean,
): string | undefined {
  const { name, expected } = of.output;
  const { first, wrong, unwritten, tolerance, shape } = output;
  if (!first) return undefined;
  const at = (coordinates: readonly number[]) => `${name}[${coordinates.join(', ')}]`;
  if (!among) {
    const never = unwritten > 0 ? ` ${count(unwritten)} were never written.` : '';
    return `${at(first.coordinates)} is ${numberText(first.found)} and should be ${numberText(first.expected)}. ${count(wrong)} of ${count(expected.length)} elements are wrong.${never}`;
  }
  const index = expected.findIndex(
    (value, i) =>
      among(i) && !(Math.abs((found[i] ?? NaN) - value) <= tolerance * Math.max(1, Math.abs(value))),
  );
  if (index < 0) return undefined;
  const place = shape.length === 1 ? [index] : [Math.floor(index / (shape[1] ?? 1)), index % (shape[1] ?? 1)];
  return `${at(place)} is ${numberText(found[index] ?? NaN)} and should be ${numberText(expected[index] ?? NaN)}.`;
}

export const numberText = (value: number): string =>
  Number.isFinite(value)
    ? String(Number(value.toPrecision(5)))
    : Number.isNaN(value)
      ? 'not a number'
      : String(value);
