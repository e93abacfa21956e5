/** What the registry knows of a network that has a name: enough to tell it from a file, to build it and to export it. */
import type { Gpu } from '../gpu/index.ts';
import type { Network, Stages } from '../nn/index.ts';
import type { OnnxNetwork, StateDict } from '../weights/index.ts';

/** A network that has a name: enough to tell it from a file, to build it and to export it. */
export interface NetworkEntry extends OnnxNetwork {
  /** What people call it: `ResNet-18`. */
  readonly title: string;
  readonly stages: Stages;
  /** The head's name in weights files. */
  readonly head: string;
  /** How other programs name its tensors; none by default. */
  spellings?(): Promise<readonly Spelling[]>;
  /** Height and width in pixels of the images that its published weights were trained on. */
  readonly inputSize: number;
  /** Told of a file whose tensors have such a name, that it may be this one; by default of any. */
  readonly marks?: RegExp;
  /** Whether `create` and `stateShapes` may be called: what people seldom have comes when it is asked for. */
  isReady(): boolean;
  /** Resolves when they may be called and `addNodes` too. What is not there yet throws `Error`. */
  ready(): Promise<void>;
  /** A network of so many classes; its parameters are undefined until `initialise` or `loadStateDict`. */
  create(gpu: Gpu, classes: number): Network;
}

/** Another way to name a network's tensors. */
export interface Spelling {
  /** Who names them so, as the beginning of "… names": `Hugging Face's`. */
  readonly whose: string;
  /** From those names to the network's own; a file may have only some of them. */
  readonly names: ReadonlyMap<string, string>;
}

/** What is thrown where a network is asked for what `ready` has not loaded. */
export const notReady = (name: string): Error =>
  new Error(`${name} is not loaded yet: await networks.${name}.ready() first.`);

/** How many logits the file's head has: ImageNet's thousand where there is none, whose absence is then told. */
export const outputsIn = (tensors: StateDict, { head }: NetworkEntry): number =>
  tensors.get(`${head}.bias`)?.shape[0] ?? 1000;
