/**
 * `familiar.safetensors` of a run: what tells whether a photo is unlike all that its best model learned from. A file of its own, since
 * other programs load the model's strictly; at most half a megabyte for a ResNet-18, and of no photo more than its features.
 */
import { printable } from '../../format.ts';
import type { KnownPhotos } from '../../train/index.ts';
import { readSafetensors, WeightsError, writeSafetensors } from '../../weights/index.ts';
import { runFiles, type RunFolder } from './folder.ts';
import { fileOf } from './reading.ts';
import type { RunReader } from './store.ts';

const FORMAT = 'graft familiar photos 1';

/** Writes what the best model, of this epoch, knows. Throws `RunError` if it cannot be written. */
export const writeFamiliar = (folder: RunFolder, known: KnownPhotos, epoch: number): Promise<void> =>
  folder.write('familiar', encodeFamiliar(known, epoch));

export function encodeFamiliar({ rows, width, distances }: KnownPhotos, epoch: number): Uint8Array {
  const tensors = new Map([
    ['features', { shape: [rows.length / width, width], data: rows }],
    ['distances', { shape: [distances.length], data: distances }],
  ]);
  return writeSafetensors(tensors, { dtype: 'f16', metadata: { format: FORMAT, epoch: String(epoch) } });
}

/** Far more than a run writes: 2,048 features of 512 photos take 2 MiB. */
const LARGEST = 64 * 2 ** 20;

/**
 * What the run's best model, of this epoch and with so many features, knows; undefined for a run that was written without, or for
 * another epoch. Throws `WeightsError` for a file that is damaged or another network's.
 */
export async function readFamiliar(
  reader: RunReader,
  epoch: string | undefined,
  width: number,
): Promise<KnownPhotos | undefined> {
  const size = await reader.size(runFiles.familiar);
  if (size === undefined) return undefined;
  const source = printable(fileOf(reader, 'familiar'));
  if (size === 'no file' || size > LARGEST) throw damaged(source, 'it is none that a run writes');
  const found = parseFamiliar(await reader.read(runFiles.familiar), source);
  if (found.epoch !== epoch) return undefined;
  if (found.width !== width)
    throw damaged(source, `it has ${found.width} features of each photo, and the network ${width}`);
  return found;
}

/** The contents of a file. Throws `WeightsError` if they are not what `encodeFamiliar` writes. */
export function parseFamiliar(bytes: Uint8Array, source: string): KnownPhotos & { readonly epoch: string } {
  const { tensors, metadata } = readSafetensors(bytes, source);
  const [features, distances] = [tensors.get('features'), tensors.get('distances')];
  const { format, epoch = '' } = metadata;
  if (format !== FORMAT || !features || !distances || !/^\d+$/.test(epoch))
    throw damaged(source, 'it does not hold the features of photos');
  const [rows = 0, width = 0, ...more] = features.shape;
  if (rows < 1 || width < 1 || more.length > 0 || distances.shape.length !== 1)
    throw damaged(source, 'its tensors have no shape that a run writes');
  const { data } = distances;
  if (!features.data.every((value) => Math.abs(value) <= 1.01))
    throw damaged(source, 'its features are not of length 1');
  if (!data.every((value, i) => value >= (data[i - 1] ?? 0) && value <= 2.01))
    throw damaged(source, 'its distances are not in order');
  return { rows: features.data, width, distances: data, epoch };
}

const damaged = (source: string, problem: string): WeightsError =>
  new WeightsError(
    source,
    problem,
    'Delete the file to go on without it: whether a photo is unlike the training photos is then not told',
  );
