// Everything that other folders use of the data code.

export { batches, type BatchOptions } from './batches.ts';
export {
  type Dataset,
  type DatasetOptions,
  imageSet,
  type ImageSet,
  loadDataset,
  type SkippedFile,
} from './dataset.ts';
export { decodeImage, type DecodeOptions } from './decode.ts';
export { DataError, ImageError } from './errors.ts';
export type { Entry, FileSystem } from './files.ts';
export { type ImageFolder, type LabelledPath, scanImageFolder } from './folder.ts';
export { type DecodedImage, DEFAULT_MAX_PIXELS } from './image.ts';
export { IMAGENET_MEAN, IMAGENET_STD, normalize } from './normalize.ts';
export { createRandom, permutation, type Random } from '../random.ts';
export { encodePng } from './png-encode.ts';
export {
  applyTransform,
  centerCrop,
  resizeShort,
  resizeTo,
  type Transform,
  transformedSize,
} from './resize.ts';
export { decodeFile, type DecodeResult, type ImageSource, inlineSource } from './source.ts';
export { stratifiedSplit } from './split.ts';
