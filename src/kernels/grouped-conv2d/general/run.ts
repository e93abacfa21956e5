/** Runs the kernels for any convolution in groups, in parts of the batch where it exceeds a binding. */
import { rowOfWorkgroups, type Gpu, type Storage } from '../../../gpu/index.ts';
import { bindingChunks } from '../../chunks.ts';
import { elementsOf, groupedOutput, type GroupedConv2dShape } from '../shape.ts';
import { mostParts, sumOfParts } from '../../sum-parts.ts';
import { THREADS } from '../../sliding.wgsl.ts';
import { generalBackwardData, generalBackwardWeight, generalForward } from './kernels.wgsl.ts';

/** Threads that sum a weight's gradient, where there is enough to sum. */
const SUMMING_THREADS = 2 ** 15;

const grid = (threads: number) => rowOfWorkgroups(Math.ceil(threads / THREADS));

export function forward(
  gpu: Gpu,
  { x, weight, y }: { readonly x: Storage; readonly weight: Storage; readonly y: Storage },
  shape: GroupedConv2dShape,
): void {
  const { params, images, each } = workOf(gpu, shape);
  for (const { images: number, input, output } of images) {
    const count = number * each.y;
    gpu.run(generalForward, { x: input(x), weight, y: output(y) }, { ...params, count }, grid(count));
  }
}

export function backwardData(
  gpu: Gpu,
  { dy, weight, dx }: { readonly dy: Storage; readonly weight: Storage; readonly dx: Storage },
  shape: GroupedConv2dShape,
): void {
  const { params, images, each } = workOf(gpu, shape);
  for (const { images: number, input, output } of images) {
    const count = number * each.x;
    gpu.run(
      generalBackwardData,
      { dy: output(dy), weight, dx: input(dx) },
      { ...params, count },
      grid(count),
    );
  }
}

export function backwardWeight(
  gpu: Gpu,
  { x, dy, dWeight }: { readonly x: Storage; readonly dy: Storage; readonly dWeight: Storage },
  shape: GroupedConv2dShape,
): void {
  const { params, images } = workOf(gpu, shape);
  const { weight: elements } = elementsOf(shape);
  const wanted = Math.min(Math.ceil(SUMMING_THREADS / elements), mostParts(gpu, elements, images.length));
  const chunks = images.map(({ images: number, input, output }) => {
    const rows = number * params.outHeight;
    const rowsOfPart = Math.ceil(rows / Math.min(rows, wanted));
    return { input, output, rows, rowsOfPart, parts: Math.ceil(rows / rowsOfPart) };
  });
  const parts = chunks.reduce((sum, chunk) => sum + chunk.parts, 0);
  sumOfParts(gpu, dWeight, { elements, parts }, (into) => {
    let firstPart = 0;
    for (const { input, output, parts, rows, rowsOfPart } of chunks) {
      const sizes = { count: parts * elements, rows, rowsOfPart, elements, firstPart };
      const storages = { x: input(x), dy: output(dy), parts: into };
      gpu.run(generalBackwardWeight, storages, { ...params, ...sizes }, grid(sizes.count));
      firstPart += parts;
    }
  });
}

function workOf(gpu: Gpu, shape: GroupedConv2dShape) {
  const { n, h, w, c, k, groups, kernel, stride, dilation, padding } = shape;
  const { oh, ow } = groupedOutput(shape);
  const each = { x: h * w * c, y: oh * ow * k };
  return {
    each,
    params: {
      ...{ height: h, width: w, outHeight: oh, outWidth: ow, channels: c, outputs: k },
      ...{ groupChannels: c / groups, groupOutputs: k / groups, r: kernel[0], s: kernel[1] },
      ...{ strideY: stride[0], strideX: stride[1], dilationY: dilation[0], dilationX: dilation[1] },
      ...{ top: padding[0], left: padding[1] },
    },
    images: bindingChunks(gpu, n, each.x * 4, each.y * 4).map(({ first, count: images }) => ({
      images,
      input: (storage: Storage) => storage.slice(first * each.x * 4, images * each.x * 4),
      output: (storage: Storage) => storage.slice(first * each.y * 4, images * each.y * 4),
    })),
  };
}
