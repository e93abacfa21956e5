/** Windows of any kind: convolutions in groups, depthwise ones with kernels of their own, and pools. */
import { cases as convolutionCases } from '../../kernels/grouped-conv2d/cases.ts';
import {
  groupedBackwardData,
  groupedBackwardWeight,
  groupedForward,
  type GroupedConv2dShape,
} from '../../kernels/grouped-conv2d/index.ts';
import { elementsOf } from '../../kernels/grouped-conv2d/shape.ts';
import { averageCases, maxCases } from '../../kernels/window-pool/cases.ts';
import {
  windowAverageBackward,
  windowAverageForward,
  windowMaxBackward,
  windowMaxForward,
  windowPoolOutput,
  type WindowPoolShape,
} from '../../kernels/window-pool/index.ts';
import { byFirst, entry, type Entry } from './entry.ts';

const isDepthwise = ({ groups, c, k }: GroupedConv2dShape): boolean => groups === c && groups === k;
const depthwise = byFirst(convolutionCases.filter(isDepthwise), 'depthwise-3x3');
const grouped = convolutionCases.filter((shape) => !isDepthwise(shape));

const poolSizes = (shape: WindowPoolShape) => {
  const { n, h, w, c } = shape;
  const { oh, ow } = windowPoolOutput('pool', shape);
  return { x: n * h * w * c, y: n * oh * ow * c };
};

export const windowEntries: readonly Entry[] = [
  ...(
    [
      ['depthwise', 'a convolution of each channel by itself', depthwise],
      [
        'grouped-conv2d',
        'a convolution of groups of channels, dilated or with windows that differ by axis',
        grouped,
      ],
    ] as const
  ).flatMap(([name, about, cases]) => [
    entry(`${name}.forward`, about, cases, (gpu, floats, shape) => {
      const { x, weight, y } = elementsOf(shape);
      groupedForward(gpu, { x: floats(x), weight: floats(weight), y: floats(y) }, shape);
    }),
    entry(`${name}.backward-data`, `${about}: the gradient of its input`, cases, (gpu, floats, shape) => {
      const { x, weight, y } = elementsOf(shape);
      groupedBackwardData(gpu, { dy: floats(y), weight: floats(weight), dx: floats(x) }, shape);
    }),
    entry(`${name}.backward-weight`, `${about}: the gradient of its weight`, cases, (gpu, floats, shape) => {
      const { x, weight, y } = elementsOf(shape);
      groupedBackwardWeight(gpu, { x: floats(x), dy: floats(y), dWeight: floats(weight) }, shape);
    }),
  ]),
  entry('window-pool.max', 'the largest of windows of any kind', maxCases, (gpu, floats, shape) => {
    const { x, y } = poolSizes(shape);
    windowMaxForward(gpu, { x: floats(x), y: floats(y), argmax: floats(y) }, shape);
  }),
  entry('window-pool.max-backward', 'its gradient', maxCases, (gpu, floats, shape) => {
    const { x, y } = poolSizes(shape);
    windowMaxBackward(gpu, { dy: floats(y), argmax: floats(y), dx: floats(x) }, shape);
  }),
  entry('window-pool.average', 'the mean of windows', averageCases, (gpu, floats, shape) => {
    const { x, y } = poolSizes(shape);
    windowAverageForward(gpu, { x: floats(x), y: floats(y) }, shape, shape);
  }),
  entry('window-pool.average-backward', 'its gradient', averageCases, (gpu, floats, shape) => {
    const { x, y } = poolSizes(shape);
    windowAverageBackward(gpu, { dy: floats(y), dx: floats(x) }, shape, shape);
  }),
];
