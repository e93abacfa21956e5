export { Adam, AdamW, type AdamOptions } from './adam.ts';
export { decayGroups, type ParameterGroup } from './groups.ts';
export {
  ArenaOptimizer,
  type Optimizer,
  type OptimizerState,
  type StepOptions,
  type Update,
} from './optimizer.ts';
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
// What the kernel of an optimizer is made of: docs/extending.md makes one.
export { defineUpdate, runUpdate, type UpdateSpec } from '../kernels/update.ts';
