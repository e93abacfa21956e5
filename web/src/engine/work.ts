// What trains networks. All that imports it does so through load-work.ts.
export { RunLog } from '../../../src/run/log.ts';
export { trainThroughLoss } from '../../../src/run/through-loss.ts';
export { parseConfig, parseObject } from '../../../src/train/index.ts';
