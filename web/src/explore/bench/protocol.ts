/** What the page and its worker say to each other. The worker has the device and measures; the page asks, and shows. */
import type { Row } from '../../../../src/bench/benchmark.ts';
import type { Part } from '../../../../src/bench/catalogue.ts';
import type { Circumstances, Results } from '../../../../src/bench/results.ts';
import type { Ceilings } from '../../../../src/bench/roofline.ts';
import type { Trouble } from './device.ts';

/** What is to be measured. */
export interface Choice {
  readonly parts: readonly Part[];
  /** As `--quick` of the terminal. */
  readonly isQuick: boolean;
  /** Images of a batch and pixels a side; the terminal's sizes where there is none. */
  readonly size?: { readonly batch: number; readonly size: number } | undefined;
  /** Only rows that have all words of this in their name. */
  readonly filter: string;
  /** What a report has (src/bench/report.ts), in place of all above. */
  readonly isReport?: true;
}

/** A row that will be measured. */
export type PlannedRow = Pick<Row, 'operation' | 'shape' | 'asked' | 'variant' | 'group' | 'work'>;

export type ToWorker =
  | { readonly kind: 'plan' | 'start'; readonly choice: Choice }
  /** Ends after the sample that is under way, and keeps what there is. */
  | { readonly kind: 'stop' };

export type FromWorker =
  /** `date` is that of the opening. */
  | { readonly kind: 'opened'; readonly where: Circumstances; readonly isSoftware: boolean }
  | Trouble
  | { readonly kind: 'planned'; readonly rows: readonly PlannedRow[] }
  /** What was asked for is nothing. */
  | { readonly kind: 'refused'; readonly message: string }
  /** A row has one more sample; it is not complete. */
  | { readonly kind: 'sample'; readonly row: Row }
  /** Rows are complete. */
  | { readonly kind: 'group'; readonly rows: readonly Row[]; readonly areCeilings: boolean }
  /** A row of a report is left out: there is no room for it. */
  | { readonly kind: 'lost'; readonly row: string }
  | { readonly kind: 'ceilings'; readonly ceilings: Ceilings }
  | { readonly kind: 'done'; readonly results: Results; readonly isStopped: boolean };
