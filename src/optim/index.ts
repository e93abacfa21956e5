export { Adam, AdamW, type AdamOptions } from './adam.ts';
export { decayGroups, type ParameterGroup } from './groups.ts';
export type { Optimizer, OptimizerState, StepOptions } from './optimizer.ts';
export { learningRateFactor, type ScheduleName, type ScheduleOptions } from './schedules.ts';
export { Sgd, type SgdOptions } from './sgd.ts';
