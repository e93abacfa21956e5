import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { WeightsError } from './errors.ts';
import { bytesOf, floats, little, op, pickleOf, torchLegacy, torchZip } from './handmade.ts';
import { readPth, readPthWithNotes } from './pth.ts';

const golden = (name: string) => readFileSync(new URL(`../../test/golden/pth/${name}`, import.meta.url));
const readGolden = (name: string) => readPth(golden(name), name);

/** The numerators of make_pth.py: element i of a storage with seed s is ((37 i + s) mod 101) - 50. */
const numerator = (i: number, seed: number) => ((37 * i + seed) % 101) - 50;
function values(count: number, seed: number, denominator = 64): Float32Array {
  return Float32Array.from({ length: count }, (_, i) => numerator(i, seed) / denominator);
}

describe('files that PyTorch saved', () => {
  const shapes: [string, number[]][] = [
    ['conv1.weight', [4, 3, 3, 3]],
    ['bn1.weight', [4]],
    ['bn1.bias', [4]],
    ['bn1.running_mean', [4]],
    ['bn1.running_var', [4]],
    ['bn1.num_batches_tracked', []],
    ['fc.weight', [2, 4]],
    ['fc.bias', [2]],
  ];
  const net = shapes.map(([name, shape], seed) => {
    const count = shape.reduce((a, b) => a * b, 1);
    return [name, { shape, data: values(count, seed, name.endsWith('tracked') ? 1 : 64) }];
  });

  it.each(['zip.pth', 'legacy.pth', 'protocol4.pth', 'checkpoint.pth', 'class.pth'])('%s', (name) => {
    expect(Array.from(readGolden(name))).toEqual(net);
  });

  it('parameters.pth', () => {
    const tensors = readGolden('parameters.pth');
    expect(Array.from(tensors.keys())).toEqual([
      'conv1.weight',
      'bn1.weight',
      'bn1.bias',
      'fc.weight',
      'fc.bias',
    ]);
    for (const [name, tensor] of tensors)
      expect([name, tensor]).toEqual(net.find(([other]) => other === name));
  });

  it.each(['training.pth', 'training-protocol4.pth', 'training-legacy.pth', 'averaged.pth'])('%s', (name) => {
    expect(Array.from(readGolden(name))).toEqual(net);
  });

  it('training.pth is said to be more than its network', () => {
    expect(readPthWithNotes(golden('training.pth'), 'f').notes).toEqual([
      'its "model" was taken and not its "model_ema"',
      '"args", "started", "took", "accuracy" and 13 more left out',
      'nothing was run of "argparse.Namespace", "pathlib.PurePosixPath", "torch.device", "datetime.datetime" and 16 more',
    ]);
  });

  it('counts.pth: a count that float32 cannot hold, in a list, is a number near it', () => {
    const count = readGolden('counts.pth').get('bn1.num_batches_tracked');
    expect(count).toEqual({ shape: [1], data: Float32Array.of(2 ** 24) });
  });

  it.each(['views-zip.pth', 'views-legacy.pth'])('%s', (name) => {
    const tensors = readGolden(name);
    const base = (i: number) => numerator(i, 7) / 64;
    const expectView = (view: string, shape: number[], element: (...index: number[]) => number) => {
      const indices = shape.reduce<number[][]>(
        (all, n) => all.flatMap((at) => Array.from({ length: n }, (_, i) => [...at, i])),
        [[]],
      );
      expect([view, tensors.get(view)]).toEqual([
        view,
        { shape, data: Float32Array.from(indices, (at) => base(element(...at))) },
      ]);
    };
    expectView('whole', [60], (i = 0) => i);
    expectView('transposed', [10, 6], (i = 0, j = 0) => 10 * j + i);
    expectView('block', [3, 3], (i = 0, j = 0) => 10 * (1 + i) + 2 + 3 * j);
    expectView('channels_last', [2, 2, 4, 3], (n = 0, y = 0, x = 0, c = 0) => 24 * n + 8 * c + 4 * y + x);
    expectView('scalar', [], () => 23);
    expectView('broadcast', [4, 3], (_, j = 0) => j);
    expectView('empty', [0, 10], () => 0);
    expect(tensors.get('other')).toEqual({ shape: [5], data: values(5, 8) });
    expect(tensors.size).toBe(8);
  });

  it.each(['dtypes-zip.pth', 'dtypes-legacy.pth'])('%s', (name) => {
    const tensors = readGolden(name);
    for (const dtype of ['float32', 'float16', 'bfloat16', 'float64']) {
      expect([dtype, tensors.get(dtype)]).toEqual([dtype, { shape: [3, 5], data: values(15, 9) }]);
    }
    for (const dtype of ['int64', 'int32', 'int16', 'int8']) {
      expect([dtype, tensors.get(dtype)]).toEqual([dtype, { shape: [3, 5], data: values(15, 9, 1) }]);
    }
    expect(tensors.get('uint8')?.data).toEqual(Float32Array.from({ length: 15 }, (_, i) => 17 * i));
    expect(tensors.get('bool')?.data).toEqual(Float32Array.of(1, 0, 1, 1));
    expect(tensors.get('half_specials')?.data).toEqual(
      Float32Array.of(0, -0, 2 ** -24, 2 ** -14, 65504, Infinity, -Infinity, NaN),
    );
    expect(tensors.size).toBe(11);
  });

  it.each([
    [
      'os-system-zip.pth',
      'it asks Python to make its entry "fc.weight" by "posix.system", which gives no tensor; nothing was run',
    ],
    [
      'os-system-legacy.pth',
      'it asks Python to make its entry "fc.weight" by "posix.system", which gives no tensor; nothing was run',
    ],
    [
      'whole-model-zip.pth',
      'it holds a whole Python object of the class "__main__.Scale" instead of its tensors; nothing was run',
    ],
    [
      'whole-model-legacy.pth',
      'it holds a whole Python object of the class "__main__.Scale" instead of its tensors; nothing was run',
    ],
    ['inexact.pth', 'tensor "steps" holds the I64 value 16777217, which float32 cannot hold'],
  ])('%s is refused', (name, message) => {
    expect(() => readGolden(name)).toThrow(WeightsError);
    expect(() => readGolden(name)).toThrow(`${name}: ${message}`);
  });
});

