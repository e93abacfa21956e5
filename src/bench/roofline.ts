// The roofline (Williams, Waterman and Patterson 2009): a kernel can be no faster than its arithmetic at the rate of
// multiply-adds, nor than its bytes at the rate of copies. Both rates are measured here, on this adapter, with the bytes
// copied at several sizes, since what fits a cache moves several times as fast.
import type { Work } from './benchmark.ts';

/** What the adapter can do at best. */
export interface Ceilings {
  /** f32 multiply-adds, two operations each, in 10⁹ a second. */
  readonly gflops: number;
  /** Copies by size, smallest first: bytes of both buffers together, and bytes read and written in 10⁹ a second. */
  readonly copies: readonly { readonly bytes: number; readonly gbps: number }[];
}

/** How near a measured time is to the ceiling that binds it. */
export interface Standing {
  readonly bound: 'FMA' | 'copy';
  /** 1 is the ceiling itself. */
  readonly share: number;
}

/**
 * The bandwidth of a copy of `bytes`, in 10⁹ bytes a second. Between two measured sizes the time it takes grows evenly with its
 * bytes; past either end the rate is that of the end.
 */
export function bandwidthFor({ copies }: Ceilings, bytes: number): number {
  const above = copies.findIndex((copy) => copy.bytes >= bytes);
  const [low, high] = above < 0 ? copies.slice(-1) : copies.slice(Math.max(0, above - 1), above + 1);
  if (!low) throw new RangeError('No copy was measured.');
  if (!high || above === 0) return low.gbps;
  const share = (bytes - low.bytes) / (high.bytes - low.bytes);
  const [lowTime, highTime] = [low.bytes / low.gbps, high.bytes / high.gbps];
  return bytes / (lowTime + share * (highTime - lowTime));
}

/** Where `milliseconds` for `work` stand below the roof. */
export function standing(ceilings: Ceilings, { flops, bytes }: Work, milliseconds: number): Standing {
  const arithmetic = flops / ceilings.gflops / 1e6;
  const traffic = bytes / bandwidthFor(ceilings, bytes) / 1e6;
  const bound = arithmetic >= traffic ? 'FMA' : 'copy';
  return { bound, share: Math.max(arithmetic, traffic) / milliseconds };
}

/** 10⁹ operations per second. */
export const gflopsOf = ({ flops }: Work, milliseconds: number): number => flops / milliseconds / 1e6;

/** 10⁹ bytes per second. */
export const gbpsOf = ({ bytes }: Work, milliseconds: number): number => bytes / milliseconds / 1e6;

/** Operations per byte. */
export const intensityOf = ({ flops, bytes }: Work): number => flops / bytes;
