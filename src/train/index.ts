export { augmentations, drawAugmentation, transformsFor, type AugmentName, type Room } from './augment.ts';
export { batchPicture, contactSheet, type BatchPictureOptions } from './batch-picture.ts';
export type { Architecture } from './architectures.ts';
export { encodeCheckpoint, type ModelCard } from './checkpoint.ts';
export { TrainingError } from './errors.ts';
export { classify, evaluate, type EvaluateOptions } from './evaluate.ts';
export {
  fineTune,
  planEpoch,
  type BestModel,
  type EpochEvent,
  type EpochPlan,
  type FineTuneOptions,
  type FineTuneResult,
  type StepEvent,
} from './fine-tune.ts';
export { freeze, statistics, type FreezeReport, type Statistics } from './freeze.ts';
export { graftModel, outputsFor, restoreModel } from './graft.ts';
export { ImageCache, type ImageCacheOptions } from './image-cache.ts';
export { featureInputs, imageInputs, trunkIsFixed, type Inputs } from './inputs.ts';
export { losses, topK, type LossName, type Metrics } from './metrics.ts';
