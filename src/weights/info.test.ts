import { describe, expect, it } from 'vitest';
import { bytesOf, floats, op, pickleOf, torchZip } from './handmade.ts';
import { describeWeights } from './info.ts';
import { writeSafetensors } from './safetensors.ts';

describe('describeWeights', () => {
  it('tells what a safetensors file stores, with its metadata', () => {
    const tensors = new Map([
      ['a.weight', { shape: [2, 1], data: Float32Array.of(1, 2) }],
      ['bn.num_batches_tracked', { shape: [], data: Float32Array.of(3) }],
    ]);
    const file = writeSafetensors(tensors, { dtype: 'f16', metadata: { arch: 'x' } });
    expect(describeWeights(file, 'f')).toMatchObject({
      format: 'safetensors',
      metadata: { arch: 'x' },
      tensors: [
        { name: 'bn.num_batches_tracked', dtype: 'I64', shape: [] },
        { name: 'a.weight', dtype: 'F16', shape: [2, 1] },
      ],
    });
  });

  it('tells what a PyTorch file stores', () => {
    const pickle = pickleOf(op.dict({ w: op.tensor({}) }));
    const file = torchZip(pickle, { 0: floats(1, 2, 3, 4) });
    expect(describeWeights(file, 'f')).toEqual({
      format: 'pth',
      metadata: {},
      notes: [],
      tensors: [{ name: 'w', dtype: 'F32', shape: [2, 2] }],
    });
  });

  it('tells what was taken of a checkpoint, in both formats', () => {
    const pickle = pickleOf(op.dict({ epoch: op.int(3), model: op.dict({ 'module.a.b': op.tensor({}) }) }));
    const file = torchZip(pickle, { 0: floats(1, 2, 3, 4) });
    expect(describeWeights(file, 'f')).toMatchObject({
      tensors: [{ name: 'a.b' }],
      notes: ['its "model" was taken', '"epoch" left out', 'names without "module."'],
    });
    const tensors = new Map([['_orig_mod.a', { shape: [1], data: Float32Array.of(1) }]]);
    expect(describeWeights(writeSafetensors(tensors, { dtype: 'f32' }), 'f')).toMatchObject({
      tensors: [{ name: 'a', dtype: 'F32', shape: [1] }],
      notes: ['names without "_orig_mod."'],
    });
  });

  it('refuses what is neither', () => {
    expect(() => describeWeights(bytesOf('<html>'), 'f')).toThrow('it is a web page');
  });
});
