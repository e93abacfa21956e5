/** All that a report shows. It is plain data: whoever calls has the files, the clock and the device. */
import type { Confusion } from '../confusion.ts';
import type { HistoryEpoch } from '../history.ts';
import type { Reliability } from '../reliability.ts';

/** An encoded picture, which is inlined. */
export interface Picture {
  readonly type: 'image/png' | 'image/jpeg';
  readonly bytes: Uint8Array;
  /** In pixels, so that the page does not jump while it loads. */
  readonly width: number;
  readonly height: number;
}

export interface ShownMistake {
  /** The file, as the reader would look for it. */
  readonly file: string;
  /** Names of classes. */
  readonly actual: string;
  readonly predicted: string;
  /** That the model gave to `predicted`, 0 … 1. */
  readonly confidence: number;
  readonly picture?: Picture | undefined;
  /** The same with what spoke for `predicted` over it. */
  readonly looked?: Picture | undefined;
}

/** A mistake by name only. */
export interface ListedMistake {
  readonly file: string;
  /** Names of classes. */
  readonly label: string;
  readonly answer: string;
  /** Given to `answer`, 0 … 1. */
  readonly probability: number;
}

export interface ReportData {
  /** The run's name. */
  readonly name: string;
  /** The version of graft. */
  readonly graft: string;
  /** When this was written. */
  readonly finished: Date;
  readonly outcome: 'training' | 'finished' | 'stopped early' | 'interrupted';
  readonly history: readonly HistoryEpoch[];
  readonly data: {
    readonly folder: string;
    readonly train: number;
    readonly valid: number;
  };
  /** Such as "ResNet-18". */
  readonly model: string;
  readonly parameters: { readonly trained: number; readonly frozen: number };
  readonly device: string;
  /** From start to written model. */
  readonly seconds: number;
  /** Training images per second over the run; absent if no epoch ended. */
  readonly imagesPerSecond?: number | undefined;
  /** What is trained, as a sentence, and why. */
  readonly strategy?: { readonly summary: string; readonly reasons: readonly string[] } | undefined;
  /** On the validation photos, by the best model; absent if no epoch ended. */
  readonly confusion?: Confusion | undefined;
  /** The surest first; a few of `mistakeCount`. */
  readonly mistakes: readonly ShownMistake[];
  readonly mistakeCount: number;
  /** Of the best model, by the temperature that its logits are divided by; absent if no epoch ended. */
  readonly reliability?: (Reliability & { readonly temperature: number }) | undefined;
  /** Training photos whose labels are doubtful, the least likely label first: the first of those that are listed. */
  readonly doubted?: readonly ShownMistake[] | undefined;
  /** All mistakes in validation photos, and all doubtful labels of training photos. */
  readonly listed?: Readonly<Record<'val' | 'train', readonly ListedMistake[]>> | undefined;
  /** Training photos as the network saw them. */
  readonly batch?: { readonly picture: Picture; readonly caption: string } | undefined;
  /** By the names of the flags in camelCase. */
  readonly config: Readonly<Record<string, unknown>>;
  /** What to do next, and the command for it. */
  readonly commands: readonly { readonly purpose: string; readonly command: string }[];
  /** The text of uPlot's `uPlot.iife.min.js` and `uPlot.min.css`. */
  readonly uplot: { readonly script: string; readonly style: string };
}
