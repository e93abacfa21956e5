// What a rung of a ladder moves, counted from its tile and the shape: the loads that decide what bounds it. It is what the program asks
// memory for; a cache may answer, and then the rung is faster than memory alone would let it be.
import type { Gpu } from '../gpu/index.ts';
import { productRung } from '../kernels/conv2d/ladder/5-winograd.ts';
import { ladder as convolutions, type Conv2dRung } from '../kernels/conv2d/ladder/index.ts';
import { outputSize, type Conv2dShape } from '../kernels/conv2d/index.ts';
import { ladder as products, type MatmulShape } from '../kernels/linear/ladder/index.ts';
import type { Reuse } from '../kernels/rung.ts';
import { WORD } from './kernels/kernel-benchmark.ts';
import { convolutionOf, productOf, type LadderSizes } from './ladder.ts';
import { bandwidthFor, type Ceilings } from './roofline.ts';

export interface Traffic {
  readonly multiplyAdds: number;
  /** Bytes loaded from memory, and stored. */
  readonly loaded: number;
  readonly stored: number;
  /** Loads of the inner loop for a multiply-add, and where from. */
  readonly loads: number;
  readonly from: Reuse['from'];
}

/** A rung of a climb, whether it suits the adapter or not. */
export interface RungFacts {
  readonly name: string;
  readonly lesson: string;
  /** Why it cannot run here; absent where it can. */
  readonly needs?: string;
  /** Absent for the engine, whose kernels are chosen by the adapter. */
  readonly traffic?: Traffic;
}

/** All rungs of both climbs at these sizes, from naive to best. */
export function rungFacts(
  gpu: Gpu,
  { side, photos }: LadderSizes,
): Readonly<Record<'matmul' | 'conv2d', readonly RungFacts[]>> {
  const product = productOf(side);
  const convolution = convolutionOf(photos);
  return {
    matmul: products.map(({ name, lesson, needs = '', reuse, suits }) => ({
      ...{ name, lesson },
      ...(!suits(product, gpu) && { needs }),
      ...(reuse && { traffic: trafficOf(product, reuse(gpu)) }),
    })),
    conv2d: convolutions.map((rung) => {
      const { name, lesson, needs = '' } = rung;
      const traffic = convolutionTraffic(gpu, rung, convolution);
      const isHere = rung.suits(convolution, gpu);
      return { name, lesson, ...(!isHere && { needs }), ...(traffic && { traffic }) };
    }),
  };
}

/** Of a product whose tiles are whole. */
export function trafficOf({ rows, columns, depth }: MatmulShape, reuse: Reuse): Traffic {
  const multiplyAdds = rows * columns * depth;
  const { loads, from } = reuse;
  const loaded = (multiplyAdds / reuse.columns + multiplyAdds / reuse.rows) * WORD;
  return { multiplyAdds, loaded, stored: rows * columns * WORD, loads, from };
}

/** A direct convolution is a product of windows and weights; Winograd's is sixteen smaller ones between transforms. */
function convolutionTraffic(gpu: Gpu, { name, reuse }: Conv2dRung, shape: Conv2dShape): Traffic | undefined {
  const { n, c, k, r, s } = shape;
  const { oh, ow } = outputSize(shape);
  if (reuse) return trafficOf({ rows: n * oh * ow, columns: k, depth: r * s * c }, reuse(gpu));
  if (name !== '5-winograd') return undefined;
  const tiles = n * Math.ceil(oh / 2) * Math.ceil(ow / 2);
  const product = { rows: tiles, columns: k, depth: c };
  const inner = productRung(product, gpu).reuse?.(gpu);
  if (!inner) return undefined;
  const one = trafficOf(product, inner);
  const [u, v, m] = [c * k, tiles * c, tiles * k].map((elements) => 16 * elements * WORD) as [
    number,
    number,
    number,
  ];
  return {
    ...one,
    multiplyAdds: 16 * one.multiplyAdds,
    // The weights, the 4 × 4 windows of x, the factors of the products, and M on the way to y.
    loaded: r * s * c * k * WORD + v + 16 * one.loaded + m,
    stored: u + v + 16 * one.stored + n * oh * ow * k * WORD,
  };
}

/** FLOPs for each byte loaded; a multiply-add is two. */
export const intensityOf = ({ multiplyAdds, loaded }: Traffic): number => (2 * multiplyAdds) / loaded;

/** Fewer loads for a multiply-add than this leave most instructions to arithmetic. */
export const FEW_LOADS = 1 / 8;

/** What bounds a rung, by what it moves: its bytes, the instructions that load, or the arithmetic itself. */
export interface Limit {
  readonly by: 'memory' | 'loads' | 'arithmetic';
  /** 10⁹ operations a second that memory would feed, at the rate of a copy and with no cache before it. */
  readonly fed: number;
}

export function limitOf(traffic: Traffic, ceilings: Ceilings): Limit {
  const fed = intensityOf(traffic) * bandwidthFor(ceilings, traffic.loaded + traffic.stored);
  if (fed < ceilings.gflops) return { by: 'memory', fed };
  return { by: traffic.loads > FEW_LOADS ? 'loads' : 'arithmetic', fed };
}
