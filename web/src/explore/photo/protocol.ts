/** What the page that looks into networks and its worker say to each other: plain data, large lists moved instead of copied. */
import type { DecodedImage } from '../../../../src/data/image.ts';
import type { Window } from '../../../../src/gpu/part.ts';
import type { Occlusion, Patch } from '../../../../src/run/see/occlusion.ts';
import type { Fields } from '../../../../src/run/see/fields.ts';
import type { NormSteps, Place, Terms } from '../../../../src/run/see/output.ts';
import type { ClassMap } from '../../../../src/train/explain/grad-cam.ts';

/** Something to look into. */
export interface Source {
  readonly id: string;
  /** For people. */
  readonly title: string;
  readonly kind: 'site' | 'kept' | 'run' | 'file';
  /** The network that a run began with, as another source's id. */
  readonly startedFrom?: string | undefined;
}

/** What this browser has to look into, and photos to show it. */
export interface AtHand {
  readonly networks: readonly Source[];
  /** Projects with photos. */
  readonly projects: readonly { readonly id: string; readonly name: string }[];
}

/** Which of the two networks that are looked at side by side. */
export type Slot = 'a' | 'b';

/** A photo, and a number by which the worker knows it again. */
export interface GivenPhoto {
  readonly id: number;
  readonly name: string;
  readonly file: Blob;
}

export interface Wanted {
  readonly a: string;
  readonly b: string | undefined;
  readonly photo: GivenPhoto;
  /** Pixels a side; by default those that network A learned from. */
  readonly side: number | undefined;
}

/** What both networks make of the photo. */
export interface Looked {
  /** The photo as they saw it. */
  readonly image: DecodedImage;
  readonly ownSide: number;
  readonly adapter: string;
  readonly a: SeenNetwork;
  readonly b: SeenNetwork | undefined;
  /** By the layers of A: how far B's is from it; undefined where B has no such layer. */
  readonly changes: readonly (number | undefined)[];
  readonly milliseconds: number;
}

export interface SeenNetwork {
  readonly title: string;
  readonly classes: readonly string[];
  /** By class. */
  readonly logits: Float32Array;
  readonly shares: readonly number[];
  readonly layers: readonly ShownLayer[];
}

/** A photo as network A would see it, and the layers that it would go through. */
export interface Prepared {
  readonly image: DecodedImage;
  readonly layers: readonly ShownLayer[];
  /** By layer. */
  readonly fields: readonly Fields[];
}

/** A layer without its values. */
export interface ShownLayer {
  readonly name: string;
  readonly op: string;
  /** `[H, W, C]`, or `[C]`. */
  readonly shape: readonly number[];
  readonly window: Window | undefined;
  readonly relu: boolean;
  /** Whether something is added to what it works on. */
  readonly hasShortcut: boolean;
  /** Whether its outputs are weighted sums, which can be taken apart. */
  readonly isSum: boolean;
  /** The layer whose batch norm this is, or that is the batch norm of this one. */
  readonly partner: number | undefined;
}

/** A layer's values, and what the page orders channels by. */
export interface LayerValues {
  readonly a: Float32Array;
  readonly b: Float32Array | undefined;
  readonly fields: Fields;
  /** By channel: ‖b − a‖ / ‖a‖. */
  readonly changes: Float32Array | undefined;
}

export interface Explained extends Place {
  /** The layer by its name. */
  readonly layer: string;
  readonly terms: Terms;
  /** Of the input, which the window lies on. */
  readonly input: { readonly name: string; readonly shape: readonly number[] };
  readonly norm: NormSteps | undefined;
}

export interface Filters {
  readonly layer: string;
  readonly a: readonly DecodedImage[];
  readonly b: readonly DecodedImage[] | undefined;
}

/** What the page may ask. */
export interface PhotoCalls {
  atHand(): AtHand;
  /** The adapter's name; rejects where there is none. */
  adapter(): string;
  /** What can be told of a photo without a device. */
  prepared(wanted: Wanted): Prepared;
  /** Reads a file of weights, to be looked into for as long as the page is open. */
  bring(file: Blob, name: string): Source;
  look(wanted: Wanted): Looked;
  layer(index: number): LayerValues;
  explain(slot: Slot, index: number, place: Place): Explained;
  filters(a: string, b: string | undefined): Filters;
  classMap(slot: Slot, index: number): ClassMap;
  /** Its progress is told; `stop` ends it. */
  occlude(slot: Slot, index: number, patch: Patch): Occlusion | undefined;
  stop(): void;
  drawings(url: string): readonly SetPhoto[];
  projectPhotos(id: string): readonly SetPhoto[];
}

/** A photo of a set. */
export interface SetPhoto {
  readonly name: string;
  readonly file: Blob;
  /** Whether it came with the site. */
  readonly isDrawing?: boolean;
  /** A small picture of it, where there is one. */
  readonly small?: Blob | undefined;
}

export type Asking = {
  readonly [Name in keyof PhotoCalls]: (
    ...args: Parameters<PhotoCalls[Name]>
  ) => Promise<ReturnType<PhotoCalls[Name]>>;
};

export interface Asked {
  readonly id: number;
  readonly name: keyof PhotoCalls;
  readonly args: readonly unknown[];
}

export type Told =
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly message: string; readonly webGpu: string | undefined }
  | { readonly done: number; readonly total: number };
