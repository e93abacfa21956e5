// A walk over a JPEG's markers (ITU T.81 Annex B) without decoding anything. It runs before the decoder to
// learn what the decoder cannot be trusted with: whether the image's size is sane, whether the file is
// whole, and how colours are coded.

import { ImageError } from './errors.ts';

export interface JpegHeader {
  readonly width: number;
  readonly height: number;
  readonly progressive: boolean;
  readonly components: readonly JpegComponent[];
  /** Whether three components are YCbCr (four: YCCK), by libjpeg's rules. */
  readonly isYcc: boolean;
  /** Where Adobe's marker keeps its colour transform, if that marker is there. */
  readonly adobeTransformAt: number | undefined;
  /** Number of scans; a baseline file has one, or one per component; a progressive one about ten. */
  readonly scans: number;
  /** Bytes of entropy-coded data over all scans. */
  readonly codedBytes: number;
  /** Offset just behind the end-of-image marker. */
  readonly end: number;
}

export interface JpegComponent {
  readonly id: number;
  readonly horizontalSampling: number;
  readonly verticalSampling: number;
}

const SOI = 0xd8;
const EOI = 0xd9;
const SOS = 0xda;
const TEM = 0x01;
const APP0 = 0xe0;
const APP14 = 0xee;
const isRestart = (marker: number) => marker >= 0xd0 && marker <= 0xd7;
/** SOF0 … SOF15 without DHT (C4), JPG (C8) and DAC (CC), which share the range. */
const isFrame = (marker: number) =>
  marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;

/**
 * Reads a JPEG's structure up to its end-of-image marker.
 * @throws ImageError if the file is truncated, has no frame or several, or uses a coding other than 8-bit Huffman DCT.
 */
export function readJpegHeader(bytes: Uint8Array): JpegHeader {
  let frame: ReturnType<typeof readFrame> | undefined;
  let hasJfif = false;
  let adobeTransformAt: number | undefined;
  let scans = 0;
  let codedBytes = 0;

  let offset = 2; // behind SOI
  for (;;) {
    const marker = readMarker(bytes, offset);
    offset = marker.end;
    if (marker.code === EOI) break;
    if (marker.code === TEM || isRestart(marker.code)) continue;
    if (marker.code === SOI) throw new ImageError('is a corrupt JPEG (a second image starts inside it)');
    const segment = readSegment(bytes, offset);
    offset += 2 + segment.length;

    if (isFrame(marker.code)) {
      if (frame) throw new ImageError('is a corrupt JPEG (it has several frames)');
      frame = readFrame(marker.code, segment);
    } else if (marker.code === SOS) {
      if (!frame) throw new ImageError('is a corrupt JPEG (image data comes before its header)');
      scans++;
      const start = offset;
      offset = skipEntropyCoded(bytes, offset);
      codedBytes += offset - start;
    } else if (marker.code === APP0 && startsWith(segment, 'JFIF\0')) {
      hasJfif = true;
    } else if (marker.code === APP14 && startsWith(segment, 'Adobe') && segment.length >= 12) {
      adobeTransformAt = segment.byteOffset - bytes.byteOffset + 11;
    }
  }
  if (!frame || scans === 0) throw new ImageError('is a corrupt JPEG (it holds no image data)');
  return {
    ...frame,
    isYcc: isYcc(
      frame.components,
      hasJfif,
      adobeTransformAt === undefined ? undefined : bytes[adobeTransformAt],
    ),
    adobeTransformAt,
    scans,
    codedBytes,
    end: offset,
  };
}

/**
 * libjpeg's `default_decompress_parms`: JFIF means YCbCr, else Adobe's transform flag
 * decides, else the components' names.
 */
function isYcc(components: readonly JpegComponent[], hasJfif: boolean, adobeTransform: number | undefined) {
  if (components.length === 4) return adobeTransform !== undefined && adobeTransform !== 0;
  if (hasJfif) return true;
  if (adobeTransform !== undefined) return adobeTransform !== 0;
  return String.fromCharCode(...components.map(({ id }) => id)) !== 'RGB';
}

function readFrame(marker: number, segment: Uint8Array) {
  if (marker > 0xc2) {
    throw new ImageError(
      'is a lossless, hierarchical or arithmetic-coded JPEG, which graft cannot read: convert it',
    );
  }
  const [precision = 0, h1 = 0, h0 = 0, w1 = 0, w0 = 0, count = 0] = segment;
  if (segment.length < 6 + 3 * count) throw new ImageError('is a corrupt JPEG (its header is cut short)');
  if (precision !== 8) {
    throw new ImageError(`is a JPEG with ${precision} bits per sample; graft reads 8: convert it`);
  }
  if (count !== 1 && count !== 3 && count !== 4) {
    throw new ImageError(`is a JPEG with ${count} colour components; graft reads 1, 3 and 4: convert it`);
  }
  const components: JpegComponent[] = [];
  for (let i = 0; i < count; i++) {
    const [id = 0, sampling = 0] = segment.subarray(6 + 3 * i);
    const horizontalSampling = sampling >> 4;
    const verticalSampling = sampling & 15;
    if (![horizontalSampling, verticalSampling].every((factor) => factor >= 1 && factor <= 4)) {
      throw new ImageError('is a corrupt JPEG (a sampling factor is not between 1 and 4)');
    }
    components.push({ id, horizontalSampling, verticalSampling });
  }
  return { width: (w1 << 8) | w0, height: (h1 << 8) | h0, progressive: marker === 0xc2, components };
}

/** The marker at or after `offset`; any number of fill bytes 0xFF may stand before it. */
function readMarker(bytes: Uint8Array, offset: number) {
  if (offset < bytes.length && bytes[offset] !== 0xff) {
    throw new ImageError(`is a corrupt JPEG (no marker at byte ${offset})`);
  }
  let end = offset;
  while (bytes[end] === 0xff) end++;
  const code = bytes[end];
  if (code === undefined) throw truncated(bytes);
  return { code, end: end + 1 };
}

/** A segment's payload; its two-byte length counts itself. */
function readSegment(bytes: Uint8Array, offset: number): Uint8Array {
  const [high, low] = bytes.subarray(offset, offset + 2);
  if (high === undefined || low === undefined) throw truncated(bytes);
  const length = (high << 8) | low;
  if (length < 2) throw new ImageError(`is a corrupt JPEG (a segment of length ${length} at byte ${offset})`);
  if (offset + length > bytes.length) throw truncated(bytes);
  return bytes.subarray(offset + 2, offset + length);
}

/** Entropy-coded data ends at the first 0xFF that is neither stuffed (0xFF00) nor a restart marker. */
function skipEntropyCoded(bytes: Uint8Array, offset: number): number {
  for (;;) {
    const found = bytes.indexOf(0xff, offset);
    const next = bytes[found + 1];
    if (found === -1 || next === undefined) throw truncated(bytes);
    if (next !== 0 && !isRestart(next)) return found;
    offset = found + 2;
  }
}

function startsWith(segment: Uint8Array, text: string): boolean {
  return [...text].every((character, i) => segment[i] === character.charCodeAt(0));
}

function truncated(bytes: Uint8Array): ImageError {
  return new ImageError(`is truncated: it ends after ${bytes.length} bytes, before the JPEG's end marker`);
}
