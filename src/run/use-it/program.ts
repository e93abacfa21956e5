/** A program that uses a model, and what it has to know of the model. */
import type { ModelCard } from '../../train/index.ts';

export interface Program {
  readonly title: string;
  /** What has to be installed, as it is typed. */
  readonly needs: string;
  /** The model's file, which it reads beside its own. */
  readonly file: string;
  /** Its own file's name. */
  readonly name: string;
  readonly language: 'python' | 'javascript' | 'html' | 'typescript';
  readonly code: string;
  /** The part of `code` that decides on the answers and has to be the same wherever the model is used; undefined where graft itself does it. */
  readonly preparation?: string;
}

export type Described = Pick<ModelCard, 'architecture' | 'classes' | 'transform' | 'loss'>;

/** What a program is for: a model in a file of this name. */
export interface ModelInFile extends Described {
  readonly file: string;
}

/** In each program's first lines: tells a file that may be written anew from one that is the user's own. */
export const MARK = 'Written by graft export';

/** A program's first lines, as comments: what it is, how it is started, and what it gives. */
export const heading = (how: readonly string[], gives: string): string[] => [
  `What is on a photo, by the network beside this file. ${MARK}, which writes it anew.`,
  ...how.map((line) => `    ${line}`),
  ...gives.split('\n'),
  'The network was trained on photos prepared exactly so; others get other answers.',
];

/**
 * `photos_predict.py` beside `photos.onnx`. Never `photos.py`: a folder often has a `model.py` of its own, and Python would take a
 * `numbers.py` for the module of that name.
 */
export const besides = (file: string, ending: string): string =>
  `${file.replace(/\.(onnx|safetensors)$/i, '')}_predict${ending}`;

/** A name in a comment, where it can end neither the line nor the comment. */
export const inComment = (name: string): string => name.replace(/[^\p{L}\p{N}._ -]|--/gu, '_');

export const list = (values: readonly number[]): string => `[${values.join(', ')}]`;
export const lines = (...all: readonly string[]): string => `${all.join('\n')}\n`;
export const indented = (text: string): string => text.replace(/^(?=.)/gm, '    ');
