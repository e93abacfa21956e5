import { describe, expect, it } from 'vitest';
import { ByteCursor } from './cursor.ts';
import { WeightsError } from './errors.ts';
import { bytesOf, little, op, pickleOf } from './handmade.ts';
import { readPickle } from './pickle.ts';
import { createTorchWorld } from './torch-objects.ts';
import type { PickleTuple } from './values.ts';

function read(bytes: Uint8Array) {
  return readPickle(new ByteCursor(bytes, 'f', 'data.pkl'), createTorchWorld('f'));
}
const orderedDict = op.global('collections', 'OrderedDict');
const list = op.global('builtins', 'list');
const run = (...instructions: readonly (Uint8Array | string)[]) => read(pickleOf(...instructions));
const tuple = (...items: unknown[]) => ({ kind: 'tuple', items });

describe('readPickle', () => {
  it.each<[string, (Uint8Array | string)[], unknown]>([
    ['None and booleans', ['N\x88\x89\x87'], tuple(null, true, false)],
    ['small integers', ['K\xffM\xff\xffJ\xff\xff\xff\xff\x87'], tuple(255, 65535, -1)],
    [
      'long integers',
      ['\x8a\x00\x8a\x01\xfe\x8a\x09', little(2n ** 64n, 9), '\x87'],
      tuple(0, -2, 2n ** 64n),
    ],
    ['floats', ['G', bytesOf(0xbf, 0xe0, 0, 0, 0, 0, 0, 0)], -0.5],
    ['texts', ['X\x03\0\0\0\xe2\x82\xac\x8c\x01bU\x01c\x87'], tuple('€', 'b', 'c')],
    ['long texts', ['\x8d\x01\0\0\0\0\0\0\0aT\x01\0\0\0b\x86'], tuple('a', 'b')],
    [
      'bytes',
      ['C\x01\x01B\x01\0\0\0\x02\x8e\x01\0\0\0\0\0\0\0\x03\x87'],
      tuple(bytesOf(1), bytesOf(2), bytesOf(3)),
    ],
    ['tuples', [')K\x01\x85(K\x02t\x87'], tuple(tuple(), tuple(1), tuple(2))],
    ['lists', ['](K\x01K\x02eK\x03a'], [1, 2, 3]],
    [
      'dictionaries',
      ['}(K\x01NK\x02NuK\x03\x88s'],
      new Map([
        [1, null],
        [2, null],
        [3, true],
      ]),
    ],
    ['the memo', [']q\x05h\x05r\x06\0\0\0j\x06\0\0\0\x87'], tuple([], [], [])],
    ['memoize and frames', ['\x95\x05\0\0\0\0\0\0\0]\x94h\x00\x86'], tuple([], [])],
    ['what is left of dropped values', ['NK\x01K\x020(K\x03\x310(0'], null],
    ["Python 2's bytes", ['U\x01\xff'], bytesOf(0xff)],
    ['a bytearray', ['\x96\x01\0\0\0\0\0\0\0\x01'], bytesOf(1)],
    [
      'a defaultdict',
      [op.call(op.global('collections', 'defaultdict'), list), 'K\x01Ns'],
      new Map([[1, null]]),
    ],
    ['an empty OrderedDict', [op.call(orderedDict)], new Map()],
    ['an OrderedDict with attributes', [op.call(orderedDict), '}X\x01\0\0\0aNsb'], new Map()],
    [
      'the OrderedDict of Python 2',
      [op.call(orderedDict, op.list(op.list(op.text('a'), op.int(1)), op.tuple(op.text('b'), op.int(2))))],
      new Map([
        ['a', 1],
        ['b', 2],
      ]),
    ],
    ['names by STACK_GLOBAL', ['\x8c\x0bcollections\x8c\x0bOrderedDict\x93)R'], new Map()],
  ])('makes %s', (_, instructions, expected) => {
    expect(run(...instructions)).toEqual(expected);
  });

  it('shares what the memo recalls', () => {
    const value = run(']q\x00h\x00\x86') as PickleTuple;
    expect(value.items[0]).toBe(value.items[1]);
  });

  it('describes tensors, with Parameters around them or not', () => {
    const described = {
      kind: 'tensor',
      storage: { kind: 'storage', key: '0', dtype: 'F32', start: 0, length: 4 },
      offset: 0,
      shape: [2, 2],
      stride: [2, 1],
    };
    const parameter = op.global('torch.nn.parameter', 'Parameter');
    const state = op.tuple(bytesOf('\x88'), bytesOf('\x89'), op.call(orderedDict));
    expect(run(op.tensor({}))).toEqual(described);
    expect(
      run(
        op.call(
          op.global('torch._utils', '_rebuild_parameter'),
          op.tensor({}),
          bytesOf('\x88'),
          bytesOf('N'),
        ),
      ),
    ).toEqual(described);
    expect(run(op.call(parameter, op.tensor({})), state, 'b')).toEqual(described);
  });

  const system = op.global('posix', 'system');
  const made = (name: string) => ({ kind: 'placeholder', name });
  it.each<[string, (Uint8Array | string)[], unknown]>([
    ['a call', [op.call(system, op.text('rm'))], made('posix.system')],
    ['a call by STACK_GLOBAL', ['\x8c\x08builtins\x8c\x04eval\x93)R'], made('builtins.eval')],
    ['INST', ['(ios\nsystem\n'], made('os.system')],
    ['INST with arguments', ['(X\x01\0\0\0aX\x01\0\0\0bios\nsystem\n'], made('os.system')],
    ['OBJ', ['(', system, op.text('rm'), 'o'], made('posix.system')],
    ['NEWOBJ', [system, ')\x81'], made('posix.system')],
    ['NEWOBJ_EX', [system, ')}\x92'], made('posix.system')],
    ['a relative of an allowed name', [op.call(op.global('torch', 'load'))], made('torch.load')],
    [
      'an attribute of an allowed name',
      [op.call(op.global('collections', 'OrderedDict.__reduce__'))],
      made('collections.OrderedDict.__reduce__'),
    ],
    ['a name of JavaScript', [op.call(op.global('__proto__', 'constructor'))], made('__proto__.constructor')],
    ['a call of what a call made', [op.call(op.call(system), op.text('rm'))], made('posix.system')],
    [
      'a Parameter of it',
      [op.call(op.global('torch.nn.parameter', 'Parameter'), op.call(system))],
      made('posix.system'),
    ],
    ['the state of an object', [op.call(system), op.dict({ a: op.int(1) }), 'b'], made('posix.system')],
    ['items of an object', [op.call(system), '(K\x01K\x02u'], made('posix.system')],
    ['members of an object', [op.call(system), '(K\x01K\x02eK\x03a'], made('posix.system')],
    ['sets', ['\x8f(K\x01K\x02\x90(K\x01\x91\x86'], tuple(made('set'), made('set'))],
    ['a class that is only named', [system], { kind: 'global', name: 'posix.system', isForeign: true }],
    [
      "a model's class and source",
      [op.tuple(op.text('module'), system, bytesOf('N'), bytesOf('N')), 'Q)\x81'],
      made('posix.system'),
    ],
    [
      'a storage of a kind that graft does not know',
      [
        op.tuple(
          op.text('storage'),
          op.global('torch', 'QInt8Storage'),
          op.text('0'),
          op.text('cpu'),
          op.int(4),
        ),
        'Q',
      ],
      made('torch.QInt8Storage'),
    ],
    ['a tensor on such a storage', [op.tensor({ type: 'QInt8Storage' })], made('torch.QInt8Storage')],
  ])('puts a placeholder with nothing but a name in place of %s', (_, instructions, expected) => {
    expect(run(...instructions)).toEqual(expected);
  });

  it('remembers foreign names, once each', () => {
    const world = createTorchWorld('f');
    const bytes = pickleOf(
      '(',
      op.call(system),
      op.call(system),
      op.call(op.global('argparse', 'Namespace')),
      't',
    );
    readPickle(new ByteCursor(bytes, 'f', 'data.pkl'), world);
    expect([...world.foreign]).toEqual(['posix.system', 'argparse.Namespace']);
  });

  it.each<[string, (Uint8Array | string)[], string]>([
    [
      'OBJ of what tensors are made with',
      ['(', orderedDict, 'o'],
      '"collections.OrderedDict"; nothing was run',
    ],
    ['NEWOBJ of it', [orderedDict, ')\x81'], '"collections.OrderedDict"; nothing was run'],
    ['NEWOBJ_EX of it', [orderedDict, ')}\x92'], '"collections.OrderedDict"; nothing was run'],
    ['EXT1', ['\x82\x07'], '"number 7 of its extension registry"'],
    ['EXT2', ['\x83\x07\x01'], '"number 263 of its extension registry"'],
    ['EXT4', ['\x84\x07\x01\0\0'], '"number 263 of its extension registry"'],
    ['calling a text', [op.text('os'), ')R'], 'calls a str'],
    ['calling a storage class', [op.call(op.global('torch', 'FloatStorage'))], 'calls a torch.FloatStorage'],
    ['the state of a list', [']}b'], 'sets the state of a list; nothing was run'],
    ['the storage of a tensor', [op.tensor({}), '(NNNNtb'], 'sets the state of a tensor; nothing was run'],
  ])('runs nothing: %s', (_, instructions, message) => {
    expect(() => run(...instructions)).toThrow(WeightsError);
    expect(() => run(...instructions)).toThrow(message);
    expect(() => run(...instructions)).toThrow("torch.save(model.state_dict(), 'weights.pth')");
  });

  const storage = op.storage({ type: 'FloatStorage', key: '0', length: 4 });
  const rebuild = op.global('torch._utils', '_rebuild_tensor_v2');
  it.each<[string, (Uint8Array | string)[], string]>([
    ['nothing', [], 'takes more values from its stack than it put there'],
    ['pop from an empty stack', ['a'], 'takes more values'],
    ['pop below a mark', ['N](a'], 'takes more values'],
    ['a tuple below a mark', ['NN(N\x87'], 'takes more values'],
    ['a tuple of too few', ['N\x86'], 'takes more values'],
    ['a mark too few', ['](NeNe'], 'closes a group that it never opened'],
    ['an open mark at the end', ['(N'], 'left over'],
    ['two results', ['NN'], 'left over'],
    ['recalling nothing', ['h\x00'], 'reads back value 0, which it never stored'],
    ['storing nothing', ['q\x00'], 'takes more values'],
    ['appending to None', ['N(Ne'], 'appends to a NoneType'],
    ['items of a list', [']NNs'], 'sets items of a list'],
    ['a key without a value', ['}(Nu'], 'a key without a value'],
    ['an unknown instruction', ['\xff'], 'no pickle instruction 0xff; nothing was run'],
    ['dropping from an empty stack', ['0'], 'takes more values'],
    ['dropping to a mark that is not there', ['N1'], 'closes a group that it never opened'],
    ['a class and no arguments', ['(o'], 'asks Python to call "a class"'],
    ['protocol 0 instructions', ['I1\n'], 'no pickle instruction 0x49'],
    ['LONG4', ['\x8b\xff\xff\xff\x7f'], 'no pickle instruction 0x8b'],
    [
      'a text longer than the file',
      ['X\xff\xff\xff\xff'],
      '4294967295 more bytes are needed and only 1 are left',
    ],
    [
      'a text longer than memory',
      ['\x8d\xff\xff\xff\xff\xff\xff\x0f\x00'],
      '4503599627370495 more bytes are needed',
    ],
    [
      'a length past 2^53',
      ['\x8d\xff\xff\xff\xff\xff\xff\xff\xff'],
      'a length of 18446744073709551615 is impossible',
    ],
    ['a frame longer than the file', ['\x95\xff\0\0\0\0\0\0\0N'], 'a frame claims 255 bytes'],
    ['a text that is not UTF-8', ['X\x01\0\0\0\xe9'], 'not valid UTF-8'],
    ['a name without an end', ['ctorch'], 'a line does not end'],
    ['a name that is not a text', ['NN\x93'], 'not a text'],
    ['arguments that are no tuple', [orderedDict, 'NR'], 'calls a collections.OrderedDict'],
    [
      'an OrderedDict of numbers',
      [op.call(orderedDict, op.list(op.int(1)))],
      'gives collections.OrderedDict arguments',
    ],
    [
      'an OrderedDict of two lists',
      [op.call(orderedDict, op.list(), op.list())],
      'gives collections.OrderedDict arguments',
    ],
    ['a tensor of nothing', [op.call(rebuild)], 'gives torch._utils._rebuild_tensor_v2 arguments'],
    [
      'a tensor without storage',
      [op.call(rebuild, op.int(0), op.int(0), op.tuple(), op.tuple())],
      'arguments',
    ],
    ['a negative offset', [op.tensor({ offset: -1 })], 'arguments'],
    ['a negative size', [op.tensor({ shape: [-2, 2] })], 'arguments'],
    ['a negative stride', [op.tensor({ stride: [-2, 1] })], 'arguments'],
    ['fewer strides than sizes', [op.tensor({ stride: [1] })], 'arguments'],
    [
      '65 dimensions',
      [op.tensor({ shape: new Array<number>(65).fill(1), stride: new Array<number>(65).fill(1) })],
      'arguments',
    ],
    [
      'a fractional size',
      [op.call(rebuild, storage, op.int(0), op.tuple(bytesOf('G?\xe0\0\0\0\0\0\0')), op.tuple(op.int(1)))],
      'arguments',
    ],
    [
      'a Parameter of a text',
      [op.call(op.global('torch.nn.parameter', 'Parameter'), op.text('x'))],
      'arguments',
    ],
    ['an unknown persistent id', [op.text('storage'), 'Q'], 'names external data'],
    [
      'a storage of a dictionary',
      [op.tuple(op.text('storage'), orderedDict, op.text('0'), op.text('cpu'), op.int(4)), 'Q'],
      'external data',
    ],
    [
      'a storage of -1 elements',
      [op.storage({ type: 'FloatStorage', key: '0', length: -1 })],
      'external data',
    ],
    [
      'a view beyond its storage',
      [
        op.storage({
          type: 'FloatStorage',
          key: '0',
          length: 4,
          view: op.tuple(op.text('v'), op.int(2), op.int(3)),
        }),
      ],
      'external data',
    ],
    [
      'a storage of two lengths',
      [storage, op.storage({ type: 'FloatStorage', key: '0', length: 5 })],
      'storage "0" is 5 × F32 in one place and 4 × F32',
    ],
    [
      'a storage of two dtypes',
      [storage, op.storage({ type: 'HalfStorage', key: '0', length: 4 })],
      '4 × F16 in one place and 4 × F32',
    ],
  ])('refuses %s', (_, instructions, message) => {
    expect(() => run(...instructions)).toThrow(WeightsError);
    expect(() => run(...instructions)).toThrow(message);
  });

  it.each([
    ['protocol 0', bytesOf('(dp0\n.'), 'not a pickle of protocol 2 or later'],
    ['protocol 1', bytesOf('\x80\x01N.'), 'pickle protocol 1 is not one of 2 to 5'],
    ['protocol 6', bytesOf('\x80\x06N.'), 'pickle protocol 6'],
    ['no bytes', bytesOf(), '1 more bytes are needed'],
    ['no end', bytesOf('\x80\x02N'), '1 more bytes are needed'],
  ])('refuses %s', (_, bytes, message) => {
    expect(() => read(bytes)).toThrow(message);
  });
});

