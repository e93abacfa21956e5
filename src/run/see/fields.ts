/**
 * Receptive fields: which pixels of the image can change an output. They follow from the windows that the layers between slide over
 * each other's results, walked back from the output; where two ways lead to it, as around a residual block, from both.
 */
import { IMAGE, type SeenLayer } from './layers.ts';

/** From the first pixel to the last, along one axis. */
export type Span = readonly [first: number, last: number];

export interface Fields {
  /** By the row of the output: the image's rows. */
  readonly rows: readonly Span[];
  /** By the column. */
  readonly columns: readonly Span[];
  /** Pixels that the windows reach over from any output, whether they lie in the image or not; undefined where there are no places any more. */
  readonly reach: { readonly height: number; readonly width: number } | undefined;
}

type Walked = Pick<SeenLayer, 'shape' | 'inputs' | 'window'>;

/**
 * The receptive fields of all outputs of a layer, whose places are independent along the two axes, on an image [height, width]. What has no places of its own
 * any more sees the whole image, and has one place.
 */
export function fieldsOf(
  layers: readonly Walked[],
  index: number,
  [height, width]: readonly [height: number, width: number],
): Fields {
  return {
    rows: spansOf(layers, index, { axis: 0, length: height }),
    columns: spansOf(layers, index, { axis: 1, length: width }),
    reach: hasPlaces(layers[index])
      ? { height: reachOf(layers, index, 0), width: reachOf(layers, index, 1) }
      : undefined,
  };
}

const hasPlaces = (layer: Walked | undefined): boolean => layer?.shape.length === 3;

/** The same for every place, since no edge is in the way. */
function reachOf(layers: readonly Walked[], index: number, axis: 0 | 1): number {
  const [first, last] = spanOf(layers, index, 0, { axis, length: Infinity });
  return last - first + 1;
}

interface Axis {
  readonly axis: 0 | 1;
  /** The image's; without end, nothing is cut off at any layer's edge either. */
  readonly length: number;
}

function spansOf(layers: readonly Walked[], index: number, axis: Axis): Span[] {
  const layer = layers[index];
  if (!hasPlaces(layer)) return [[0, axis.length - 1]];
  return Array.from({ length: layer?.shape[axis.axis] ?? 0 }, (_, at) => spanOf(layers, index, at, axis));
}

/** Walks back from one place of a layer, to all that it comes from at once: a layer is done after those that take its result. */
function spanOf(layers: readonly Walked[], index: number, at: number, { axis, length }: Axis): Span {
  const spans = new Map<number, Span>([[index, [at, at]]]);
  for (let i = index; i >= 0; i--) {
    const span = spans.get(i);
    const layer = layers[i];
    if (!span || !layer) continue;
    layer.inputs.forEach((input, which) => {
      const side = input === IMAGE ? length : (layers[input]?.shape[axis] ?? 1);
      // What is added at the end, a shortcut, is taken place by place.
      const seen = which === 0 && layer.window ? throughWindow(span, layer.window, axis) : span;
      const inside: Span = length === Infinity ? seen : [Math.max(seen[0], 0), Math.min(seen[1], side - 1)];
      const known = spans.get(input) ?? inside;
      spans.set(input, [Math.min(known[0], inside[0]), Math.max(known[1], inside[1])]);
    });
  }
  return spans.get(IMAGE) ?? [0, length - 1];
}

/** What a window sees at these places, its padding too. */
function throughWindow(
  [first, last]: Span,
  { height, width, stride, padding }: NonNullable<SeenLayer['window']>,
  axis: 0 | 1,
): Span {
  const size = axis === 0 ? height : width;
  return [first * stride - padding, last * stride - padding + size - 1];
}
