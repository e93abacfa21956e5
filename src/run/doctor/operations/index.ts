/** Whether an adapter computes the engine's own operations right: each kind of kernel on a small case, against plain loops. */
import type { Gpu } from '../../../gpu/index.ts';
import { firstWrong, type OperationCheck, type WrongElement } from './check.ts';
import { convolutionChecks } from './convolutions.ts';
import { layerChecks } from './layers.ts';
import { trainingChecks } from './training.ts';

/** "conv2d.forward: element 3 of y is 0.5 instead of 0.25" */
export const wrongText = ({ operation, output, index, found, expected }: WrongElement): string =>
  `${operation}: element ${index} of ${output} is ${found} instead of ${expected}`;

export interface OperationsReport {
  /** How many results were compared. */
  readonly compared: number;
  /** The first wrong element of each result that has one. */
  readonly wrong: readonly WrongElement[];
}

export type { WrongElement } from './check.ts';

const checks: readonly OperationCheck[] = [...trainingChecks, ...layerChecks, ...convolutionChecks];

/** The names of the operations that are checked. */
export const checkedOperations: readonly string[] = [...new Set(checks.map(({ operation }) => operation))];

/**
 * Runs all checks; a second or two on a software adapter, most of it compiling. Rejects with `GpuError` where a kernel does not
 * compile or the device fails.
 */
export async function checkOperations(gpu: Gpu): Promise<OperationsReport> {
  let compared = 0;
  const wrong: WrongElement[] = [];
  // In one piece: every read waits for the GPU once, which takes a tenth of a second in some browsers.
  await gpu.scope(() =>
    Promise.all(
      checks.flatMap(({ operation, record }) =>
        record(gpu).map(async ({ name: output, found, expected }) => {
          const result = await found;
          compared += expected.length;
          const index = firstWrong(result, expected);
          if (index === undefined) return;
          wrong.push({
            ...{ operation, output, index },
            ...{ found: result[index] ?? NaN, expected: expected[index] ?? NaN },
          });
        }),
      ),
    ),
  );
  return { compared, wrong };
}
