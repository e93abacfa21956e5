import { describe, expect, it } from 'vitest';
import { WeightsError } from './errors.ts';
import { bytesOf, floats, little, safetensorsFile } from './handmade.ts';
import { readSafetensors, writeSafetensors } from './safetensors.ts';
import type { HostTensor, StateDict } from './types.ts';

const f32 = (shape: number[], begin: number, end: number) => ({
  dtype: 'F32',
  shape,
  data_offsets: [begin, end],
});
const one = (entry: object, data: ArrayLike<number>) =>
  readSafetensors(safetensorsFile({ x: entry }, data), 'f').tensors.get('x');

function tensor(shape: number[], ...values: number[]): HostTensor {
  return { shape, data: Float32Array.from(values) };
}

describe('readSafetensors', () => {
  it('reads tensors in the order of their bytes, and the metadata', () => {
    const header = { b: f32([], 8, 12), __metadata__: { classes: '["cat","dog"]' }, a: f32([2, 1], 0, 8) };
    const { tensors, metadata } = readSafetensors(safetensorsFile(header, floats(1, -2, 0.5)), 'f');
    expect(Array.from(tensors)).toEqual([
      ['a', tensor([2, 1], 1, -2)],
      ['b', tensor([], 0.5)],
    ]);
    expect(metadata).toEqual({ classes: '["cat","dog"]' });
  });

  it.each([
    ['F16', [0x00, 0x3c, 0xff, 0x7b], [1, 65504]],
    ['BF16', [0x80, 0x3f, 0xf7, 0xc2], [1, -123.5]],
    ['F64', [...new Uint8Array(Float64Array.of(0.1, -Infinity).buffer)], [Math.fround(0.1), -Infinity]],
    ['I64', [...little(16777216, 8), ...little(-3, 8)], [16777216, -3]],
    ['I32', [...little(7, 4), ...little(-8, 4)], [7, -8]],
    ['I16', [...little(7, 2), ...little(-8, 2)], [7, -8]],
    ['I8', [127, 128], [127, -128]],
    ['U8', [127, 128], [127, 128]],
    ['BOOL', [0, 1], [0, 1]],
  ])('converts %s', (dtype, data, expected) => {
    expect(one({ dtype, shape: [2], data_offsets: [0, data.length] }, data)?.data).toEqual(
      Float32Array.from(expected),
    );
  });

  it.each([
    ['I64', little(16777217, 8), '16777217'],
    ['I64', little(-(2n ** 63n) + 1n, 8), '-9223372036854775807'],
    ['I32', little(16777217, 4), '16777217'],
    ['F64', new Uint8Array(Float64Array.of(1e300).buffer), '1e+300'],
  ])('refuses the %s values that float32 cannot hold', (dtype, data, shown) => {
    expect(() => one({ dtype, shape: [], data_offsets: [0, data.length] }, data)).toThrow(
      `f: tensor "x" holds the ${dtype} value ${shown}, which float32 cannot hold`,
    );
  });

  it('views aligned float32 in place and copies unaligned', () => {
    const aligned = safetensorsFile(`{"x":${JSON.stringify(f32([2], 0, 8))}}`.padEnd(64), floats(3, 4));
    expect(readSafetensors(aligned, 'f').tensors.get('x')?.data.buffer).toBe(aligned.buffer);
    for (const shift of [1, 2, 3]) {
      const shifted = new Uint8Array(aligned.length + shift).subarray(shift);
      shifted.set(aligned);
      expect(readSafetensors(shifted, 'f').tensors.get('x')?.data).toEqual(Float32Array.of(3, 4));
    }
  });

  it('takes names that mean something to JavaScript', () => {
    const header = `{"__proto__":${JSON.stringify(f32([1], 4, 8))},"7":${JSON.stringify(f32([1], 0, 4))}}`;
    const { tensors } = readSafetensors(safetensorsFile(header, floats(1, 2)), 'f');
    expect(Array.from(tensors, ([name, { data }]) => [name, data[0]])).toEqual([
      ['7', 1],
      ['__proto__', 2],
    ]);
  });

  it('takes empty tensors and an empty file', () => {
    expect(one(f32([0, 3], 0, 0), [])).toEqual(tensor([0, 3]));
    expect(readSafetensors(safetensorsFile('{}'), 'f').tensors.size).toBe(0);
  });

  const x = JSON.stringify(f32([1], 0, 4));
  it.each<[string, Uint8Array, string]>([
    ['too short', bytesOf(1, 2, 3), 'has 3 bytes'],
    ['header beyond the limit', bytesOf(little(100_000_001, 8), '{}'), 'claims 100000001 bytes'],
    ['header of 2^64 - 1', bytesOf(little(-1, 8), '{}'), 'claims 18446744073709551615 bytes'],
    ['header beyond the file', bytesOf(little(3, 8), '{}'), 'the file has only 2'],
    ['no object', safetensorsFile('[]'), 'does not begin with "{"'],
    ['leading space', safetensorsFile(' {}'), 'does not begin with "{"'],
    ['byte-order mark', safetensorsFile('\ufeff{}'), 'does not begin with "{"'],
    ['not UTF-8', bytesOf(little(4, 8), '{', 0xc3, 0x28, '}'), 'not valid UTF-8'],
    ['not JSON', safetensorsFile('{"x":}'), 'not valid JSON'],
    ['broken escape in a key', safetensorsFile('{"\\q":1}'), 'not valid JSON'],
    ['endless string', safetensorsFile('{"x'), 'not valid JSON'],
    ['text after the object', safetensorsFile('{} x'), 'not valid JSON'],
    ['duplicate key', safetensorsFile(`{"x":${x},"\\u0078":${x}}`, floats(1)), 'has the key "x" twice'],
    [
      'duplicate inside an entry',
      safetensorsFile(`{"x":{"dtype":"F32","dtype":"F16"}}`),
      'has the key "dtype" twice',
    ],
    ['deep nesting', safetensorsFile(`{"x":${'['.repeat(1e6)}`), 'nested more than 3 deep'],
    ['a million members', safetensorsFile(`{"x":[${'0,'.repeat(4e6)}0]}`), 'more than 4000000 values'],
    [
      'metadata of millions of keys',
      safetensorsFile(
        `{"__metadata__":{${Array.from({ length: 600_000 }, (_, i) => `"${i}":""`).join(',')}}}`,
      ),
      'has more than 500000 keys. Write fewer tensors or less metadata',
    ],
    [
      'millions of keys in many objects',
      safetensorsFile(`{${Array.from({ length: 200_001 }, (_, i) => `"${i}":{"a":0,"b":0}`).join(',')}}`),
      'has more than 500000 keys',
    ],
    ['metadata not an object', safetensorsFile('{"__metadata__":["a"]}'), '__metadata__ is not an object'],
    [
      'metadata not a text',
      safetensorsFile('{"__metadata__":{"epoch":3}}'),
      'metadata "epoch" is not a text',
    ],
    ['entry not an object', safetensorsFile('{"x":null}'), 'is not described by an object'],
    [
      'unknown dtype',
      safetensorsFile({ x: { ...f32([], 0, 4), dtype: 'F8_E4M3' } }, floats(1)),
      'dtype "F8_E4M3"',
    ],
    [
      'dtype from the prototype',
      safetensorsFile({ x: { ...f32([], 0, 4), dtype: 'toString' } }, floats(1)),
      'dtype "toString"',
    ],
    ['dtype not a text', safetensorsFile({ x: { ...f32([], 0, 4), dtype: 3 } }, floats(1)), 'dtype "3"'],
    ['negative size', safetensorsFile({ x: f32([-1], 0, 4) }, floats(1)), 'shape that is not'],
    ['fractional size', safetensorsFile({ x: f32([0.5, 2], 0, 4) }, floats(1)), 'shape that is not'],
    [
      'size as text',
      safetensorsFile('{"x":{"dtype":"F32","shape":["1"],"data_offsets":[0,4]}}', floats(1)),
      'shape that is not',
    ],
    [
      'no shape',
      safetensorsFile('{"x":{"dtype":"F32","data_offsets":[0,4]}}', floats(1)),
      'shape that is not',
    ],
    [
      '65 dimensions',
      safetensorsFile({ x: f32(new Array<number>(65).fill(1), 0, 4) }, floats(1)),
      'shape that is not',
    ],
    // 2^32 · 2^32 elements are 0 modulo 2^64: the check must not wrap around.
    ['overflowing size', safetensorsFile({ x: f32([2 ** 32, 2 ** 32], 0, 0) }), 'needs 73786976294838210000'],
    [
      'overflowing to the data',
      safetensorsFile({ x: f32([2 ** 53 - 1, 2 ** 53 - 1, 4], 0, 4) }, floats(1)),
      'has 4 bytes',
    ],
    [
      'wrong length',
      safetensorsFile({ x: f32([2], 0, 4) }, floats(1)),
      'has 4 bytes; F32 of shape [2] needs 8',
    ],
    ['offsets backwards', safetensorsFile({ x: f32([1], 8, 4) }, floats(1, 2)), 'has -4 bytes'],
    [
      'one offset',
      safetensorsFile('{"x":{"dtype":"F32","shape":[1],"data_offsets":[4]}}', floats(1)),
      'data_offsets',
    ],
    ['negative offset', safetensorsFile({ x: f32([1], -4, 0) }, floats(1)), 'data_offsets'],
    ['gap at the start', safetensorsFile({ x: f32([1], 4, 8) }, floats(1, 2)), 'leaves a gap before it'],
    [
      'gap between',
      safetensorsFile({ x: f32([1], 0, 4), y: f32([1], 8, 12) }, floats(1, 2, 3)),
      'tensor "y" leaves a gap',
    ],
    [
      'overlap',
      safetensorsFile({ x: f32([2], 0, 8), y: f32([1], 4, 8) }, floats(1, 2)),
      'tensor "y" overlaps',
    ],
    [
      'shared bytes',
      safetensorsFile({ x: f32([1], 0, 4), y: f32([1], 0, 4) }, floats(1)),
      'tensor "y" overlaps',
    ],
    [
      'bytes left over',
      safetensorsFile({ x: f32([1], 0, 4) }, floats(1, 2)),
      'take 4 bytes and the file holds 8',
    ],
    ['cut short', safetensorsFile({ x: f32([2], 0, 8) }, floats(1)), 'take 8 bytes and the file holds 4'],
  ])('refuses: %s', (_, file, message) => {
    expect(() => readSafetensors(file, 'model.safetensors')).toThrow(WeightsError);
    expect(() => readSafetensors(file, 'model.safetensors')).toThrow(message);
    expect(() => readSafetensors(file, 'model.safetensors')).toThrow(/^model\.safetensors: .*\. .*\.$/s);
  });

  it('shows hostile names without their control characters', () => {
    const header = { ['\u001b[2J\u009b31m' + 'x'.repeat(1000)]: null };
    expect(() => readSafetensors(safetensorsFile(header), 'f')).toThrow(/"\\u001b\[2J\\u009b31mx{100,120}…"/);
  });
});

