// Rows by what they compute: what a plot gives colours to.
import type { RowName } from './benchmark.ts';

export interface Kind {
  readonly name: string;
  /** A class of the style sheets. */
  readonly colour: string;
  readonly operations: RegExp;
}

export const KINDS: readonly Kind[] = [
  { name: 'convolutions', colour: 'k1', operations: /^(conv2d|ladder\.conv2d)/ },
  { name: 'matrix products', colour: 'k2', operations: /^(linear|ladder\.)/ },
  { name: 'batch norm', colour: 'k3', operations: /^batch-norm/ },
  {
    name: 'elementwise, pools, photos',
    colour: 'k4',
    operations: /^(elementwise|broadcast|sum|softmax|layer-norm|dropout|max-pool|avg-pool|preprocess)/,
  },
  { name: 'losses and updates', colour: 'k5', operations: /./ },
];

/** The first kind whose operations a row is among. */
export function kindOf({ operation }: Pick<RowName, 'operation'>): Kind {
  const kind = KINDS.find(({ operations }) => operations.test(operation));
  if (!kind) throw new RangeError(`"${operation}" is of no kind.`);
  return kind;
}
