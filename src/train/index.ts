export { augmentations, drawAugmentation, transformsFor, type AugmentName, type Room } from './augment.ts';
export { batchPicture, contactSheet, type BatchPictureOptions } from './batch-picture.ts';
export { architectures, type Architecture } from './architectures.ts';
export { encodeCheckpoint, type ModelCard } from './checkpoint.ts';
export {
  classWeightings,
  optimizers,
  recipes,
  type ClassWeighting,
  type OptimizerName,
  type RecipeName,
  type TrainConfig,
  type TrainSettings,
} from './config.ts';
export { planEpoch, type EpochPlan } from './epoch-plan.ts';
export { TrainingError } from './errors.ts';
export { classify, evaluate, predictAll, type EvaluateOptions } from './evaluate.ts';
export type { BestModel, EpochEvent, PhaseEvent, StepEvent } from './events.ts';
export { featureInputs, type FeatureInputs, type FeatureOptions } from './features.ts';
export { fineTune, type FineTuneOptions, type FineTuneResult, type RunInputs } from './fine-tune.ts';
export { freeze, statistics, type FreezeReport, type Statistics } from './freeze.ts';
export { graftModel, outputsFor, restoreModel } from './graft.ts';
export { ImageCache, type ImageCacheOptions } from './image-cache.ts';
export { imageInputs, trunkIsFixed, type Inputs } from './inputs.ts';
export { findLearningRate, type RatePoint, type RateSearch } from './lr-find.ts';
export { losses, topK, type LossName, type Metrics } from './metrics.ts';
export { planPhases, type Phase } from './phases.ts';
export { problemsOf, type NetworkUse } from './problems.ts';
export { rehearse } from './rehearsal.ts';
export { InputSource, type FeatureReport, type RunInputOptions } from './run-inputs.ts';
export {
  decodeTrainingState,
  encodeTrainingState,
  isBeforeTraining,
  startOfRun,
  type TrainingProgress,
  type TrainingState,
} from './state.ts';
export { chooseStrategy, type DataFacts, type Strategy } from './strategy.ts';
