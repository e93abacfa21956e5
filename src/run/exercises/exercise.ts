/**
 * An exercise: a kernel that is broken or slow, what it should compute, and steps that are checked one after the other, so that one hears of
 * one mistake at a time and may ask for the hints that belong to it.
 */
import { defineKernel, type Grid, type Kernel } from '../../gpu/index.ts';
import type { Binding, ParamType } from '../../gpu/kernel.ts';
import { prettyWgsl } from '../kernels/pretty.ts';
import type { Diaries } from './diaries.ts';
import type { OutputJudgement } from '../lab/compare.ts';

export type WorkgroupSize = readonly [x: number, y: number, z: number];

/** What a kernel is tried on. */
export interface Case {
  /** As in "With 100 elements: …"; only where there are several. */
  readonly name: string;
  readonly inputs: Readonly<Record<string, Float32Array | Uint32Array>>;
  readonly params: Readonly<Record<string, number>>;
  readonly output: {
    readonly name: string;
    readonly shape: readonly number[];
    /** By plain loops. */
    readonly expected: Float32Array;
  };
  readonly grid: (workgroup: WorkgroupSize) => Grid;
}

/** A case to be timed: large enough for a clock, and not compared with anything. */
export interface TimedCase extends Pick<Case, 'name' | 'inputs' | 'params' | 'grid'> {
  readonly output: Pick<Case['output'], 'name' | 'shape'>;
}

/** What became of a case. */
export interface Tried {
  readonly of: Case;
  readonly output: OutputJudgement;
  readonly found: Float32Array;
  readonly diaries: Diaries;
}

export interface Evidence {
  readonly workgroup: WorkgroupSize;
  /** The cases, in their order. */
  readonly tried: readonly Tried[];
}

export interface Step {
  /** What is so once the step is right, without a full stop. */
  readonly holds: string;
  /** From a nudge to nearly the answer. */
  readonly hints: readonly string[];
  /** Why it is not so, in words and numbers. */
  readonly check: (evidence: Evidence) => string | undefined;
}

export interface Exercise {
  /** For links: `bounds`. */
  readonly name: string;
  readonly title: string;
  readonly about: 'broken' | 'slow';
  /** What the kernel should do, and what is given. */
  readonly task: string;
  /** What one takes along, told once it is solved. */
  readonly moral: string;
  /** The host's side, with the text that one begins with. */
  readonly kernel: Kernel;
  readonly start: string;
  readonly solution: string;
  /** What may help where it does not compile. */
  readonly compileHints: readonly string[];
  readonly cases: () => readonly Case[];
  /** Of a slow one, where the clock shows what was gained; no step asks for a time. */
  readonly timed?: (() => TimedCase) | undefined;
  readonly steps: readonly Step[];
}

/** The step before all others. */
export const RUNS = 'It compiles, the adapter takes it, and its loops end';

/** What all steps of an exercise hold, in their order, and the hints for each. */
export const stepsOf = ({ steps, compileHints }: Exercise): readonly Omit<Step, 'check'>[] => [
  { holds: RUNS, hints: compileHints },
  ...steps,
];

/** A kernel's text, but for what is the same in the start and in the solution. */
export interface Text {
  /** Numbers, or the name of a constant. */
  readonly workgroupSize: readonly (number | string)[];
  readonly builtins: string;
  readonly declarations?: string;
  readonly body: string;
}

interface Spec extends Pick<
  Exercise,
  'name' | 'title' | 'about' | 'task' | 'moral' | 'cases' | 'timed' | 'steps'
> {
  readonly bindings: Readonly<Record<string, Binding>>;
  readonly params?: Readonly<Record<string, ParamType>>;
  readonly start: Text;
  /** What differs. */
  readonly solution: Partial<Text>;
  readonly compileHints?: readonly string[];
  /** Changes the whole text that one begins with, where the mistake is in what the host's side generates. */
  readonly spoil?: (text: string) => string;
}

/** Puts an exercise together. */
export function defineExercise({ bindings, params = {}, spoil, ...spec }: Spec): Exercise {
  const { name, start, solution, compileHints = COMPILING } = spec;
  const kernelOf = (text: Text) => {
    const builtins =
      text.builtins.length > WIDTH ? `\n${text.builtins.replaceAll(', @', ',\n@')}\n` : text.builtins;
    // The host reads the size from the text, for a reader may change it there: it counts nothing here.
    const kernel = defineKernel({ ...text, builtins, name, bindings, params, workgroupSize: [1] });
    const size = `@workgroup_size(${text.workgroupSize.join(', ')})`;
    return { ...kernel, code: prettyWgsl(kernel.code.replace('@workgroup_size(1)', size)) };
  };
  const begun = kernelOf(start);
  const code = spoil ? spoil(begun.code) : begun.code;
  return {
    ...spec,
    ...{ kernel: { ...begun, code }, start: code, compileHints },
    solution: kernelOf({ ...start, ...solution }).code,
  };
}

/** Longer lists of builtins take a line each. */
const WIDTH = 60;

const COMPILING = [
  'The compiler’s message names a line, and is marked there in the editor. What stands before the place that it names is often what is wrong.',
];
