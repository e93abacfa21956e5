export {
  augmentations,
  augmentNames,
  drawAugmentation,
  transformsFor,
  type AugmentName,
  type Room,
} from './inputs/augment.ts';
export { batchPicture, contactSheet, type BatchPictureOptions } from './inputs/batch-picture.ts';
export { decodeCard, encodeCheckpoint, type ModelCard } from './files/checkpoint.ts';
export {
  settingDefaults,
  settingNames,
  settingOf,
  type ClassWeighting,
  type RecipeName,
  type SettingName,
  type TrainConfig,
  type TrainSettings,
} from './settings/config.ts';
export { settingDifferences, type SettingDifference } from './settings/differences.ts';
export type { NumberRange } from './settings/numbers.ts';
export {
  hyphenated,
  parseConfig,
  parseObject,
  parseSettings,
  problemText,
  readNamed,
  type NamedReader,
  type SettingProblem,
} from './settings/parse.ts';
export {
  readFlag,
  readNumber,
  readText,
  textOf,
  type Reading,
  type Setting,
  type ValueOf,
} from './settings/setting.ts';
export { settingGroups, settingTable } from './settings/table.ts';
export { planEpoch, type EpochPlan } from './loop/epoch-plan.ts';
export { TrainingError } from './errors.ts';
export { classMaps, type ClassMap } from './explain/grad-cam.ts';
export {
  distanceFrom,
  familiarityOf,
  MOST_COMPARED,
  MOST_KNOWN,
  rarity,
  unitRows,
  type Familiarity,
  type KnownPhotos,
} from './explain/familiarity.ts';
export { leaveOneOut, type LabelledFeatures } from './explain/leave-one-out.ts';
export { fitTemperature, temper, TEMPERATURES } from './explain/temperature.ts';
export { overlay } from './explain/overlay.ts';
export { answer, type ImageAnswer } from './loop/answer.ts';
export { evaluate, featuresOf, predictAll, type EvaluateOptions } from './loop/evaluate.ts';
export type { BestModel, EpochEvent, PhaseEvent, StepEvent } from './loop/events.ts';
export type { FeatureInputs, FeatureOptions } from './inputs/features.ts';
export { fineTune, type FineTuneOptions, type FineTuneResult, type RunInputs } from './loop/fine-tune.ts';
export {
  freeze,
  frozenNames,
  statistics,
  trainedParts,
  usesBatchStatistics,
  type FreezeReport,
  type Statistics,
} from './loop/freeze.ts';
export {
  loadNetwork,
  loadWithFreshHead,
  outputsFor,
  readNetworkFile,
  type NetworkFile,
} from './files/load-network.ts';
export { ImageCache, type ImageCacheOptions } from './inputs/image-cache.ts';
export { imageInputs, trunkIsFixed, type Inputs } from './inputs/inputs.ts';
export { findLearningRate, type RatePoint, type RateSearch, type RateSearchOptions } from './loop/lr-find.ts';
export { canTellApart, lossNames, probabilities, type LossName } from './loop/loss-kinds.ts';
export { topK, type Metrics } from './loop/metrics.ts';
export { balancedWeights } from './loop/batch.ts';
export { planPhases, type Phase } from './loop/phases.ts';
export { problemsOf, type NetworkUse } from './rehearse/problems.ts';
export { costOf, largestBatch, type PhaseCost, type RunCost, type RunPhotos } from './rehearse/cost.ts';
export type { Operations } from './rehearse/operations.ts';
export { secondsOf, type RunSeconds, type TrainingSpeed } from './rehearse/seconds.ts';
export { measureSpeed } from './rehearse/speed.ts';
export { rehearse } from './rehearse/rehearsal.ts';
export {
  recordStep,
  type StepBox,
  type StepConvolution,
  type StepDispatch,
  type StepOperation,
  type StepPass,
  type StepRecord,
} from './rehearse/step-record.ts';
export { measureStep, type MeasuredParameter, type MeasuredStep } from './rehearse/step-measure.ts';
export { stepOf, type StepOptions } from './rehearse/step.ts';
export type { StepWork } from './rehearse/step-work.ts';
export { blankImages } from './rehearse/rehearsal.ts';
export { featureInputs, featureStream } from './inputs/load-features.ts';
export type { EarlierFeatures, FeatureStream } from './inputs/feature-stream.ts';
export { FeatureNames, type FeatureStore } from './inputs/feature-store.ts';
export {
  firstPhase,
  InputSource,
  type ComputedFeatures,
  type FeatureReport,
  type RunInputOptions,
} from './inputs/run-inputs.ts';
export { changedSettings } from './files/settings.ts';
export {
  decodeTrainingState,
  encodeTrainingState,
  isBeforeTraining,
  modelTensors,
  startOfRun,
  type TrainingProgress,
  type TrainingState,
} from './files/state.ts';
export { trunkOf, type Checksum, type Trunk } from './files/trunk.ts';
export { chooseStrategy, type DataFacts, type Strategy } from './settings/strategy.ts';
