/** The exercises on kernels, in rising order. */
import { barrier } from './all/barrier.ts';
import { batchNorm } from './all/batch-norm.ts';
import { border } from './all/border.ts';
import { bounds } from './all/bounds.ts';
import { limits } from './all/limits.ts';
import { neighbours } from './all/neighbours.ts';
import { oneForAll } from './all/one-for-all.ts';
import { race } from './all/race.ts';
import { registers } from './all/registers.ts';
import { rowsAndColumns } from './all/rows-and-columns.ts';
import { sigmoid } from './all/sigmoid.ts';
import { softmax } from './all/softmax.ts';
import { strideTwo } from './all/stride-two.ts';
import { tiles } from './all/tiles.ts';
import { uniformFlow } from './all/uniform-flow.ts';
import { uniforms } from './all/uniforms.ts';
import type { Exercise } from './exercise.ts';

export const exercises: readonly Exercise[] = [
  ...[bounds, rowsAndColumns, uniforms, sigmoid],
  ...[barrier, race, uniformFlow],
  ...[softmax, border, strideTwo, batchNorm],
  ...[limits, oneForAll, neighbours, tiles, registers],
];
