/** All that the lab can try, in the catalogue's order. */
import type { LabOperation } from '../operation.ts';
import { axes } from './axes.ts';
import { convolutionRungs, convolutions } from './convolutions.ts';
import { elementwise } from './elementwise.ts';
import { layers } from './layers.ts';
import { linearOperations, productRungs } from './products.ts';
import { training } from './training.ts';

export const labOperations: readonly LabOperation[] = [
  ...convolutions,
  ...linearOperations,
  ...layers,
  ...elementwise,
  ...axes,
  ...training,
  ...productRungs,
  ...convolutionRungs,
];

/** The operation of that name. Throws `RangeError` if there is none. */
export function labOperation(name: string): LabOperation {
  const found = labOperations.find((one) => one.name === name);
  if (!found) throw new RangeError(`The lab has no operation "${name}".`);
  return found;
}
