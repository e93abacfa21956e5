/** Which network a file holds that does not say so itself. */
import { detectNetwork } from '../../networks/index.ts';
import type { SafetensorsFile } from '../../weights/index.ts';
import { modelTensors } from './state.ts';

/** The network that the file is most like, a checkpoint's other tensors left out. Rejects with `WeightsError` if it is none that graft has. */
export async function detectIn(
  { tensors, notes = [] }: Pick<SafetensorsFile, 'tensors' | 'notes'>,
  source: string,
) {
  const found = await detectNetwork(modelTensors(tensors), source);
  return { architecture: found.name, tensors: found.tensors, notes: [...notes, ...found.notes] };
}