describe('a real ResNet-18', () => {
  const path = '../shared/weights/resnet18-imagenet-nc.pth';
  const present = existsSync(path);
  if (!present) console.log(`skipped: a real ResNet-18 is read, because ${path} is not there`);

  it.skipIf(!present)('has the names, shapes and sums that PyTorch prints', () => {
    const tensors = readPth(readFileSync(path), path);
    expect(tensors.size).toBe(122);
    expect(Array.from(tensors.values()).reduce((sum, { data }) => sum + data.length, 0)).toBe(11_699_132);
    // [name, shape, sum, sum of magnitudes] by torch.load and Tensor.double().sum().
    const expected: [string, number[], number, number][] = [
      ['conv1.weight', [64, 3, 7, 7], 9.635466447430447, 1315.5343490164207],
      ['bn1.running_var', [64], 1869.0866908882863, 1869.0866908882863],
      ['layer1.0.conv1.weight', [64, 64, 3, 3], -257.66989040374756, 3010.3881006240845],
      ['layer2.0.downsample.0.weight', [128, 64, 1, 1], -16.8315212726593, 780.6677939891815],
      ['layer4.1.bn2.running_mean', [512], -131.448122547823, 150.18449807644356],
      ['fc.weight', [1000, 512], -15855.226765036583, 54141.71746122837],
      ['fc.bias', [1000], -21.814460252877325, 175.9886687719263],
      ['bn1.num_batches_tracked', [], 0, 0],
    ];
    for (const [name, shape, sum, magnitude] of expected) {
      const { data, ...tensor } = tensors.get(name) ?? { shape: undefined, data: new Float32Array() };
      expect([name, tensor.shape]).toEqual([name, shape]);
      // Both sums are in doubles; only the order of the additions differs.
      expect(data.reduce((total, value) => total + value, 0)).toBeCloseTo(sum, 8);
      expect(data.reduce((total, value) => total + Math.abs(value), 0)).toBeCloseTo(magnitude, 8);
    }
  });
});

