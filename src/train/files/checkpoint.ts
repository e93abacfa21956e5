/**
 * A trained model as a file: safetensors with torchvision's names, and in its metadata everything needed to use it
 * (the classes, the size and the way to resize). Other programs read the tensors and may ignore the rest.
 */
import { transformedSize, type Colour, type Transform } from '../../data/index.ts';
import { WeightsError, writeSafetensors, type StateDict } from '../../weights/index.ts';
import { isNetworkName, type NetworkName } from '../../networks/index.ts';
import { lossNames, type LossName } from '../loop/loss-kinds.ts';
import type { Metrics } from '../loop/metrics.ts';

/** What a model is and how it was made. */
export interface ModelCard {
  readonly architecture: NetworkName;
  /** Names by index of the logit; two names for a single logit. */
  readonly classes: readonly string[];
  /** How a photo becomes the network's input. */
  readonly transform: Transform;
  readonly loss: LossName;
  /** The version of graft that wrote the file; undefined if it does not say. */
  readonly graft?: string | undefined;
  /** The epoch after which the weights were taken, counted from 1, and how they did on the validation photos. */
  readonly result?: ModelResult | undefined;
}

export interface ModelResult {
  readonly epoch: number;
  readonly valid: Pick<Metrics, 'accuracy' | 'loss'>;
}

export interface EncodeOptions {
  /** Default: f32. */
  readonly dtype?: 'f32' | 'f16';
  /** More for the metadata: where the weights come from, for instance. */
  readonly notes?: Readonly<Record<string, string>>;
}

/** The bytes of the model's file. */
export function encodeCheckpoint(
  state: StateDict,
  card: ModelCard,
  { dtype = 'f32', notes }: EncodeOptions = {},
): Uint8Array {
  return writeSafetensors(state, { dtype, metadata: { ...encodeCard(card), ...notes } });
}

/** The card as a file's metadata, which are texts. */
export function encodeCard(card: ModelCard): Record<string, string> {
  const { architecture, classes, transform, loss, graft, result } = card;
  return {
    format: 'pt', // what transformers and timm look for
    arch: architecture,
    classes: JSON.stringify(classes),
    image_size: String(transformedSize(transform).width),
    resize: showResize(transform),
    ...(transform.background && { background: transform.background.join(',') }),
    ...(transform.shrinkFrom !== undefined && { shrink_from: String(transform.shrinkFrom) }),
    loss,
    ...(graft !== undefined && { graft }),
    ...(result && {
      epoch: String(result.epoch),
      val_accuracy: String(result.valid.accuracy),
      val_loss: String(result.valid.loss),
    }),
  };
}

/**
 * Reads a model's card from its file's metadata; undefined if the file names no classes and so comes from elsewhere.
 * `source` is the file's name in messages. Throws `WeightsError` for metadata that contradict themselves.
 */
export function decodeCard(
  metadata: Readonly<Record<string, string>>,
  source: string,
): ModelCard | undefined {
  const { arch, loss = 'cross-entropy', graft } = metadata;
  if (metadata['classes'] === undefined) return undefined;
  const fail = (key: string, what: string) =>
    new WeightsError(source, `its metadata ${key} is ${what}`, 'Write the file again with graft');
  const classes = parseClasses(metadata['classes']);
  if (!classes) throw fail('"classes"', 'not a list of two or more names');
  if (!isNetworkName(arch)) throw fail('"arch"', `${JSON.stringify(arch)}, which graft does not have`);
  if (!lossNames.some((name) => name === loss)) throw fail('"loss"', `none of ${lossNames.join(', ')}`);
  const resize = parseResize(metadata['resize'] ?? '', Number(metadata['image_size']));
  if (!resize) throw fail('"resize" or "image_size"', 'not a size in pixels');
  const background = parseColour(metadata['background']);
  if (background === null) throw fail('"background"', 'not a colour such as 255,255,255');
  const { shrink_from: times } = metadata;
  const shrinkFrom = times === undefined ? undefined : Number(times);
  if (shrinkFrom !== undefined && !(shrinkFrom >= 1)) throw fail('"shrink_from"', 'not a number from 1');
  const transform = {
    ...resize,
    ...(background && { background }),
    ...(shrinkFrom !== undefined && { shrinkFrom }),
  };
  const result = parseResult(metadata);
  return {
    ...{ architecture: arch, classes, transform, loss: loss as LossName },
    ...(graft !== undefined && { graft }),
    ...(result && { result }),
  };
}

/** Undefined if the file does not say; what is not a number there decides nothing and is left out. */
function parseResult(metadata: Readonly<Record<string, string>>): ModelResult | undefined {
  const [epoch = NaN, accuracy = NaN, loss = NaN] = ['epoch', 'val_accuracy', 'val_loss'].map((key) =>
    Number(metadata[key] ?? NaN),
  );
  const isKnown = Number.isSafeInteger(epoch) && Number.isFinite(accuracy) && Number.isFinite(loss);
  return isKnown ? { epoch, valid: { accuracy, loss } } : undefined;
}

function parseClasses(text: string): string[] | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const isList = Array.isArray(value) && value.length >= 2 && value.every((n) => typeof n === 'string');
    return isList ? (value as string[]) : undefined;
  } catch {
    return undefined;
  }
}

/** `128x128` stretches to that; `256` makes the short side that long, and `image_size` is cropped in the centre. */
function showResize(transform: Transform): string {
  return transform.kind === 'resize' ? `${transform.width}x${transform.height}` : String(transform.resize);
}

function parseResize(text: string, crop: number): Transform | undefined {
  const [width = NaN, height] = text.split('x').map(Number);
  const isSize = (n: number) => Number.isInteger(n) && n >= 1 && n <= LARGEST_SIZE;
  if (!isSize(width)) return undefined;
  if (height === undefined)
    return isSize(crop) ? { kind: 'resize-short-crop', resize: width, crop } : undefined;
  return isSize(height) ? { kind: 'resize', width, height } : undefined;
}

/** Red, green and blue; undefined if there is no text, null if it is no colour. */
function parseColour(text: string | undefined): Colour | undefined | null {
  if (text === undefined) return undefined;
  const [red = NaN, green = NaN, blue = NaN, ...more] = text.split(',').map(Number);
  const isByte = (n: number) => Number.isInteger(n) && n >= 0 && n <= 255;
  return more.length === 0 && [red, green, blue].every(isByte) ? [red, green, blue] : null;
}

/** A file may come from anyone: one that asks for larger images would only exhaust memory. */
const LARGEST_SIZE = 4096;
