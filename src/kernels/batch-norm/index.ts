/**
 * Batch normalisation (Ioffe and Szegedy 2015) over a [rows, channels] matrix, which is an NHWC activation with
 * rows = N·H·W. Batch mode and running mode differ only in where mean and invStd come from, and in the gradient.
 */
export { batchNormBackward, type BatchNormGradients } from './backward.ts';
export { batchNormForward } from './forward.ts';
export { batchNormInvStd, batchNormStatistics } from './statistics.ts';
