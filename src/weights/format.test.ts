import { describe, expect, it } from 'vitest';
import { WeightsError } from './errors.ts';
import {
  bytesOf,
  floats,
  op,
  pickleOf,
  safetensorsFile,
  torchLegacy,
  torchZip,
  zipFile,
} from './handmade.ts';
import { readWeights } from './index.ts';

describe('readWeights', () => {
  it('tells the formats by their content', () => {
    const object = pickleOf(op.dict({ x: op.tensor({}) }));
    const safetensors = {
      x: { dtype: 'F32', shape: [2, 2], data_offsets: [0, 16] },
      __metadata__: { a: 'b' },
    };
    const data = floats(1, 2, 3, 4);
    for (const file of [
      safetensorsFile(safetensors, data),
      torchZip(object, { 0: data }),
      torchLegacy(object, { 0: [4, data] }),
    ]) {
      expect(readWeights(file, 'f').tensors.get('x')).toEqual({
        shape: [2, 2],
        data: Float32Array.of(1, 2, 3, 4),
      });
    }
    expect(readWeights(safetensorsFile(safetensors, data), 'f').metadata).toEqual({ a: 'b' });
  });

  it('knows safetensors by the brace, whatever byte the length of the header begins with', () => {
    const header = JSON.stringify({ x: { dtype: 'F32', shape: [1], data_offsets: [0, 4] } });
    for (let length = 256; length < 512; length++) {
      const file = safetensorsFile(header.padEnd(length), floats(1));
      expect(readWeights(file, 'f').tensors.get('x')?.data, String(length)).toEqual(Float32Array.of(1));
    }
  });

  const tar = bytesOf(new Uint8Array(257), 'ustar\x0000', new Uint8Array(760));
  const wholeZip = torchZip(pickleOf(op.dict({ x: op.tensor({}) })), { 0: floats(1, 2, 3, 4) });
  it.each<[string, Uint8Array, RegExp]>([
    ['an empty file', bytesOf(), /the file is empty \(0 bytes\)\. .*download/],
    [
      'a git-lfs pointer',
      bytesOf('version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 46830571\n'),
      /git-lfs pointer.*git lfs pull/,
    ],
    [
      'a web page',
      bytesOf('\n<!DOCTYPE html><html><title>Sign in</title>'),
      /a web page.*login or error page/,
    ],
    ['a web page in small letters', bytesOf('<html lang="en">'), /a web page/],
    ['an XML error', bytesOf('<?xml version="1.0"?><Error><Code>AccessDenied</Code>'), /a web page/],
    ['text', bytesOf('epoch,loss\n1,0.5\n'), /a text file and begins with "epoch,loss\\n1" \(65 70 /],
    ['JSON', bytesOf('{"message":"Not Found"}'), /a text file/],
    ['gzip', bytesOf(0x1f, 0x8b, 8, 0), /gzip-compressed.*Unpack/],
    [
      'a JPEG',
      bytesOf(0xff, 0xd8, 0xff, 0xe0, 0, 16, 'JFIF', 0, 1),
      /neither safetensors nor a PyTorch file/,
    ],
    ['HDF5', bytesOf('\x89HDF\r\n\x1a\n'), /HDF5/],
    ['a NumPy array', bytesOf('\x93NUMPY\x01'), /NumPy/],
    ['an empty zip archive', zipFile([]), /an empty zip archive/],
    [
      'another zip archive',
      zipFile([{ name: 'word/document.xml', data: bytesOf('x') }]),
      /without the entry NAME\/data\.pkl/,
    ],
    ['a tar archive', tar, /a tar archive, the format of the very first PyTorch releases.*torch\.save/],
    ['half a zip archive', wholeZip.subarray(0, 300), /no directory at the end of its 300 bytes.*download/],
    [
      'half a safetensors file',
      bytesOf(100, new Uint8Array(7), '{"x"'),
      /claims 100 bytes.*only 4.*download/,
    ],
    ['a bare pickle', pickleOf(op.dict({})), /a pickle that torch\.save did not write/],
    ['five bytes', bytesOf(1, 2, 3, 4, 5), /neither safetensors nor/],
    ['eight zero bytes', new Uint8Array(8), /header does not begin with/],
    ['zeros', new Uint8Array(1000), /neither safetensors nor/],
  ])('says what it got: %s', (_, file, message) => {
    expect(() => readWeights(file, 'dir/model.pth')).toThrow(WeightsError);
    expect(() => readWeights(file, 'dir/model.pth')).toThrow(message);
    expect(() => readWeights(file, 'dir/model.pth')).toThrow(/^dir\/model\.pth: /);
  });
});
