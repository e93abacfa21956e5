import { describe, expect, it } from 'vitest';
import { fixture, golden } from '../../../../test/golden/fixtures.ts';
import { DataError } from '../../../data/errors.ts';
import { decoderOf, decodersHere } from './decoders.ts';
import { reportPhotos } from './report.ts';
import { openSharp, type Sharp } from './sharp.ts';

const there = { sharp: (() => undefined) as unknown as Sharp };
const gone = { sharp: undefined, reason: 'it is not installed' };

describe('the decoders of this machine', () => {
  it('are sharp before those of graft, where there is sharp', () => {
    expect(decodersHere('', there)).toEqual(['sharp', 'graft']);
    expect(decodersHere('', gone)).toEqual(['graft']);
  });

  it('come in the order that is asked for', () => {
    expect(decodersHere('graft', there)).toEqual(['graft', 'sharp']);
    expect(decodersHere('Sharp', there)).toEqual(['sharp', 'graft']);
    expect(decodersHere('graft', gone)).toEqual(['graft']);
  });

  it('say what is wrong with what is asked for', () => {
    const refusal = (want: string, opened: typeof there | typeof gone) => () => decodersHere(want, opened);
    expect(refusal('sharp', gone)).toThrow(DataError);
    expect(refusal('sharp', gone)).toThrow('GRAFT_DECODER=sharp cannot be had: it is not installed.');
    for (const opened of [there, gone])
      expect(refusal('pillow', opened)).toThrow(
        'GRAFT_DECODER=pillow names no decoder: it may be sharp or graft.',
      );
  });

  it('are each what their name says', async () => {
    const bytes = fixture('rgb-8.png');
    for (const name of decodersHere('')) {
      const { width, height, data } = await decoderOf(name)(bytes, {});
      expect({ width, height, data: new Uint8Array(data) }, name).toEqual(golden('rgb-8.ppm'));
    }
    expect(() => decoderOf('browser')).toThrow(RangeError);
  });

  it('are told of, with the reason where sharp is not among them', async () => {
    expect(await reportPhotos('', gone)).toEqual({
      decoder: "graft's own decoders",
      formats: ['JPEG', 'PNG'],
      reason: 'sharp would read more and faster: it is not installed',
    });
    expect(await reportPhotos('graft', there)).toMatchObject({ reason: 'GRAFT_DECODER=graft asks for them' });
  });

  it('have none of the threads and caches that sharp brings', () => {
    const { sharp } = openSharp();
    if (!sharp) return console.log('skipped: sharp is not to be had here');
    expect(sharp.concurrency()).toBe(1);
    expect(sharp.cache().memory.max).toBe(0);
  });
});
