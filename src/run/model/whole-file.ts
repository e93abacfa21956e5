/** Checkpoints that leave out their trunk, made whole: loaded where one is read, since a run that is begun needs none. */
import { decodeTrunk, withoutItsTrunk, withTrunk } from '../../train/files/join-trunk.ts';
import { readSafetensors } from '../../weights/safetensors.ts';
import type { Beside, NamedWeights } from './named-weights.ts';

/** The file with the trunk that a file `beside` it has. Throws `WeightsError` where that is damaged or is not to be had. */
export async function madeWhole(file: NamedWeights, beside: Beside | undefined): Promise<NamedWeights> {
  const { source } = file;
  const trunk = decodeTrunk(file.metadata, source);
  if (!trunk) return file;
  const other = await beside?.find(trunk.file);
  if (!beside || !other) throw withoutItsTrunk(source, trunk);
  const { tensors } = readSafetensors(other.bytes, other.source);
  const whole = withTrunk(file, trunk, source, { tensors, source: other.source }, beside.sha256());
  return { ...whole, source, trunk };
}
