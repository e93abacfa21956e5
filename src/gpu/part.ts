/**
 * What recorded commands belong to: an operation of the tape, or its way back. Commands alone do not say so, and whoever looks at a step
 * wants to know. Where nobody listens to `Gpu.onPart`, nothing is made.
 */
import type { Storage } from './storage.ts';

/** What goes into an operation or comes out of it; autograd's tensors are such. */
export interface Operand {
  readonly shape: readonly number[];
  readonly storage: Storage;
  /** Whether the way back computes its gradient. */
  readonly requiresGrad: boolean;
}

/** A window that is moved over the two axes of an image; `padding` lies around the image on all sides. */
export interface Window {
  readonly height: number;
  readonly width: number;
  readonly stride: number;
  readonly padding: number;
}

export interface Part {
  readonly pass: 'forward' | 'backward';
  /** The operation by its name: the same object for both passes of one application, and for no other. */
  readonly application: {
    readonly op: string;
    readonly inputs: readonly Operand[];
    /** Which places of its first input an output comes from; without it the place is its own, or there are none. */
    readonly window?: Window | undefined;
    /** Whether the result is set to 0 where it would be less. */
    readonly relu?: boolean | undefined;
  };
  readonly output: Operand;
  /** Whether the tape holds it. */
  readonly onTape: boolean;
}

/** Hears of a part once it was recorded: the numbers, in the outermost scope, of its first command and of the one after its last. */
export type PartListener = (part: Part, from: number, to: number) => void;
