/** Classes told by the names of files: `cat.0.jpg`, `Abyssinian_100.jpg`, `n01440764_36.JPEG`. */

/** The name without its ending and the number behind it; undefined for a name that is nothing but a number. */
export function labelInName(file: string): string | undefined {
  const stem = file.replace(/\.[^.]*$/, '').normalize('NFC');
  const match = /^(.*?)[\s._-]*\(?\d*\)?$/s.exec(stem);
  const label = match?.[1]?.trim() ?? '';
  return label === '' ? undefined : label;
}

/**
 * The classes that the names of photos seem to tell, sorted; undefined where they do not: two or more classes are wanted, each of two
 * photos or more, as a camera's names are all of one.
 */
export function namesTellClasses(files: readonly string[]): readonly string[] | undefined {
  const counts = new Map<string, number>();
  for (const file of files) {
    const label = labelInName(file);
    if (label === undefined) return undefined;
    counts.set(label, (counts.get(label) ?? 0) + 1);
  }
  const isTold = counts.size >= 2 && [...counts.values()].every((count) => count >= 2);
  return isTold ? [...counts.keys()].sort() : undefined;
}
