/**
 * What every rung of the convolution ladder computes, y = x ∗ weight, and how the direct ones (1 to 4) see it: as a matrix product.
 * A row of the left matrix is the window of one output pixel, r · s · c numbers of x; a column of the right one is an output
 * channel's r · s · c weights. The left matrix is never built, which would copy each pixel r · s times: the kernels compute
 * where its elements lie. That is what "implicit GEMM" means.
 */
import { type Gpu, type Grid, type Kernel, read, type Storage, wgsl, write } from '../../../gpu/index.ts';
import { checkStorages } from '../../checks.ts';
import type { Reuse, Rung } from '../../rung.ts';
import { checkConv2dShape, type Conv2dShape, outputSize } from '../shape.ts';

/** x `[n, h, w, c]`, weight `[r, s, c, k]`, y `[n, oh, ow, k]`. */
export interface Conv2dStorages {
  readonly x: Storage;
  readonly weight: Storage;
  readonly y: Storage;
}

export type Conv2dRung = Rung<Conv2dStorages, Conv2dShape>;

/** The bindings of a rung that touches one element at a time, and of one that touches four. */
export const scalars = { x: read(), weight: read(), y: write() };
export const vectors = { x: read('vec4f'), weight: read('vec4f'), y: write('vec4f') };

/** Whether the channels of a pixel, in x and in y, are whole vec4s. */
export const inFours = ({ c, k }: Conv2dShape): boolean => c % 4 === 0 && k % 4 === 0;

export const sizes = {
  h: 'i32',
  w: 'i32',
  c: 'u32',
  k: 'u32',
  r: 'i32',
  s: 'i32',
  oh: 'u32',
  ow: 'u32',
  /** Output pixels, the rows of the product: n · oh · ow. */
  pixels: 'u32',
  stride: 'i32',
  padding: 'i32',
} as const;

/** Where the window of an output pixel lies in x; with padding it may begin above or left of the image. */
export const windowFunctions = wgsl`
struct Window { image: i32, top: i32, left: i32 }

fn window_of(pixel: u32) -> Window {
  let image = pixel / (params.oh * params.ow);
  let top = i32(pixel / params.ow % params.oh) * params.stride - params.padding;
  let left = i32(pixel % params.ow) * params.stride - params.padding;
  return Window(i32(image), top, left);
}
// Whether the pixel (r, s) of a window lies in the image: a negative number as u32 is larger than any size.
fn inside(window: Window, r: i32, s: i32) -> bool {
  return u32(window.top + r) < u32(params.h) && u32(window.left + s) < u32(params.w);
}
// The index of the first channel of the pixel (r, s) of a window.
fn index_of(window: Window, r: i32, s: i32) -> u32 {
  return u32((window.image * params.h + window.top + r) * params.w + window.left + s) * params.c;
}`;

/** A rung that is one run of one kernel. */
export function conv2dRung(rung: {
  readonly name: string;
  readonly lesson: string;
  readonly kernel: Kernel<keyof Conv2dStorages, keyof typeof sizes>;
  readonly grid: (pixels: number, channels: number) => Grid;
  readonly reuse: Reuse;
  readonly needs?: string;
  readonly suits?: (shape: Conv2dShape) => boolean;
}): Conv2dRung {
  const { name, lesson, kernel, grid, reuse, needs, suits = () => true } = rung;
  return {
    name,
    lesson,
    kernels: [kernel],
    reuse: () => reuse,
    ...(needs !== undefined && { needs }),
    suits,
    run(gpu: Gpu, storages, shape) {
      checkConv2d(storages, shape);
      const { oh, ow } = outputSize(shape);
      const pixels = shape.n * oh * ow;
      gpu.run(kernel, storages, { ...shape, oh, ow, pixels }, grid(pixels, shape.k));
    },
  };
}

/** Throws `RangeError` for sizes that are no convolution, and for storages too small for them. */
export function checkConv2d({ x, weight, y }: Conv2dStorages, shape: Conv2dShape): void {
  checkConv2dShape(shape);
  const { n, h, w, c, k, r, s } = shape;
  const { oh, ow } = outputSize(shape);
  checkStorages('conv2d', {
    x: [x, n * h * w * c],
    weight: [weight, r * s * c * k],
    y: [y, n * oh * ow * k],
  });
}
