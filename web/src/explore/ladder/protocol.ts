/** What the page of the ladders and its worker say to each other. */
import type { Row } from '../../../../src/bench/benchmark.ts';
import type { LadderSizes } from '../../../../src/bench/ladder.ts';
import type { Circumstances } from '../../../../src/bench/results.ts';
import type { Ceilings } from '../../../../src/bench/roofline.ts';
import type { rungFacts } from '../../../../src/bench/traffic.ts';
import type { DeviceTraits } from '../../../../src/gpu/traits.ts';
import type { Trouble } from '../bench/device.ts';

export interface Race {
  readonly sizes: LadderSizes;
  /** Turns that each rung takes. */
  readonly rounds: number;
}

export type ToWorker =
  /** Asks for the rungs at these sizes, and how long a race would take. */
  | { readonly kind: 'look' | 'race'; readonly race: Race }
  /** Ends after the sample that is under way. */
  | { readonly kind: 'stop' };

export type FromWorker =
  | { readonly kind: 'opened'; readonly where: Circumstances; readonly traits: DeviceTraits }
  | Trouble
  /** There are no seconds until every rung was tried. */
  | { readonly kind: 'looked'; readonly rungs: ReturnType<typeof rungFacts>; readonly seconds?: number }
  | { readonly kind: 'ceilings'; readonly ceilings: Ceilings }
  /** A rung has had one more turn. */
  | { readonly kind: 'sample'; readonly row: Row }
  | { readonly kind: 'done'; readonly isStopped: boolean };
