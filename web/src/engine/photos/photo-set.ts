/** Photos as a page and its engine speak of them: what is there, what comes in, and what became of it. */
import type { Part } from '../../../../src/data/layout.ts';
import type { Division } from './tree.ts';

/** A photo, or any file, as it was picked: where it stands, such as `cats/1.jpg`, and its bytes. */
export interface PickedPhoto {
  readonly path: string;
  readonly file: Blob;
  /** Why the browser could not even give the file, to be read after the path. */
  readonly problem?: string | undefined;
}

export interface ClassSummary {
  /** Stays the same when the class is renamed. */
  readonly id: string;
  readonly name: string;
  /** How many photos it has, and how many of them are set aside for validation by the folder that they came in. */
  readonly count: number;
  readonly valid: number;
  /** Its first photos, by their identifiers. */
  readonly first: readonly string[];
}

export interface PhotoSet {
  readonly classes: readonly ClassSummary[];
  readonly division: Division;
  /** How many photos are in two classes with the same bytes; the paths of the first. */
  readonly contradictions: number;
  readonly contradicting: readonly (readonly [string, string])[];
  /** By run, what its classes are called now, by what they were called when it began; those that were renamed. */
  readonly renamed: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Whether the last removal, move or merge can be undone. */
  readonly canUndo: boolean;
}

export interface PhotoRef {
  readonly id: string;
  readonly name: string;
  readonly part?: Part | undefined;
}

/** A file that was left out; the reason is to be read after the path. */
export interface LeftOut {
  readonly path: string;
  readonly reason: string;
}

/** A file whose bytes its class has already, and the name of the photo there. */
export interface Duplicate {
  readonly path: string;
  readonly same: string;
}

/** What became of photos that were brought in. Lists are cut to their first thousand. */
export interface AddReport {
  readonly added: number;
  readonly total: number;
  /** Why the rest was not looked at, in a sentence. */
  readonly stopped?: { readonly why: 'cancelled' | 'full'; readonly message: string } | undefined;
  readonly leftOut: readonly LeftOut[];
  readonly leftOutCount: number;
  /** The same by ending and reason. */
  readonly leftOutBy: readonly { readonly what: string; readonly count: number }[];
  readonly duplicates: readonly Duplicate[];
  readonly duplicateCount: number;
}

/** So many of the photos that come in are done with; told every moment. */
export interface PhotosEvent {
  readonly kind: 'adding';
  readonly done: number;
  readonly total: number;
  readonly set: PhotoSet;
}
