/**
 * The shapes that a ResNet's operations meet at a batch and image size: what kernels are tested and timed with. Pure
 * numbers from the family's table, so that neither tests nor benchmarks of kernels need the network itself.
 */
import { outputLength } from '../../kernels/output-length.ts';
import { convNormsOf, type ConvNormGeometry, type Geometry } from './geometry.ts';

/** The run that the shapes are taken from: images per batch, and the side of the square image in pixels. */
export interface NetworkSize {
  readonly batch: number;
  readonly size: number;
}

/** An activation [N, side, side, channels], and what it comes from. */
export interface Activation {
  readonly name: string;
  readonly channels: number;
  readonly side: number;
}

/** A convolution of images [n, h, w, c] with a filter [k, c, r, s], and how many times a forward pass runs it. */
export interface CountedConvolution {
  /** Its name without the network's; a shape that makes up a stage has the stage's name. */
  readonly name: string;
  readonly n: number;
  readonly h: number;
  readonly w: number;
  readonly c: number;
  readonly k: number;
  readonly r: number;
  readonly s: number;
  readonly stride: number;
  readonly padding: number;
  readonly count: number;
}

/** Activations of square images of `size` pixels: behind the stem, behind its pool, and behind each stage. */
export function activationsOf(
  { stem, pool, stages }: Geometry,
  size: number,
): {
  readonly stem: Activation;
  readonly pooled: Activation;
  readonly stages: readonly [Activation, Activation, Activation, Activation];
} {
  const channels = stem.outChannels;
  const first = { name: 'stem', channels, side: sideAfter(size, stem) };
  let side = sideAfter(first.side, pool);
  const pooled = { name: 'pool', channels, side };
  const after = (index: 0 | 1 | 2 | 3): Activation => {
    const { name, blocks, outChannels } = stages[index];
    for (const { body } of blocks) side = body.reduce(sideAfter, side);
    return { name, channels: outChannels, side };
  };
  return { stem: first, pooled, stages: [after(0), after(1), after(2), after(3)] };
}

/** The distinct convolutions, in the order in which they are first computed. */
export function convolutionsAt(geometry: Geometry, { batch, size }: NetworkSize): CountedConvolution[] {
  const all = placed(geometry, size).map(({ conv, side, stage }) => {
    const { inChannels: c, outChannels: k, kernel: r, stride, padding } = conv;
    const shape = { n: batch, h: side, w: side, c, k, r, s: r, stride, padding };
    return { stage, name: conv.name.replace(/\.0$/, ''), shape };
  });
  return counted(all).map(({ name, shape, count }) => ({ name, ...shape, count }));
}

/** The distinct batch norms by their activation, with how many times a forward pass runs each. */
export function normsAt(geometry: Geometry, size: number): (Activation & { readonly count: number })[] {
  const all = placed(geometry, size).map(({ conv, side, stage }) => {
    const shape = { side: sideAfter(side, conv), channels: conv.outChannels };
    return { stage, name: conv.norm.replace(/\.1$/, ''), shape };
  });
  return counted(all).map(({ name, shape, count }) => ({ name, ...shape, count }));
}

type Window = Pick<ConvNormGeometry, 'kernel' | 'stride' | 'padding'>;

const sideAfter = (side: number, { kernel, stride, padding }: Window): number =>
  outputLength(side, kernel, stride, padding);

interface Placed {
  readonly conv: ConvNormGeometry;
  /** Of its input. */
  readonly side: number;
  readonly stage: string;
}

/** Every convolution with the side of its input, in the order of computation. */
function placed(geometry: Geometry, size: number): Placed[] {
  const { stem, pool, stages } = geometry;
  const sides = new Map([[stem.name, size]]);
  let side = sideAfter(sideAfter(size, stem), pool);
  for (const { body, shortcut } of stages.flatMap(({ blocks }) => blocks)) {
    if (shortcut) sides.set(shortcut.name, side);
    for (const conv of body) {
      sides.set(conv.name, side);
      side = sideAfter(side, conv);
    }
  }
  const stageOf = (name: string) => (name === stem.name ? 'stem' : (name.split('.')[0] ?? ''));
  return Array.from(convNormsOf(geometry), (conv) => ({
    conv,
    side: sides.get(conv.name) ?? 0,
    stage: stageOf(conv.name),
  }));
}

interface Named<T> {
  readonly stage: string;
  readonly name: string;
  readonly shape: T;
}

/** Equal shapes as one, with their number. It has its stage's name where no other shape of the stage comes as often. */
function counted<T>(all: readonly Named<T>[]): (Named<T> & { readonly count: number })[] {
  const groups = new Map<string, Named<T> & { count: number }>();
  for (const one of all) {
    const key = JSON.stringify([one.stage, one.shape]);
    const known = groups.get(key);
    if (known) known.count += 1;
    else groups.set(key, { ...one, count: 1 });
  }
  const found = [...groups.values()];
  return found.map((one) => {
    const others = found.filter((other) => other.stage === one.stage && other !== one);
    return others.every(({ count }) => count < one.count) ? { ...one, name: one.stage } : one;
  });
}