describe('files made by hand', () => {
  const data = floats(1, 2, 3, 4);
  const one = pickleOf(op.dict({ x: op.tensor({}) }));
  const read = (bytes: Uint8Array) => readPth(bytes, 'f');
  const zip = (object: Uint8Array, storages: Record<string, Uint8Array> = { 0: data }) =>
    torchZip(pickleOf(object), storages);

  it('reads big-endian archives', () => {
    const big = bytesOf(0x3f, 0x80, 0, 0, 0x40, 0, 0, 0, 0x40, 0x40, 0, 0, 0x40, 0x80, 0, 0);
    const file = torchZip(one, { 0: big }, [{ name: 'archive/byteorder', data: bytesOf('big') }]);
    expect(read(file).get('x')?.data).toEqual(Float32Array.of(1, 2, 3, 4));
    const little = torchZip(one, { 0: data }, [{ name: 'archive/byteorder', data: bytesOf('little') }]);
    expect(read(little).get('x')?.data).toEqual(Float32Array.of(1, 2, 3, 4));
  });

  it('reads the views of storages that the oldest files have', () => {
    const view = op.tuple(op.text('view'), op.int(1), op.int(3));
    const object = pickleOf(op.dict({ x: op.tensor({ view, offset: 1, shape: [2], stride: [1] }) }));
    expect(read(torchLegacy(object, { 0: [4, data] })).get('x')?.data).toEqual(Float32Array.of(3, 4));
    const beyond = pickleOf(op.dict({ x: op.tensor({ view, offset: 2, shape: [2], stride: [1] }) }));
    expect(() => read(torchLegacy(beyond, { 0: [4, data] }))).toThrow('reaches element 3 of a storage of 3');
  });

  it('unwraps checkpoints, and strips "module." only where all names have it', () => {
    const x = op.tensor({});
    const names = (object: Uint8Array) => Array.from(read(zip(object)).keys());
    expect(names(op.dict({ epoch: op.int(3), model: op.dict({ a: x }) }))).toEqual(['a']);
    expect(names(op.dict({ model_state_dict: op.dict({ a: x }), best: x }))).toEqual(['a']);
    expect(names(op.dict({ 'module.a': x, 'module.b': x }))).toEqual(['a', 'b']);
    expect(names(op.dict({ 'module.a': x, b: x }))).toEqual(['module.a', 'b']);
  });

  it('lets tied weights share a storage', () => {
    const tensors = read(zip(op.dict({ a: op.tensor({}), b: op.tensor({}) })));
    expect(tensors.get('a')).toEqual(tensors.get('b'));
  });

  const tensor = (parts: Parameters<typeof op.tensor>[0]) => zip(op.dict({ x: op.tensor(parts) }));
  const legacy = (...storages: Parameters<typeof torchLegacy>[1][]) => torchLegacy(one, storages[0] ?? {});
  it.each<[string, Uint8Array, string]>([
    ['a list', zip(op.list()), 'it holds a value of type list, not a dictionary of tensors'],
    ['a tensor', zip(op.tensor({})), 'it holds a value of type tensor, not a dictionary'],
    ['an empty dictionary', zip(op.dict({})), 'it holds an empty dictionary'],
    [
      'an unknown wrapper',
      zip(op.dict({ epoch: op.int(1), net: op.dict({}) })),
      'entry "epoch" is of type int, not a named tensor (keys: "epoch", "net")',
    ],
    [
      'a number for a name',
      zip(bytesOf('}', op.int(1), op.tensor({}), 's')),
      'entry with a key of type int is of type tensor, not a named tensor',
    ],
    ['a view past its storage', tensor({ shape: [5], stride: [1] }), 'reaches element 4 of a storage of 4'],
    [
      'an offset past its storage',
      tensor({ shape: [], stride: [], offset: 4 }),
      'reaches element 4 of a storage of 4',
    ],
    ['a stride past its storage', tensor({ shape: [2], stride: [4] }), 'reaches element 4 of a storage of 4'],
    [
      'a terabyte of one number',
      tensor({ shape: [2 ** 30, 2 ** 10], stride: [0, 0] }),
      'its tensors have 1099511627776 elements',
    ],
    [
      'more elements than numbers can count',
      tensor({ shape: new Array<number>(64).fill(2 ** 31 - 1), stride: new Array<number>(64).fill(0) }),
      'elements, in',
    ],
    ['a storage that is missing', torchZip(one, { 1: data }), 'the archive lacks the storage "0"'],
    [
      'a storage that is too short',
      torchZip(one, { 0: floats(1, 2, 3) }),
      'storage "0" should have 16 bytes and has 12',
    ],
    [
      'a storage that is too long',
      torchZip(one, { 0: floats(1, 2, 3, 4, 5) }),
      'storage "0" should have 16 bytes and has 20',
    ],
    [
      'an unknown byte order',
      torchZip(one, { 0: data }, [{ name: 'archive/byteorder', data: bytesOf('pdp') }]),
      'byte order is "pdp"',
    ],
    [
      'TorchScript',
      torchZip(one, { 0: data }, [{ name: 'archive/constants.pkl', data: bytesOf() }]),
      'a TorchScript program',
    ],
    ['a missing list of storages', torchLegacy(one, {}).subarray(0, -9), 'more bytes are needed'],
    ['no storages', legacy(), 'the file lacks the storage "0"'],
    [
      'a storage of another length',
      legacy({ 0: [3, floats(1, 2, 3)] }),
      'storage "0" should have 4 elements and has 3',
    ],
    [
      'a storage that nobody uses',
      legacy({ 0: [4, data], 1: [4, data] }),
      'names one twice, or one that no tensor uses',
    ],
    [
      'numbers cut short',
      legacy({ 0: [4, data.subarray(0, 15)] }),
      '16 more bytes are needed and only 15 are left',
    ],
    ['bytes after the end', bytesOf(legacy({ 0: [4, data] }), 0), '1 bytes are left over'],
    [
      'another version',
      bytesOf(pickleOf(bytesOf('\x8a\x0a', little(0x1950a86a20f9469cfc6cn, 10))), pickleOf(op.int(1002))),
      'version of its format is not 1001',
    ],
  ])('refuses %s', (_, file, message) => {
    expect(() => read(file)).toThrow(WeightsError);
    expect(() => read(file)).toThrow(message);
  });

  it('refuses a thousand copies of one half-precision storage', () => {
    const count = 20_000;
    const half = { type: 'HalfStorage', length: count, shape: [count], stride: [1] };
    const copies = Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`x${i}`, op.tensor(half)]));
    expect(() => read(zip(op.dict(copies), { 0: new Uint8Array(2 * count) }))).toThrow('its tensors have');
  });
});
