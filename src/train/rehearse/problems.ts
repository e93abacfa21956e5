/**
 * Which problems a network meets, as autotuning knows them: found by rehearsing a training step and an evaluation while
 * noting which measurements the operations ask for.
 */
import type { Gpu } from '../../gpu/index.ts';
import { networks, type NetworkName } from '../../networks/index.ts';
import type { Statistics } from '../loop/freeze.ts';
import { chooseStrategy } from '../settings/strategy.ts';
import { recordBatch } from './rehearsal.ts';

export interface NetworkUse {
  readonly architecture: NetworkName;
  readonly batchSize: number;
  /** Side of the square images in pixels. */
  readonly size: number;
  /** What is trained, and how frozen batch norm normalises, as `freeze` takes them. */
  readonly tune: string;
  readonly bn: Statistics;
}

/** ImageNet's: how many there are decides the head's products alone. */
const CLASSES = 1000;
/** What is known of the photos: nothing, so that all is as `use` says. */
const NO_PHOTOS = { images: 0, classes: CLASSES, counts: [1] };

/**
 * The names of all problems of a training step and an evaluation of one batch, with how often they come up in both.
 * Nothing is computed. Throws as `freeze` does.
 */
export function problemsOf(gpu: Gpu, { architecture, ...use }: NetworkUse): Map<string, number> {
  const network = networks[architecture];
  // The whole network in every step, even a fixed trunk: with no views, its features are not kept.
  const { config } = chooseStrategy({ ...use, views: 0 }, NO_PHOTOS, network.stages);
  const counts = new Map<string, number>();
  const before = gpu.autotuned;
  gpu.autotuned = {
    get: (problem) => {
      counts.set(problem, (counts.get(problem) ?? 0) + 1);
      return undefined;
    },
  };
  try {
    gpu.rehearse(() => recordBatch(network.create(gpu, CLASSES), config));
  } finally {
    gpu.autotuned = before;
  }
  return counts;
}
