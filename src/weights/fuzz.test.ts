// Whatever is done to a file, reading it ends soon, in tensors or in a WeightsError. Corruptions
// are seeded: a failure repeats.
import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { WeightsError } from './errors.ts';
import { bytesOf, floats, op, pickleOf, safetensorsFile, torchZip, zipFile } from './handmade.ts';
import { readWeights } from './index.ts';

const CORRUPTIONS = 3000;
/** No file here takes more than a few milliseconds; the rest of the allowance is for a busy machine. */
const LONGEST_MS = 2000;

const folder = new URL('../../test/golden/pth/', import.meta.url);
const files: [string, Uint8Array][] = readdirSync(folder).map((name) => [
  name,
  readFileSync(new URL(name, folder)),
]);
files.push([
  'safetensors',
  safetensorsFile(
    {
      __metadata__: { classes: '["cat","dog"]' },
      'conv.weight': { dtype: 'F32', shape: [2, 3], data_offsets: [0, 24] },
      half: { dtype: 'F16', shape: [2], data_offsets: [24, 28] },
      count: { dtype: 'I64', shape: [], data_offsets: [28, 36] },
    },
    [...floats(1, 2, 3, 4, 5, 6), 0, 0x3c, 0, 0x40, 7, 0, 0, 0, 0, 0, 0, 0],
  ),
]);
files.push([
  'zip64',
  zipFile([{ name: 'x/data.pkl', data: Uint8Array.of(0x80, 2, 0x7d, 0x2e) }], { zip64: true }),
]);

/** Mulberry32: 32 bits of state, good enough to place corruptions. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

function outcome(bytes: Uint8Array, what: string): 'read' | 'refused' {
  const start = performance.now();
  try {
    readWeights(bytes, 'f');
    return 'read';
  } catch (error) {
    if (!(error instanceof WeightsError)) throw new Error(`${what}: ${String(error)}`, { cause: error });
    return 'refused';
  } finally {
    const took = performance.now() - start;
    if (took > LONGEST_MS) expect.fail(`${what} took ${took} ms`);
  }
}

describe.each(files)('%s', (name, file) => {
  it('is refused at every length but its own', () => {
    for (let length = 0; length < file.length; length++) {
      const what = `${name} cut to ${length} bytes`;
      expect(outcome(file.subarray(0, length), what), what).toBe('refused');
    }
  });

  it(`survives ${CORRUPTIONS} single corrupted bytes`, () => {
    const next = random(file.length);
    const corrupted = Uint8Array.from(file);
    const counts = { read: 0, refused: 0 };
    for (let i = 0; i < CORRUPTIONS; i++) {
      const at = Math.floor(next() * file.length);
      const original = corrupted[at] as number;
      const candidates = [Math.floor(next() * 256), 0, 0xff, original ^ (1 << Math.floor(next() * 8))];
      corrupted[at] = candidates[i % 4] as number;
      counts[outcome(corrupted, `${name} with byte ${at} changed from ${original} to ${corrupted[at]}`)]++;
      corrupted[at] = original;
    }
    expect(counts.refused).toBeGreaterThan(CORRUPTIONS / 20);
  });
});

/** Instructions that make, fill, call, store and drop values of every kind, foreign ones above all. */
const instructions: readonly Uint8Array[] = [
  ...[
    'N',
    '\x88',
    '(',
    ')',
    ']',
    '}',
    '\x8f',
    '0',
    '1',
    'a',
    'e',
    's',
    'u',
    't',
    'b',
    'R',
    'Q',
    'o',
    '\x93',
    '\x94',
  ],
  ...['\x81', '\x85', '\x86', '\x87', '\x90', '\x91', '\x92', 'K\x00', 'q\x00', 'q\x01', 'h\x00', 'h\x01'],
  ...['ios\nsystem\n', 'cbuiltins\neval\n', 'cargparse\nNamespace\n', 'c__proto__\nconstructor\n'],
].map((text) => bytesOf(text));
const words: readonly Uint8Array[] = [
  ...instructions,
  ...['state_dict', 'model', 'a.b', 'storage', 'module', '0', 'torch', 'FloatStorage'].map(op.text),
  op.global('collections', 'OrderedDict'),
  op.global('torch._utils', '_rebuild_tensor_v2'),
  op.global('torch._utils', '_rebuild_parameter'),
  op.global('torch', 'FloatStorage'),
  op.global('torch', 'QInt8Storage'),
  op.tensor({}),
  op.tensor({ type: 'QInt8Storage', key: '1' }),
  op.call(op.global('posix', 'system'), op.text('rm')),
  op.tuple(op.text('a.b'), op.tensor({})),
];

describe('programs made of instructions at random', () => {
  it(`survives ${3 * CORRUPTIONS} of them around a network, and runs none`, () => {
    const next = random(1);
    const counts = { read: 0, refused: 0 };
    const pick = () => words[Math.floor(next() * words.length)] as Uint8Array;
    for (let i = 0; i < 3 * CORRUPTIONS; i++) {
      const noise = Array.from({ length: 1 + Math.floor(next() * 12) }, pick);
      // A group of noise is dropped again, so that programs which add up go on to the network.
      const before = i % 2 === 0 ? bytesOf('(', ...noise, '1') : bytesOf(...noise);
      const network = op.dict({ model: op.dict({ 'a.b': op.tensor({}) }) });
      const pickle = pickleOf(before, network, ...(i % 3 === 0 ? [pick()] : []));
      counts[outcome(torchZip(pickle, { 0: floats(1, 2, 3, 4) }), `program ${i}`)]++;
    }
    expect(counts.read).toBeGreaterThan(CORRUPTIONS / 20);
    expect(counts.refused).toBeGreaterThan(CORRUPTIONS / 20);
  });
});
