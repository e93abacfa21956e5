/** Runs the depthwise kernels, in parts of the batch where it exceeds a binding. */
import { rowOfWorkgroups, type Gpu, type Storage } from '../../../gpu/index.ts';
import { bindingChunks } from '../../chunks.ts';
import { widthOf, type Width } from '../../vectors.ts';
import { elementsOf, groupedOutput, type GroupedConv2dShape } from '../shape.ts';
import { mostParts, sumOfParts } from '../../sum-parts.ts';
import { depthwiseBackwardData } from './backward-data.wgsl.ts';
import { depthwiseBackwardWeight } from './backward-weight.wgsl.ts';
import { depthwiseForward } from './forward.wgsl.ts';
import { cut, THREADS } from './walk.ts';

/** Taps that a kernel writes out: more of them would be more text than a compiler should be given. */
const MOST_TAPS = 49;

/** Whether each channel is a convolution of its own, with taps side by side. */
export const isDepthwise = ({ c, k, groups, kernel, dilation }: GroupedConv2dShape): boolean =>
  groups === c && k === c && kernel[0] * kernel[1] <= MOST_TAPS && dilation[0] === 1 && dilation[1] === 1;

/** The most taps of which a thread keeps four channels' weights: of more, a single channel's leave registers for sums. */
const FEW_TAPS = 9;
/** Threads that sum a weight's gradient, where there is enough to sum. */
const SUMMING_THREADS = { gpu: 2 ** 15, software: 2 ** 10 } as const;

export function forward(
  gpu: Gpu,
  { x, weight, y }: { readonly x: Storage; readonly weight: Storage; readonly y: Storage },
  shape: GroupedConv2dShape,
): void {
  const { width, params, config, images, most } = workOf(gpu, shape);
  const rows = Math.min(most, params.outHeight);
  for (const { count, input, output } of images) {
    const size = { images: count, rowBlocks: Math.ceil(params.outHeight / rows), columns: params.outWidth };
    const work = cut(gpu, { ...size, channels: params.channels });
    const kernel = depthwiseForward(width, ...config, rows);
    gpu.run(kernel, { x: input(x), weight, y: output(y) }, { ...params, ...work.params }, work.grid);
  }
}

export function backwardData(
  gpu: Gpu,
  { dy, weight, dx }: { readonly dy: Storage; readonly weight: Storage; readonly dx: Storage },
  shape: GroupedConv2dShape,
): void {
  const { width, params, config, images, most } = workOf(gpu, shape);
  const [strideY, strideX] = shape.stride;
  // Groups of stride × stride pixels, from that of the image's first pixel to that of its last.
  const along = (length: number, padding: number, stride: number) => {
    const first = Math.floor(padding / stride);
    return { first, count: Math.floor((length - 1 + padding) / stride) - first + 1 };
  };
  const [down, across] = [along(shape.h, params.top, strideY), along(shape.w, params.left, strideX)];
  const groups = strideY === 1 ? Math.min(most, down.count) : 1;
  for (const { count, input, output } of images) {
    const size = { images: count, rowBlocks: Math.ceil(down.count / groups), columns: across.count };
    const work = cut(gpu, { ...size, channels: params.channels });
    const firsts = { firstRow: down.first, firstColumn: across.first };
    gpu.run(
      depthwiseBackwardData(width, ...config, groups),
      { dy: output(dy), weight, dx: input(dx) },
      { ...params, ...work.params, ...firsts },
      work.grid,
    );
  }
}

export function backwardWeight(
  gpu: Gpu,
  { x, dy, dWeight }: { readonly x: Storage; readonly dy: Storage; readonly dWeight: Storage },
  shape: GroupedConv2dShape,
): void {
  const { width, params, config, images, most } = workOf(gpu, shape);
  const rows = Math.min(most, params.outHeight);
  const rowBlocks = Math.ceil(params.outHeight / rows);
  const { weight: elements } = elementsOf(shape);
  const busy = Math.ceil(SUMMING_THREADS[gpu.software ? 'software' : 'gpu'] / params.channels);
  const wanted = Math.min(busy, mostParts(gpu, elements, images.length));
  const chunks = images.map(({ count, input, output }) => {
    const blocks = count * rowBlocks;
    const down = Math.ceil(blocks / Math.min(blocks, wanted));
    return { input, output, blocks, down, parts: Math.ceil(blocks / down) };
  });
  const parts = chunks.reduce((sum, chunk) => sum + chunk.parts, 0);
  sumOfParts(gpu, dWeight, { elements, parts }, (into) => {
    let firstPart = 0;
    for (const { input, output, parts, ...work } of chunks) {
      const threads = parts * params.channels;
      const columns = params.outWidth;
      gpu.run(
        depthwiseBackwardWeight(width, ...config, rows),
        { x: input(x), dy: output(dy), parts: into },
        { ...params, threads, rowBlocks, columns, runs: 1, walk: columns, ...work, firstPart },
        rowOfWorkgroups(Math.ceil(threads / THREADS)),
      );
      firstPart += parts;
    }
  });
}

/** What the kernels have in common, and the runs of images that fit a binding. */
function workOf(gpu: Gpu, shape: GroupedConv2dShape) {
  const { n, h, w, c, kernel, stride, padding } = shape;
  const { oh, ow } = groupedOutput(shape);
  const isSmall = kernel[0] * kernel[1] <= FEW_TAPS;
  const width: Width = isSmall ? widthOf(c) : 1;
  const bytes = { input: h * w * c * 4, output: oh * ow * c * 4 };
  return {
    width,
    /** Rows that a thread computes at once: they share most of what their windows load. */
    most: isSmall ? 2 : 4,
    config: [kernel[0], kernel[1], stride[0], stride[1]] as const,
    params: {
      ...{ height: h, width: w, outHeight: oh, outWidth: ow },
      ...{ channels: c / width, top: padding[0], left: padding[1] },
    },
    images: bindingChunks(gpu, n, bytes.input, bytes.output).map(({ first, count }) => ({
      count,
      input: (storage: Storage) => storage.slice(first * bytes.input, count * bytes.input),
      output: (storage: Storage) => storage.slice(first * bytes.output, count * bytes.output),
    })),
  };
}
