// The pixels of an ImageBitmap as RGB bytes. A 2D canvas is what all browsers have, but it multiplies colours by their opacity, and some
// browsers alter what is read from it so that visitors cannot be told apart by it. A frame of WebCodecs keeps the colours of transparent
// pixels; whether a bitmap is to be turned it does not care for.
import { ImageError } from '../../data/errors.ts';
import { type Colour, type DecodedImage, layOver } from '../../data/image.ts';

/** Rows of a bitmap, four bytes a pixel. */
interface Rows {
  readonly data: Uint8Array | Uint8ClampedArray;
  /** Bytes from one row to the next. */
  readonly stride: number;
  readonly isBgr: boolean;
  /** Whether the fourth byte is an opacity. */
  readonly hasAlpha: boolean;
}

interface OpenBitmap {
  rows(y: number, count: number): Rows | Promise<Rows>;
  close(): void;
}

/** A way to get at a bitmap's pixels. */
export type BitmapReader = (bitmap: ImageBitmap) => OpenBitmap;

/** Turns a bitmap upright where its file says so. Where an opacity is below 255, the colour is not what it was. */
export const byCanvas: BitmapReader = (bitmap) => {
  const { width, height } = bitmap;
  const canvas = new OffscreenCanvas(width, Math.min(height, rowsAtATime(width)));
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (!context) throw new Error('there is no canvas');
  context.globalCompositeOperation = 'copy';
  return {
    rows(y, count) {
      context.drawImage(bitmap, 0, -y);
      const { data } = context.getImageData(0, 0, width, count);
      return { data, stride: 4 * width, isBgr: false, hasAlpha: true };
    },
    close: () => (canvas.width = canvas.height = 0), // Safari keeps the memory of a canvas for long
  };
};

/** Formats of four bytes a pixel; what a browser gives for a bitmap otherwise is of no use here. */
const PACKED = /^(RGB|BGR)[AX]$/;

/** Gives all colours as they are stored. Throws for a bitmap that is to be turned. */
export const byFrame: BitmapReader = (bitmap) => {
  const { width, height } = bitmap;
  const frame: VideoFrame & { readonly rotation?: number; readonly flip?: boolean } = new VideoFrame(bitmap, {
    ...{ timestamp: 0, alpha: 'keep' },
  });
  const format = frame.format ?? '';
  const isUpright =
    frame.codedWidth === width && frame.codedHeight === height && !frame.rotation && !frame.flip;
  let data = new Uint8Array();
  return {
    async rows(y, count) {
      if (!isUpright || !PACKED.test(format)) throw new Error(`a frame of ${format} that cannot be read`);
      const rect = { x: 0, y, width, height: count };
      const size = frame.allocationSize({ rect });
      if (data.length !== size) data = new Uint8Array(size);
      const [plane] = await frame.copyTo(data, { rect });
      const { offset = 0, stride = 4 * width } = plane ?? {};
      return {
        data: data.subarray(offset),
        stride,
        isBgr: format.startsWith('BGR'),
        hasAlpha: format.endsWith('A'),
      };
    },
    close: () => frame.close(),
  };
};

/** Four million pixels at a time: of a large photo there are then not two copies of four bytes a pixel. */
const rowsAtATime = (width: number) => Math.max(1, Math.floor(2 ** 22 / width));

export interface ReadOptions {
  /** What shows through transparent pixels; without it their opacity is dropped. */
  readonly background?: Colour | undefined;
  /** Whether the reader gives the colours of transparent pixels. */
  readonly isTrueToAlpha: boolean;
}

/** A bitmap was read that has transparent pixels, by a reader that loses their colours. */
export class TransparencyError extends ImageError {
  constructor() {
    super('has transparent pixels, whose colours this browser does not give: save it as PNG or JPEG');
  }
}

/** A bitmap as RGB [H, W, 3]. Throws `TransparencyError`, or what the browser throws. */
export async function readBitmap(
  bitmap: ImageBitmap,
  reader: BitmapReader,
  { background, isTrueToAlpha }: ReadOptions,
): Promise<DecodedImage> {
  const { width, height } = bitmap;
  const out = new Uint8Array(width * height * 3);
  const open = reader(bitmap);
  try {
    const step = rowsAtATime(width);
    for (let y = 0; y < height; y += step) {
      const count = Math.min(step, height - y);
      const rows = await open.rows(y, count);
      const part = out.subarray(3 * y * width, 3 * (y + count) * width);
      const opacity = copyColours(rows, width, part);
      if (!rows.hasAlpha || opacity === 255) continue;
      if (!isTrueToAlpha) throw new TransparencyError();
      if (background) layRowsOver(rows, width, part, background);
    }
  } finally {
    open.close();
  }
  return { width, height, data: out };
}

/* `!` below states what the index arithmetic guarantees and keeps a branch out of the innermost loops. */

/** Copies rows without their fourth bytes; gives all of these, and-ed: 255 if all pixels are opaque. */
function copyColours({ data, stride, isBgr }: Rows, width: number, out: Uint8Array): number {
  const [red, blue] = isBgr ? [2, 0] : [0, 2];
  let opacity = 255;
  for (let to = 0, row = 0; to < out.length; row += stride)
    for (let from = row, end = row + 4 * width; from < end; from += 4, to += 3) {
      out[to] = data[from + red]!;
      out[to + 1] = data[from + 1]!;
      out[to + 2] = data[from + blue]!;
      opacity &= data[from + 3]!;
    }
  return opacity;
}

function layRowsOver({ data, stride }: Rows, width: number, out: Uint8Array, background: Colour): void {
  for (let to = 0, row = 3; to < out.length; row += stride)
    for (let at = row, end = row + 4 * width; at < end; at += 4, to += 3)
      if (data[at]! < 255) layOver(out, to, data[at]!, background);
}
