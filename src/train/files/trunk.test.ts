import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { WeightsError, type SafetensorsFile, type StateDict } from '../../weights/index.ts';
import { decodeTrunk, withTrunk } from './join-trunk.ts';
import { encodeTrunk, trunkOf, withoutTrunk } from './trunk.ts';

const checksum = () => {
  const hash = createHash('sha256');
  return { update: (bytes: Uint8Array) => void hash.update(bytes), hex: () => hash.digest('hex') };
};
const tensor = (...numbers: number[]) => ({ shape: [numbers.length], data: Float32Array.of(...numbers) });
const frozen = { 'conv1.weight': tensor(1, NaN), 'layer1.weight': tensor(-0) };
const state: StateDict = new Map(
  Object.entries({
    'conv1.weight': frozen['conv1.weight'],
    'bn1.running_mean': tensor(5),
    'layer1.weight': frozen['layer1.weight'],
    'fc.weight': tensor(7, 8),
  }),
);
const names = Object.keys(frozen);
const trunk = trunkOf(state, names, 'best.safetensors', checksum());
const last: SafetensorsFile = {
  tensors: new Map([...withoutTrunk(state, trunk), ['optimizer.exp_avg', tensor(9)]]),
  metadata: { arch: 'resnet18', ...encodeTrunk(trunk) },
};
/** The best model, of another moment than the last: only what is frozen is the same. */
const best = (changes: Readonly<Record<string, ReturnType<typeof tensor>>> = {}) => ({
  source: 'runs/x/best.safetensors',
  tensors: new Map([
    ...state,
    ['bn1.running_mean', tensor(50)],
    ['fc.weight', tensor(70, 80)],
    ...Object.entries(changes),
  ]),
});
const whole = (other = best(), file = last) =>
  withTrunk(file, trunk, 'runs/x/last.safetensors', other, checksum());

describe('a trunk', () => {
  it('is left out, and found again by what the file says of it', () => {
    expect([...last.tensors.keys()]).toEqual(['bn1.running_mean', 'fc.weight', 'optimizer.exp_avg']);
    expect(decodeTrunk(last.metadata, 'f')).toEqual(trunk);
    expect(decodeTrunk({ arch: 'resnet18' }, 'f')).toBeUndefined();
  });

  it('makes its file whole with any best model of the run, in the order of a whole file', () => {
    const { tensors, metadata } = whole();
    expect([...tensors]).toEqual([...state, ['optimizer.exp_avg', tensor(9)]]);
    expect(metadata).toEqual({ arch: 'resnet18' });
  });

  it.each([
    ['other numbers', best({ 'conv1.weight': tensor(1, 2) })],
    ['a zero of the other sign', best({ 'layer1.weight': tensor(0) })],
    ['another shape', best({ 'conv1.weight': { ...frozen['conv1.weight'], shape: [2, 1] } })],
  ])('with %s is refused by the name of its file', (_, other) => {
    expect(() => whole(other)).toThrow(WeightsError);
    expect(() => whole(other)).toThrow(
      /^runs\/x\/best\.safetensors: the frozen layers in it are not those that runs\/x\/last\.safetensors was written with.* Put best\.safetensors back/s,
    );
  });

  it('that lacks a tensor is refused by the name of its file', () => {
    const other = best();
    other.tensors.delete('layer1.weight');
    expect(() => whole(other)).toThrow(/^runs\/x\/best\.safetensors: it has no "layer1\.weight"/);
  });

  it('that is there twice is refused', () => {
    const twice = { ...last, tensors: new Map([...last.tensors, ['conv1.weight', tensor(1)]]) };
    expect(() => whole(best(), twice)).toThrow(/^runs\/x\/last\.safetensors: it has "conv1\.weight"/);
  });

  it.each([
    'x',
    '[]',
    'null',
    '{"file":"best.safetensors","names":["a"]}',
    JSON.stringify({ ...trunk, file: '../best.safetensors' }),
    JSON.stringify({ ...trunk, file: '/etc/passwd' }),
    JSON.stringify({ ...trunk, names: ['a', 'a'] }),
    JSON.stringify({ ...trunk, names: [1] }),
    JSON.stringify({ ...trunk, sha256: 'f00' }),
  ])('told as %s is damaged', (text) => {
    expect(() => decodeTrunk({ trunk: text }, 'last.safetensors')).toThrow(
      'last.safetensors: its metadata "trunk" is damaged. Put the file back from a copy.',
    );
  });
});