describe('bombs', () => {
  it('nests as deep as the file likes', () => {
    const depth = 500_000;
    expect(run(']'.repeat(depth), 'a'.repeat(depth - 1))).toHaveLength(1);
    expect(run('N', '\x85'.repeat(depth))).toMatchObject({ kind: 'tuple' });
  });

  it('doubles nothing: 200 tuples that each hold the one before twice', () => {
    const nested = Array.from({ length: 200 }, (_, i) => bytesOf('h', i, 'h', i, '\x86q', i + 1));
    expect(run('(]q\x00', ...nested, 't')).toMatchObject({ kind: 'tuple' });
  });

  it('counts instructions, for a byte can make a dictionary', () => {
    expect(() => run('}'.repeat(2_000_001))).toThrow('more than 2000000 instructions');
  });

  it('counts foreign names, and keeps them short, since each is joined from two texts that the file may use again', () => {
    const half = (length: number) => op.text('x'.repeat(length));
    expect(() => run(half(256), half(257), '\x93')).toThrow('a name in the pickle has 513 characters');
    expect(run(half(256), half(256), '\x93')).toMatchObject({ isForeign: true });
    const many = Array.from({ length: 10_001 }, (_, i) => op.global('m', `c${i}`));
    expect(() => run('(', ...many, 't')).toThrow('names too many different classes');
  });

  it('keeps nothing of what placeholders are given', () => {
    const calls = 'h\x00h\x01R'.repeat(400_000);
    const value = run(
      '(',
      op.global('numpy', 'zeros'),
      'q\x00',
      op.tuple(op.int(2 ** 31 - 1)),
      'q\x01',
      calls,
      't',
    ) as PickleTuple;
    expect(new Set(value.items.slice(2).map((item) => JSON.stringify(item)))).toEqual(
      new Set(['{"kind":"placeholder","name":"numpy.zeros"}']),
    );
  });

  it('counts what OrderedDict copies of one list again and again', () => {
    const orderedDictInMemo = bytesOf(orderedDict, 'q\x01');
    const pairs = 'K\x01K\x01\x86'.repeat(1000);
    const again = 'h\x01h\x00\x85R'.repeat(3000);
    expect(() => run('(', orderedDictInMemo, '](', pairs, 'eq\x00', again, 't')).toThrow(
      'gives collections.OrderedDict arguments',
    );
  });
});
