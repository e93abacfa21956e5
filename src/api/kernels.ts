/**
 * The operations from buffers to buffers, for whoever brings an engine of their own: each records its kernels on a `Gpu`, which runs
 * them at the end of a scope. Activations are [N, H, W, C]. `defineKernel` makes further operations, `defineMap` those on each
 * element, `defineUpdate` further optimizers.
 *
 * @module graft/kernels
 */
export { requestDevice } from '../gpu/device.ts';
export {
  defineKernel,
  DeviceLostError,
  Gpu,
  GpuError,
  GpuOutOfMemoryError,
  GpuValidationError,
  memoizeKernel,
  read,
  rowOfWorkgroups,
  Storage,
  wgsl,
  workgroupNumber,
  write,
  type GpuOptions,
  type Grid,
  type Kernel,
} from '../gpu/index.ts';
export type { Access, Binding, KernelSpec, ParamType } from '../gpu/kernel.ts';
export { adam, type AdamOptions } from '../kernels/adam/index.ts';
export { avgPoolBackward, avgPoolForward, type AvgPoolShape } from '../kernels/avg-pool/index.ts';
export {
  batchNormBackward,
  batchNormForward,
  batchNormInvStd,
  batchNormStatistics,
  type BatchNormGradients,
} from '../kernels/batch-norm/index.ts';
export {
  broadcast,
  broadcastShape,
  repeatedAxes,
  type BroadcastShapes,
  type Operator,
} from '../kernels/broadcast/index.ts';
export { cast, type CastTypes } from '../kernels/cast/index.ts';
export {
  conv2dBackwardData,
  conv2dBackwardWeight,
  conv2dFlops,
  conv2dForward,
  oihwToRsck,
  outputSize,
  rsckToOihw,
  type Conv2dNorm,
  type Conv2dShape,
} from '../kernels/conv2d/index.ts';
export { dropout, type DropoutOptions } from '../kernels/dropout/index.ts';
export type { AxisShape } from '../kernels/columns.ts';
export type { Dtype } from '../kernels/dtype.ts';
export {
  activate,
  activateBackward,
  type ActivationName,
  type ActivationParams,
} from '../kernels/elementwise/activate.ts';
export {
  accumulate,
  add,
  defineMap,
  floats,
  mul,
  runMap,
  scale,
  type MapSpec,
  type Width,
} from '../kernels/elementwise/index.ts';
export { gatherRows, type GatherShape } from '../kernels/gather/index.ts';
export {
  groupedBackwardData,
  groupedBackwardWeight,
  groupedFlops,
  groupedForward,
  groupedOutput,
  type GroupedConv2dShape,
} from '../kernels/grouped-conv2d/index.ts';
export {
  layerNormBackward,
  layerNormForward,
  type LayerNormGradients,
  type LayerNormShape,
} from '../kernels/layer-norm/index.ts';
export {
  linearBackward,
  linearForward,
  type LinearShape,
  type LinearVariant,
} from '../kernels/linear/index.ts';
export {
  bceWithLogits,
  nllLoss,
  softmaxCrossEntropy,
  type BceOptions,
  type CrossEntropyOptions,
  type LabelOptions,
  type LossOutputs,
  type Reduction,
} from '../kernels/loss/index.ts';
export {
  maxPoolArgmaxBytes,
  maxPoolBackward,
  maxPoolForward,
  maxPoolOutput,
  type MaxPoolShape,
} from '../kernels/max-pool/index.ts';
export {
  centreCrop,
  imageStride,
  preprocess,
  type Augmentation,
  type ColourOperation,
  type PreprocessJob,
  type PreprocessShape,
  type PreprocessSizes,
  type Rectangle,
} from '../kernels/preprocess/index.ts';
export { clipFactor, magnitudes, sumOfSquares } from '../kernels/reduce/index.ts';
export { sgd, type SgdOptions } from '../kernels/sgd/index.ts';
export { softmax, softmaxBackward, type SoftmaxOptions } from '../kernels/softmax/index.ts';
export { sumAxes, type SumStorages } from '../kernels/sum/index.ts';
export { defineUpdate, runUpdate, type UpdateControls, type UpdateSpec } from '../kernels/update.ts';
