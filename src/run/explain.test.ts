import { expect, it } from 'vitest';
import { decodeImage } from '../data/index.ts';
import { overlayName, overlayPicture } from './explain.ts';

const seen = { width: 40, height: 20, data: new Uint8Array(40 * 20 * 3).fill(90) };
const map = { width: 2, height: 1, values: Float32Array.of(0, 1) };

it.each([
  [{}, [40, 20]],
  [{ least: 80 }, [80, 40]],
  [{ most: 10 }, [10, 5]],
  [{ least: 10, most: 100 }, [40, 20]],
])('makes an overlay of %j', async (size, expected) => {
  const { bytes, width, height, type } = overlayPicture({ seen, map }, size);
  expect([width, height]).toEqual(expected);
  expect(type).toBe('image/png');
  const image = await decodeImage(bytes);
  expect([image.width, image.height]).toEqual(expected);
  expect(image.data[0]).toBe(90);
  expect(image.data.at(-1)).not.toBe(90);
});

it('names overlays safely, each otherwise', () => {
  const taken = new Set<string>();
  const names = [
    'album/cat.jpg',
    'other/cat.png',
    'CAT.jpeg',
    'a b/Ünï 🐈 $(rm).png',
    '..',
    '',
    '-n.jpg',
    'C:\\photos\\con.jpg',
    `${'ö'.repeat(300)}.jpg`,
  ].map((path) => overlayName(path, taken));
  expect(names.slice(0, 8)).toEqual([
    'cat-looked.png',
    'cat-looked-2.png',
    'CAT-looked-3.png',
    'Ünï_____rm_-looked.png',
    '_-looked.png',
    '_-looked-2.png',
    '_n-looked.png',
    'con-looked.png',
  ]);
  expect(names[8]).toHaveLength(51);
});
