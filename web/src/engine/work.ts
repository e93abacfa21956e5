// What trains and uses networks. All that imports it does so through load-work.ts.
export { exportModel } from '../../../src/run/export.ts';
export { RunLog } from '../../../src/run/log.ts';
export { readModelFile } from '../../../src/run/model/model-file.ts';
export { predict } from '../../../src/run/predict.ts';
export { trainThroughLoss } from '../../../src/run/through-loss.ts';
export { parseConfig, parseObject } from '../../../src/train/index.ts';
