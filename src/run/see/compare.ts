/**
 * The same layer of two networks that saw the same image: what training moved. Where a network's beginning was frozen, its layers there are
 * equal to the last bit.
 */
import type { SeenLayer } from './layers.ts';

export interface LayerChange {
  /** ‖b − a‖ / ‖a‖ over all of the layer, the Frobenius norms: 0 for equal layers. */
  readonly relative: number;
  /** The same for each channel on its own. */
  readonly ofChannels: Float32Array;
}

/** How far `b` is from `a`; undefined where their shapes differ. */
export function changeOf(
  a: Pick<SeenLayer, 'shape' | 'values'>,
  b: Pick<SeenLayer, 'shape' | 'values'>,
): LayerChange | undefined {
  if (a.shape.join() !== b.shape.join()) return undefined;
  const channels = a.shape.at(-1) ?? 0;
  const [apart, own] = [new Float64Array(channels), new Float64Array(channels)];
  a.values.forEach((value, i) => {
    // In bounds: a channel, and two lists of one length.
    own[i % channels]! += value ** 2;
    apart[i % channels]! += (b.values[i]! - value) ** 2;
  });
  const sum = (values: Float64Array) => values.reduce((all, one) => all + one, 0);
  return {
    relative: share(sum(apart), sum(own)),
    ofChannels: Float32Array.from(apart, (one, channel) => share(one, own[channel] ?? 0)),
  };
}

/** A channel that was dead and is not any more has changed by all that there is now. */
const share = (apart: number, own: number): number => (apart === 0 ? 0 : Math.sqrt(apart / own));