describe('writeSafetensors', () => {
  const tensors: StateDict = new Map([
    ['conv.weight', tensor([1, 2, 1, 1], 0.1, -3)],
    ['bn.num_batches_tracked', tensor([], 70000)],
    ['__proto__', tensor([3], 1, 2, 3)],
    ['7', tensor([0])],
  ]);

  it('writes the very bytes of the format', () => {
    const file = writeSafetensors(new Map([['a', tensor([2], 1, 2)]]), {
      dtype: 'f32',
      metadata: { k: 'v' },
    });
    const header = '{"__metadata__":{"k":"v"},"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}';
    expect(header.length).toBe(79);
    expect(file).toEqual(bytesOf(little(80, 8), header, ' ', floats(1, 2)));
  });

  it('is read back equal, counts as 64-bit integers first and every tensor aligned', () => {
    const file = writeSafetensors(tensors, { dtype: 'f32', metadata: { classes: 'cat,dög' } });
    const again = readSafetensors(file, 'f');
    expect(again.metadata).toEqual({ classes: 'cat,dög' });
    expect(Array.from(again.tensors.keys())).toEqual([
      'bn.num_batches_tracked',
      'conv.weight',
      '__proto__',
      '7',
    ]);
    for (const [name, { shape, data }] of tensors) expect(again.tensors.get(name)).toEqual({ shape, data });
    expect(new DataView(file.buffer).getBigUint64(0, true) % 8n).toBe(0n);
    expect(file).toEqual(writeSafetensors(tensors, { dtype: 'f32', metadata: { classes: 'cat,dög' } }));
  });

  it('rounds to float16 and keeps counts, infinities and NaN', () => {
    const special = new Map([...tensors, ['s', tensor([3], Infinity, -Infinity, NaN)]] as const);
    const again = readSafetensors(writeSafetensors(special, { dtype: 'f16' }), 'f').tensors;
    expect(again.get('conv.weight')?.data).toEqual(Float32Array.of(0.0999755859375, -3));
    expect(again.get('bn.num_batches_tracked')?.data[0]).toBe(70000);
    expect(again.get('s')?.data).toEqual(Float32Array.of(Infinity, -Infinity, NaN));
  });

  it.each<[string, StateDict, string]>([
    [
      'a value beyond float16',
      new Map([['w', tensor([2], 1, 65520)]]),
      'out: tensor "w" holds 65520, beyond float16',
    ],
    ['a wrong shape', new Map([['w', tensor([3], 1, 2)]]), 'out: tensor "w" has the shape [3] and 2 values'],
    [
      'a fractional shape',
      new Map([['w', tensor([0.5, 4], 1, 2)]]),
      'out: tensor "w" has the shape [0.5, 4]',
    ],
    [
      'the reserved name',
      new Map([['__metadata__', tensor([], 1)]]),
      'out: a tensor is named "__metadata__"',
    ],
  ])('refuses %s', (_, wrong, message) => {
    expect(() => writeSafetensors(wrong, { dtype: 'f16', source: 'out' })).toThrow(WeightsError);
    expect(() => writeSafetensors(wrong, { dtype: 'f16', source: 'out' })).toThrow(message);
  });
});
