/** What can be asked of a workbench, and what comes of it: plain data, which also goes from a worker to its page. */
import type { OutputJudgement } from './compare.ts';
import type { Sizes } from './operation.ts';
import type { Trace } from './trace.ts';

/** What is tried. */
export interface Trial {
  /** As the catalogue has it: `conv2d.forward`. */
  readonly operation: string;
  readonly sizes: Sizes;
  /** The rule's choice by default. */
  readonly algorithm?: string | undefined;
}

/** Texts that kernels run with, by the kernels' names. */
export type Edits = Readonly<Record<string, string>>;

/** What a compiler says about a place in a text. */
export interface CompilerMessage {
  readonly kind: 'error' | 'warning' | 'info';
  readonly text: string;
  /** From 1 on; 0 where it is about the whole. */
  readonly line: number;
  /** In UTF-16 code units from 1 on. */
  readonly column: number;
  readonly length: number;
}

export type Judgement =
  /** A text is no WGSL that this browser compiles. */
  | {
      readonly kind: 'does-not-compile';
      readonly kernel: string;
      readonly messages: readonly CompilerMessage[];
    }
  /** It is WGSL, and the adapter does not take it: too much workgroup memory, other bindings, … */
  | { readonly kind: 'refused'; readonly why: string }
  /** A loop of it was left in a traced run: it itself was not run. */
  | { readonly kind: 'endless'; readonly kernel: string; readonly line: number }
  | {
      readonly kind: 'wrong' | 'right';
      readonly outputs: readonly OutputJudgement[];
      /** Of the kernels whose text is changed and of those that were asked for; undefined where one of them cannot be traced. */
      readonly traces: readonly Trace[] | undefined;
    };

export interface JudgeOptions {
  /** Kernels to trace although their text is not changed. */
  readonly look?: readonly string[];
  readonly tell?: (stage: Stage) => void;
}

/** What a judgement is at: the compiler, the GPU, plain loops; and what a race is at. */
export type Stage = 'compiling' | 'running' | 'comparing' | 'timing';
