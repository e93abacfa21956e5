/**
 * Does this file fit this network? Names and shapes are compared one by one before anything is loaded, and
 * everything that does not fit is told at once: one look shows whether it is another architecture, another number of
 * classes or a single odd layer.
 */
import { WeightsError, quote, showShape } from './errors.ts';
import { isBatchCount, type StateDict } from './types.ts';

/** What may differ between the network and the file. */
export interface MatchOptions {
  /** The file's name in messages. */
  readonly source: string;
  /**
   * A module that the network makes fresh, such as "fc" for transfer learning: whatever the file has for it
   * is left out unseen, so that a file with 1000 classes fits a network with 2. Without it the head
   * must fit like everything else.
   */
  readonly freshHead?: string;
  /** Names that the file may lack; the network then keeps its own values. Batch norm's counts always may. */
  readonly ignoreMissing?: (name: string) => boolean;
}

/** The tensors to load, and the names in the network that keep the values they have. */
export interface StateDictMatch {
  readonly tensors: StateDict;
  readonly kept: readonly string[];
}

/**
 * Pairs the network's tensors (`expected`: name to shape, in the network's order) with the file's. Names that
 * only the file has are an error, except under `freshHead` and for batch norm's counts. Throws one
 * WeightsError that lists every mismatch.
 *
 * ```ts
 * const shapes = new Map([['conv.weight', [1]], ['fc.bias', [2]]]);
 * const file = new Map([['conv.weight', { shape: [1], data: Float32Array.of(7) }]]);
 * const { tensors, kept } = matchStateDict(shapes, file, { source: 'model.pth', freshHead: 'fc' });
 * tensors.get('conv.weight')?.data; // → Float32Array.of(7)
 * kept; // → ['fc.bias']
 * ```
 */
export function matchStateDict(
  expected: ReadonlyMap<string, readonly number[]>,
  found: StateDict,
  { source, freshHead, ignoreMissing }: MatchOptions,
): StateDictMatch {
  const isHead = (name: string) => freshHead !== undefined && name.startsWith(`${freshHead}.`);
  const tensors: StateDict = new Map();
  const kept: string[] = [];
  const missing: string[] = [];
  const wrongShape: string[] = [];
  for (const [name, shape] of expected) {
    const tensor = isHead(name) ? undefined : found.get(name);
    if (tensor === undefined) {
      const mayBeMissing = isHead(name) || isBatchCount(name) || ignoreMissing?.(name);
      (mayBeMissing ? kept : missing).push(name);
    } else if (isBatchCount(name) && tensor.data.length === 1) {
      tensors.set(name, { shape, data: tensor.data }); // some programs keep it in a list
    } else if (!sameShape(shape, tensor.shape)) {
      wrongShape.push(`${quote(name)}: expected ${showShape(shape)} × found ${showShape(tensor.shape)}`);
    } else {
      tensors.set(name, tensor);
    }
  }
  const unexpected = Array.from(found.keys()).filter(
    (name) => !expected.has(name) && !isHead(name) && !isBatchCount(name),
  );

  if (missing.length + wrongShape.length + unexpected.length > 0) {
    const problem = [
      `the weights do not fit the network (${tensors.size} of its ${expected.size} tensors fit)`,
      ...list('missing', missing.map(quote)),
      ...list('not in the network', unexpected.map(quote)),
      ...list('wrong shape', wrongShape),
    ].join('\n  ');
    throw new WeightsError(
      source,
      problem,
      'Give weights of the same architecture and, if the head is loaded too, the same classes',
    );
  }
  return { tensors, kept };
}

function sameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((size, axis) => size === b[axis]);
}

const LONGEST_LIST = 20;

function list(title: string, lines: readonly string[]): string[] {
  if (lines.length === 0) return [];
  const shown = lines.slice(0, LONGEST_LIST).join('\n    ');
  const more = lines.length > LONGEST_LIST ? `\n    and ${lines.length - LONGEST_LIST} more` : '';
  return [`${title} (${lines.length}):\n    ${shown}${more}`];
}
