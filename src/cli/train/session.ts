// What training and the search for a learning rate begin with: a device, a config, photos that were found and a network
// with a fresh head. All that a user can get wrong shows here, before thousands of photos are read.
import type { Gpu } from '../../gpu/index.ts';
import { networks, type NetworkName } from '../../networks/index.ts';
import type { Network } from '../../nn/index.ts';
import { chooseStrategy, loadWithFreshHead, outputsFor, type TrainConfig } from '../../train/index.ts';
import { openGpu } from '../device.ts';
import { loadPretrained } from '../model/pretrained.ts';
import { colours as pc } from '../terminal/colours.ts';
import { paragraph } from '../terminal/format.ts';
import { divisionFor, withPaths } from './config.ts';
import { checkClasses, factsOf, findPhotos, type FoundPhotos } from './photos.ts';

export interface Session {
  readonly gpu: Gpu;
  /** The adapter for people. */
  readonly device: string;
  readonly config: TrainConfig;
  /** Why the config is as it is, sentences without an end mark; none for a run that is resumed. */
  readonly reasons: readonly string[];
  readonly photos: FoundPhotos;
  readonly model: Network;
  readonly architecture: NetworkName;
}

/**
 * Begins what the user has decided: finds photos, chooses the rest by them, and grafts a fresh head onto pretrained
 * weights. Throws what says what is wrong with any of these; the signal's reason where that is aborted.
 */
export async function openSession(given: Partial<TrainConfig>, signal: AbortSignal): Promise<Session> {
  const wanted = withPaths(given);
  const photos = await findPhotos(wanted.data ?? null, divisionFor(wanted));
  const { classes } = photos.folder;
  const facts = factsOf(photos);
  const { weights: name, data, seed, loss } = chooseStrategy(wanted, facts).config;
  checkClasses(classes, loss);
  const weights = await loadPretrained(name, data === null, signal);
  const { gpu, name: device } = await openGpu();
  const fresh = { source: weights.source, outputs: outputsFor({ classes, loss }), seed };
  const { model, architecture } = loadWithFreshHead(gpu, weights, fresh);
  // What is trained is said in the words of the network, which is known only now.
  const { config, reasons } = chooseStrategy(wanted, facts, networks[architecture].stages);
  return { gpu, device, config: { ...config, weights: weights.name }, reasons, photos, model, architecture };
}

/** Prints what was chosen and why. */
export function printReasons(reasons: readonly string[]): void {
  reasons.forEach((reason, i) => paragraph(i === 0 ? 'chosen' : '', reason));
  if (reasons.length > 0)
    console.log(pc.dim('            (options given by name go before; --help lists them)'));
}
