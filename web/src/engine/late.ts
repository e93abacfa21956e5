// What looks at a trained network and trains none: loaded when it is asked for, through import() alone.
export { exportModel } from '../../../src/run/export.ts';
export { judgeRun } from '../../../src/run/judge-run.ts';
export { readModelFile } from '../../../src/run/model/model-file.ts';
export { predict } from '../../../src/run/predict.ts';
export { graftProgram, programsFor } from '../../../src/run/use-it/programs.ts';
export { openWatcher } from '../../../src/run/watch.ts';
export { decodeCard } from '../../../src/train/files/checkpoint.ts';
export { shownAnswer } from './shown-answer.ts';
