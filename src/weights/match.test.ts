import { describe, expect, it } from 'vitest';
import { WeightsError } from './errors.ts';
import { matchStateDict } from './match.ts';
import type { StateDict } from './types.ts';

const network = new Map<string, number[]>([
  ['conv1.weight', [4, 3, 3, 3]],
  ['bn1.weight', [4]],
  ['bn1.num_batches_tracked', []],
  ['fc.weight', [2, 4]],
  ['fc.bias', [2]],
]);

function file(changes: Readonly<Record<string, number[] | undefined>> = {}): StateDict {
  const shapes = Object.entries({ ...Object.fromEntries(network), ...changes });
  return new Map(
    shapes.flatMap(([name, shape]) =>
      shape ? [[name, { shape, data: new Float32Array(shape.reduce((a, b) => a * b, 1)) }] as const] : [],
    ),
  );
}

describe('matchStateDict', () => {
  it('gives the tensors in the order of the network', () => {
    const found = new Map(Array.from(file()).reverse());
    const { tensors, kept } = matchStateDict(network, found, { source: 'f' });
    expect(Array.from(tensors.keys())).toEqual(Array.from(network.keys()));
    expect(tensors.get('fc.bias')).toBe(found.get('fc.bias'));
    expect(kept).toEqual([]);
  });

  it('takes everything but a fresh head, whatever the file has there', () => {
    const options = { source: 'f', freshHead: 'fc' };
    for (const head of [
      { 'fc.weight': [1000, 4], 'fc.bias': [1000] },
      {},
      { 'fc.weight': undefined },
      { 'fc.1.weight': [9] },
    ]) {
      const { tensors, kept } = matchStateDict(network, file(head), options);
      expect(Array.from(tensors.keys())).toEqual(['conv1.weight', 'bn1.weight', 'bn1.num_batches_tracked']);
      expect(kept).toEqual(['fc.weight', 'fc.bias']);
    }
    expect(() => matchStateDict(network, file({ 'fcx.weight': [1] }), options)).toThrow('"fcx.weight"');
  });

  it('does without the counts of batch norm, and ignores those that the network has not', () => {
    const found = file({ 'bn1.num_batches_tracked': undefined, 'bn9.num_batches_tracked': [] });
    expect(matchStateDict(network, found, { source: 'f' }).kept).toEqual(['bn1.num_batches_tracked']);
  });

  it('takes a count that a program keeps in a list', () => {
    const { tensors } = matchStateDict(network, file({ 'bn1.num_batches_tracked': [1] }), { source: 'f' });
    expect(tensors.get('bn1.num_batches_tracked')?.shape).toEqual([]);
    const two = file({ 'bn1.num_batches_tracked': [2] });
    expect(() => matchStateDict(network, two, { source: 'f' })).toThrow('expected [] × found [2]');
  });

  it('lets the caller allow other names to be missing', () => {
    const found = file({ 'bn1.weight': undefined });
    const ignoreMissing = (name: string) => name.startsWith('bn1');
    expect(matchStateDict(network, found, { source: 'f', ignoreMissing }).kept).toEqual(['bn1.weight']);
  });

  it('tells every mismatch in one message', () => {
    const found = file({
      'bn1.weight': undefined,
      'fc.weight': [1000, 4],
      'fc.bias': [1000],
      'head.weight': [5],
      '\u001b[2J': [],
    });
    expect(() => matchStateDict(network, found, { source: 'm.pth' })).toThrow(
      new WeightsError(
        'm.pth',
        `the weights do not fit the network (2 of its 5 tensors fit)
  missing (1):
    "bn1.weight"
  not in the network (2):
    "head.weight"
    "\\u001b[2J"
  wrong shape (2):
    "fc.weight": expected [2, 4] × found [1000, 4]
    "fc.bias": expected [2] × found [1000]`,
        'Give weights of the same architecture and, if the head is loaded too, the same classes',
      ),
    );
  });

  it('shortens long lists', () => {
    const many = new Map(Array.from({ length: 27 }, (_, i) => [`layer${i}.weight`, [1]] as const));
    expect(() => matchStateDict(many, new Map(), { source: 'f' })).toThrow(
      /missing \(27\):(\n {4}"layer\d+.weight"){20}\n {4}and 7 more\n/,
    );
  });
});
