/** Whether the memory that a run needs is there, as far as one can tell, and a batch that fits. */
import { byteSize } from '../../../../src/format.ts';
import type { RunCost } from '../../../../src/train/index.ts';
import { budget } from '../state/network.ts';
import { UseBatch } from './use-batch.tsx';

const GIB = 2 ** 30;
const CHOICES = [0.5, 1, 2, 3, 4, 6, 8, 12, 16, 24];

interface BudgetProps {
  readonly cost: RunCost;
  readonly batchSize: number;
  /** The largest batch that fits; undefined where none does. */
  readonly fits: number | undefined;
}

export function Budget({ cost, batchSize, fits }: BudgetProps) {
  const isTooMuch = cost.bytes > budget.value;
  return (
    <>
      <p class="field">
        <label for="budget">Memory of the graphics card</label>
        <select
          id="budget"
          aria-describedby="budget-help"
          value={budget.value / GIB}
          onChange={({ currentTarget }) => (budget.value = Number(currentTarget.value) * GIB)}
        >
          {CHOICES.map((choice) => (
            <option key={choice} value={choice}>
              {choice} GiB
            </option>
          ))}
        </select>
        <small id="budget-help">Browsers do not tell how much there is: correct it if you know.</small>
      </p>
      <p class={isTooMuch ? 'problem' : 'hint'} role="status">
        {fitText(cost, batchSize, fits, isTooMuch)}{' '}
        {isTooMuch && fits !== undefined && <UseBatch fits={fits} />}
      </p>
    </>
  );
}

function fitText(
  { bytes }: RunCost,
  batchSize: number,
  fits: number | undefined,
  isTooMuch: boolean,
): string {
  const needs = `Batches of ${batchSize} need ${byteSize(bytes)}`;
  if (!isTooMuch) return `${needs}, which fits.`;
  const instead =
    fits === undefined ? 'no batch fits: train fewer stages, or take a smaller image size' : `${fits} fits`;
  return `${needs}, which is more; ${instead}.`;
}
