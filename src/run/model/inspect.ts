/** What network a file of weights holds, told before anything is put on the GPU or kept. */
import { detectNetwork, networks, outputsIn, type NetworkName } from '../../networks/index.ts';
import { detectFormat } from '../../weights/format.ts';
import { matchStateDict } from '../../weights/index.ts';
import type { FoundWeights } from '../host.ts';
import { learnedSize } from './learned-size.ts';
import { parseWeights } from './weights-file.ts';

/** What training can begin with. */
export interface InspectedWeights {
  readonly architecture: NetworkName;
  readonly title: string;
  /** What its photos had in height and width, where the file says so. */
  readonly learnedSize: number | undefined;
  readonly format: 'safetensors' | 'pth';
  /** What was taken of the file and under which names, in clauses for people. */
  readonly notes: readonly string[];
}

/**
 * Reads the whole file as training would, its head apart, which is made fresh. Rejects with `WeightsError` where it is no weights file, is
 * damaged, or does not fit a network that graft has.
 */
export async function inspectWeights(found: FoundWeights): Promise<InspectedWeights> {
  const file = await parseWeights(found);
  const { source, bytes } = found;
  const { name: architecture, tensors, notes } = await detectNetwork(file.tensors, source);
  const network = networks[architecture];
  const shapes = network.stateShapes(outputsIn(tensors, network));
  matchStateDict(shapes, tensors, { source, freshHead: network.head });
  return {
    architecture,
    title: network.title,
    learnedSize: learnedSize(file),
    format: detectFormat(bytes, source),
    notes: [...(file.notes ?? []), ...notes],
  };
}
