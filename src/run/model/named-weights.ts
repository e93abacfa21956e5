/** What the readers of weights files give, and what they need for it. */
import type { Trunk } from '../../train/files/trunk.ts';
import type { SafetensorsFile } from '../../weights/safetensors.ts';
import type { FoundWeights, Hasher } from '../host.ts';
import type { Preparation } from './preparation.ts';

/** Tensors and metadata, the file's name in messages, and how its network was shown photos, where that was looked for. */
export type NamedWeights = SafetensorsFile & {
  readonly source: string;
  readonly preparation?: Preparation;
  /** What of it was read in another file. */
  readonly trunk?: Trunk;
  /** By what its logits are to be divided, where the run that it is the best model of found that out. */
  readonly temperature?: number | undefined;
};

/** Where a checkpoint's trunk is looked for, which another file has. */
export interface Beside {
  /** The file of that name in the same folder or run; undefined if there is none. */
  find(name: string): Promise<FoundWeights | undefined>;
  sha256(): Hasher;
}
