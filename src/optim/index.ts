export { Adam, AdamW, type AdamOptions } from './adam.ts';
export { decayGroups, type ParameterGroup } from './groups.ts';
export type { Optimizer, OptimizerState, StepOptions } from './optimizer.ts';
export {
  makeOptimizer,
  optimizerNames,
  optimizers,
  type OptimizerName,
  type OptimizerSettings,
} from './registry.ts';
export {
  learningRateFactor,
  scheduleNames,
  schedules,
  type ScheduleName,
  type ScheduleOptions,
} from './schedules.ts';
export { Sgd, type SgdOptions } from './sgd.ts';
