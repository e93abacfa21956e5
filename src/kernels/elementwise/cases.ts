// The sizes that elementwise operations are tested at: around vector width, workgroup and block edges, and where
// a thread starts to treat several items (8,192 of them on software adapters), in scalars and in vectors.

import { activationNames, type ActivationName } from './activations.wgsl.ts';

export const counts: readonly number[] = [1, 3, 4, 127, 128, 129, 1023, 4096, 4100, 131_075, 524_292];

/** An operation on `count` floats of [−scale, scale), with one operand or two. */
export interface ElementwiseCase {
  readonly name: string;
  readonly operation: ActivationName | 'add' | 'mul';
  readonly count: number;
  readonly scale: number;
}

const sizes = [
  { name: 'scalars', count: 131, scale: 2 },
  { name: 'vectors', count: 1024, scale: 8 }, // out to where sigmoid and GELU are flat
];

/** What PyTorch computed too: each operation in scalars and in vectors. */
export const cases: readonly ElementwiseCase[] = [...activationNames, 'add' as const, 'mul' as const].flatMap(
  (operation) => sizes.map((size) => ({ ...size, operation, name: `${operation}-${size.name}` })),
);
