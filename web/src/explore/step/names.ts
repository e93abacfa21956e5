/** What operations and temporaries are called for people. */
import type { StepOperation } from '../../../../src/train/rehearse/step-record.ts';

/** "conv2d layer4.0.conv1" */
export const nameOf = ({ op, module }: StepOperation): string =>
  module === undefined ? op : `${op} ${module}`;

/** The same with its pass: "conv2d layer4.0.conv1, backward". */
export function fullName(operation: StepOperation | undefined): string {
  if (!operation) return '';
  const name = nameOf(operation);
  return operation.pass === 'forward' ? name : `${name}, ${operation.pass}`;
}

/** "[32, 64, 64, 64]", "[]" for a scalar, nothing where there is no result. */
export const shapeText = ({ shape }: StepOperation): string =>
  shape === undefined ? '' : `[${shape.join(', ')}]`;

/** "0.042 ms", "3.1 ms", "250 ms" */
export const milliseconds = (time: number): string =>
  `${time < 1 ? time.toFixed(3) : time < 100 ? time.toFixed(1) : time.toFixed(0)} ms`;

/** "41 %" */
export const percent = (share: number): string => `${(100 * share).toFixed(0)} %`;
