/**
 * Features from one run to the next: a frozen trunk makes the same of the same photos, however the head on top of it is trained. They are
 * kept by batch, under the checksum of all that their bits depend on: the photos' pixels, the trunk, the adapter with its driver and what
 * was measured on it, and of augmented looks the draw. So nothing is ever out of date, and a set that has grown finds what it had before.
 */
import type { Gpu } from '../../gpu/index.ts';
import type { AugmentName } from './augment.ts';
import { trunkOf, type Checksum } from '../files/trunk.ts';
import type { StateDict } from '../../weights/index.ts';

/** Where features are kept, by name. What goes wrong there costs time and nothing else, so neither call rejects. */
export interface FeatureStore {
  /** Resolves to what `keep` was given under this name, or to undefined. */
  find(name: string): Promise<Float32Array<ArrayBuffer> | undefined>;
  keep(name: string, features: Float32Array): Promise<void>;
}

/** What all batches of a run have in common. */
export interface FeatureMaker {
  /** The version of graft: another may have other kernels. */
  readonly version: string;
  readonly gpu: Gpu;
  readonly architecture: string;
  /** Parameters and running statistics of the network, of which `names` are the trunk's. */
  readonly state: StateDict;
  readonly names: readonly string[];
  /** Starts a SHA-256. */
  readonly sha256: () => Checksum;
}

/** How the photos of a batch are looked at. */
export interface Look {
  /** In pixels. */
  readonly size: number;
  readonly height: number;
  readonly width: number;
  /** What an augmented look depends on besides the photo; undefined for the plain one. */
  readonly draw?: {
    readonly augment: AugmentName;
    readonly seed: number;
    readonly view: number;
    readonly first: number;
  };
}

/** The names of batches of one trunk. */
export class FeatureNames {
  private readonly maker: Uint8Array;

  constructor(private readonly options: FeatureMaker) {
    const { version, gpu, architecture, state, names, sha256 } = options;
    const { vendor, architecture: family, device, description } = gpu.device.adapterInfo;
    const adapter = [vendor, family, device, description];
    const measured = String(gpu.autotuned ?? '');
    const trunk = trunkOf(state, names, '', sha256()).sha256;
    this.maker = utf8([version, architecture, adapter, measured, trunk]);
  }

  /** The name of what the trunk makes of these photos [height, width, 3]. */
  of(photos: readonly Uint8Array[], look: Look): string {
    const checksum = this.options.sha256();
    checksum.update(this.maker);
    checksum.update(utf8([look, photos.length]));
    for (const photo of photos) checksum.update(photo);
    return checksum.hex();
  }
}

/** Ends with what JSON has nowhere, so that no two lists are followed by the same bytes. */
const utf8 = (value: unknown): Uint8Array => new TextEncoder().encode(`${JSON.stringify(value)}\0`);
