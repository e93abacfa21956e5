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

export interface Part {
  readonly pass: 'forward' | 'backward';
  /** The operation by its name: the same object for both passes of one application, and for no other. */
  readonly application: { readonly op: string; readonly inputs: readonly Operand[] };
  readonly output: Operand;
  /** Whether the tape holds it. */
  readonly onTape: boolean;
}

/** Hears of a part once it was recorded: the numbers, in the outermost scope, of its first command and of the one after its last. */
export type PartListener = (part: Part, from: number, to: number) => void;
