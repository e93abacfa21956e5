// Everything that other folders use of the data code.

export { batches, type BatchOptions } from './batches.ts';
export {
  countByClass,
  type Dataset,
  type DatasetOptions,
  type DecodedPhoto,
  imageSet,
  type ImageSet,
  type KeptPhotos,
  loadDataset,
  loadImages,
  type SkippedFile,
} from './dataset.ts';
export { type DecoderName, decoderNames, isPhotoName, photoEndings } from './decoders.ts';
export { decodeImage, type DecodeOptions } from './decode.ts';
export { animalOrFood, type EmojiImage, type EmojiSet, emojiImages, subcategories } from './emoji.ts';
export { DataError, ImageError } from './errors.ts';
export type { Entry, FileSystem } from './files.ts';
export type { ImageFolder, LabelledPath } from './folder.ts';
export { HIDDEN, type IgnoredFiles, isPhotoElsewhere, LOOSE, NONE_IGNORED, SPECIAL } from './ignored.ts';
export { findImages } from './listing.ts';
export { scanImageFolder } from './scan.ts';
export { type Colour, type DecodedImage, DEFAULT_MAX_PIXELS, WHITE } from './image.ts';
export { IMAGENET_MEAN, IMAGENET_STD, normalize } from './normalize.ts';
export { createRandom, permutation, type Random } from '../random.ts';
export { Overflow, type Release, type ScratchFile } from './overflow.ts';
export { encodePng } from './png-encode.ts';
export {
  applyTransform,
  centerCrop,
  resizeShort,
  resizeTo,
  type Transform,
  transformedSize,
} from './resize.ts';
export { type Decode, decodeFile, type DecodeResult, type ImageSource, inlineSource } from './source.ts';
export { stratifiedSplit } from './split.ts';
export { typicalSide } from './typical-side.ts';
