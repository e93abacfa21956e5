/**
 * Things that are chosen by name: optimizers, schedules, losses, options. A registry is one object from each name to
 * what it stands for, so that the names are its keys and nothing is listed twice; a name that is not among them ends in
 * an error that says what there is, never in something else that happens to be taken.
 */

/** Nothing has that name. The message lists what there is, and what was probably meant. */
export class UnknownNameError extends RangeError {
  override readonly name = 'UnknownNameError';

  constructor(
    /** What was looked for: "optimizer". */
    readonly kind: string,
    readonly given: string,
    readonly known: readonly string[],
  ) {
    const near = nearest(given, known);
    super(
      `There is no ${kind} "${given}".${near === undefined ? '' : ` Did you mean "${near}"?`} There are: ${known.join(', ')}.`,
    );
  }
}

/** The names of a registry, in the order in which they are written there. */
export function namesOf<Name extends string>(registry: Readonly<Record<Name, unknown>>): readonly Name[] {
  return Object.keys(registry) as Name[];
}

/** What `name` stands for in a registry of things that are each a `kind`. Throws `UnknownNameError`. */
export function lookUp<Entry>(registry: Readonly<Record<string, Entry>>, name: string, kind: string): Entry {
  const entry = Object.hasOwn(registry, name) ? registry[name] : undefined;
  if (entry === undefined) throw new UnknownNameError(kind, name, namesOf(registry));
  return entry;
}

/** The one of `names` that `given` is probably meant to be; undefined where none is like it. */
export function nearest(given: string, names: readonly string[]): string | undefined {
  const plain = (name: string) => name.toLowerCase().replaceAll(/[^a-z]/g, '');
  const [near] = names
    .map((name) => ({ name, distance: editDistance(plain(name), plain(given)) }))
    .sort((a, b) => a.distance - b.distance);
  return near !== undefined && near.distance <= Math.max(1, given.length / 2) ? near.name : undefined;
}

/** How many letters must be put in, taken out or replaced to make `b` of `a` (Levenshtein 1966). */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1];
    for (let j = 0; j < b.length; j++) {
      const replace = (row[j] ?? 0) + (letter === b[j] ? 0 : 1);
      next.push(Math.min(replace, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
