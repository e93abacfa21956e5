// PyTorch's rows held against graft's, which were measured in the same rounds.
import type { Row } from './benchmark.ts';
import { median } from './statistics.ts';

/** A row of graft's and PyTorch's ways of doing the same. */
export interface TorchRatio {
  readonly operation: string;
  readonly shape: string;
  /** PyTorch's time ÷ graft's, medians of the rounds' own ratios: above 1 graft is faster. */
  readonly ways: readonly { readonly way: string; readonly ratio: number; readonly row: Row }[];
}

/** By PyTorch's name for what graft does. */
const TORCH = { 'network.forward': 'torch.forward', 'network.train-all': 'torch.train-all' } as const;

/** Of all rows that have a PyTorch's beside them. */
export function torchRatios(rows: readonly Row[]): TorchRatio[] {
  return Object.entries(TORCH).flatMap(([operation, name]) =>
    rows
      .filter((row) => row.operation === operation)
      .flatMap((own) => {
        const ways = rows
          .filter((row) => row.operation === name && row.shape === own.shape)
          .map((row) => ({ way: row.asked ?? '', ratio: ratioOf(row, own), row }));
        return ways.length > 0 ? [{ operation, shape: own.shape, ways }] : [];
      }),
  );
}

/** A round's samples lie beside each other in time; where one side has more of them, its last have no partner. */
function ratioOf(torch: Row, own: Row): number {
  const rounds = torch.wall.slice(0, own.wall.length);
  return median(rounds.map((ms, i) => ms / (own.wall[i] ?? NaN)));
}
