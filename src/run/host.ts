/**
 * What a run needs from the place it runs in, handed in by a face: a terminal gives folders, worker threads and Dawn, a page
 * gives picked files, web workers and the browser's GPU, a test gives memory.
 */
import type { DecoderName, EmojiSet, FileSystem, ImageSource, ScratchFile } from '../data/index.ts';
import type { Gpu } from '../gpu/index.ts';
import type { FeatureStore } from '../train/index.ts';
import type { RunStore } from './store/store.ts';

export type { FeatureStore };

export interface RunHost {
  /** The version of graft. */
  readonly version: string;
  /** Photos, folders of them and model files, by path. */
  readonly files: FileSystem;
  readonly store: RunStore;
  readonly weights: WeightsSource;
  /** Opens the adapter. Rejects with a readable error if there is none. */
  openGpu(): Promise<OpenedGpu>;
  /** The decoders that are to be had here. The first is for whatever was not begun with another. */
  readonly decoders: readonly [DecoderName, ...DecoderName[]];
  /** Starts decoding about this many photos by one of these, by default the first; nothing is decoded after `close`. */
  decoder(photos: number, name?: DecoderName): Decoder;
  /** Main memory in bytes; undefined where nobody tells. */
  readonly memoryBytes?: number | undefined;
  /** Opens an empty file for photos that exceed memory; undefined, or none, where there can be none. */
  openScratch?(): Promise<ScratchFile | undefined>;
  /** Opens the place for features that later runs may use; undefined, or none, where there is none. */
  openFeatures?(): Promise<FeatureStore | undefined>;
  /** Begins a SHA-256. */
  sha256(): Hasher;
  /** The drawings for a run without photos. Rejects with `DataError` if there are none here. */
  drawings(): Promise<Drawings>;
  /** The text of uPlot's `uPlot.iife.min.js` and `uPlot.min.css`, for the report; where it is none, a run writes no report. */
  plots?(): Promise<{ readonly script: string; readonly style: string }>;
}

export interface OpenedGpu {
  readonly gpu: Gpu;
  /** The adapter's name for people and, if it is slow, where to learn what would be faster. */
  readonly name: string;
}

export interface Decoder extends ImageSource {
  close(): Promise<void>;
}

/** A checksum of bytes that come in pieces. */
export interface Hasher {
  update(bytes: Uint8Array): void;
  /** The checksum in hexadecimal digits. */
  hex(): string;
}

/** Emoji of two companies: one company's drawings are for training, the other's for evaluation. */
export interface Drawings {
  readonly train: EmojiSet;
  readonly valid: EmojiSet;
  /** The folder that both are in. */
  readonly root: string;
}

/** The bytes of a weights file. */
export interface FoundWeights {
  readonly bytes: Uint8Array;
  /** The file's name in messages. */
  readonly source: string;
}

export interface FindWeightsOptions {
  readonly signal: AbortSignal;
  /** Gives up after a few seconds without an answer: for callers that can do without. */
  readonly isQuick: boolean;
  readonly onProgress: (bytes: number, total: number) => void;
}

export interface WeightsSource {
  /**
   * The file that `name` means: a network of the catalogue, from a cache or downloaded, or a file's path. Rejects with
   * `WeightsError` where a known network is not here and cannot be fetched, `RunError` where there is no such file.
   */
  find(name: string, options: FindWeightsOptions): Promise<FoundWeights>;
  /** The name of the weights that come with graft, which `find` takes. */
  readonly shipped: string;
}
