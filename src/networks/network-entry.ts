/** What the registry knows of a network that has a name: enough to tell it from a file, to build it and to export it. */
import type { Gpu } from '../gpu/index.ts';
import type { Network, Stages } from '../nn/index.ts';
import type { OnnxNetwork } from '../weights/index.ts';

/** A network that has a name: enough to tell it from a file, to build it and to export it. */
export interface NetworkEntry extends OnnxNetwork {
  /** What people call it: `ResNet-18`. */
  readonly title: string;
  readonly stages: Stages;
  /** The head's name in weights files. */
  readonly head: string;
  /** How other programs name its tensors; none by default. */
  readonly spellings?: readonly Spelling[];
  /** Height and width in pixels of the images that its published weights were trained on. */
  readonly inputSize: number;
  /** Resolves when `create` and `addNodes` may be called: a network that a page seldom has comes when it is asked for. */
  ready(): Promise<void>;
  /** A network of so many classes; its parameters are undefined until `initialise` or `loadStateDict`. Throws `Error` before it is `ready`. */
  create(gpu: Gpu, classes: number): Network;
}

/** Another way to name a network's tensors. */
export interface Spelling {
  /** Who names them so, as the beginning of "… names": `Hugging Face's`. */
  readonly whose: string;
  /** From those names to the network's own; a file may have only some of them. */
  readonly names: ReadonlyMap<string, string>;
}
