// Files that a folder of photos holds besides the photos that are looked at, counted by what they were passed over for, so that whoever
// misses some sees why.
import { decoderNames, type DecoderName, isHidden, isPhotoName } from './decoders.ts';
import type { Entry } from './files.ts';

/**
 * How many files were passed over, by their ending in small letters with its dot ('.txt', '' where there is none), or as one of
 * `HIDDEN`, `LOOSE` and `SPECIAL`.
 */
export type IgnoredFiles = ReadonlyMap<string, number>;

export const NONE_IGNORED: IgnoredFiles = new Map();
/** Hidden files, and what archives and network drives leave. */
export const HIDDEN = 'hidden';
/** Photos that lie beside the class folders instead of in one. */
export const LOOSE = 'loose';

/** What is no file: links to nowhere, pipes and devices. */
export const SPECIAL = 'special';

/** A longer one is no ending, but a name with a dot in it. */
const LONGEST_ENDING = 10;

/** What an entry that is no folder, found where `decoder` looks for photos, is passed over for. */
export function ignoredFor({ name, kind }: Entry, decoder: DecoderName): string {
  if (isHidden(name)) return HIDDEN;
  if (kind === 'other') return SPECIAL;
  if (isPhotoName(name, decoder)) return LOOSE;
  const ending = name.slice(name.lastIndexOf('.')).toLowerCase();
  return ending.startsWith('.') && ending.length > 1 && ending.length <= LONGEST_ENDING ? ending : '';
}

/** Counts the reasons. */
export function countIgnored(reasons: Iterable<string>): IgnoredFiles {
  const counts = new Map<string, number>();
  for (const reason of reasons) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  return counts;
}

/** The files of both. */
export function bothIgnored(a: IgnoredFiles, b: IgnoredFiles): IgnoredFiles {
  const sum = new Map(a);
  for (const [reason, count] of b) sum.set(reason, (sum.get(reason) ?? 0) + count);
  return sum;
}

/** Whether files of this ending are photos to another decoder. */
export const isPhotoElsewhere = (ending: string): boolean =>
  decoderNames.some((decoder) => isPhotoName(`photo${ending}`, decoder));
