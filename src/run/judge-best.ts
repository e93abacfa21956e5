/** How well a run's best model does, with the most confident mistakes and their photos. */
import { encodePng, type Dataset, type DecodedImage, type ImageSet } from '../data/index.ts';
import type { ShownMistake } from '../report/index.ts';
import { classMaps, imageInputs, predictAll, type RunInputs } from '../train/index.ts';
import type { StateDict } from '../weights/index.ts';
import { overlayPicture } from './explain.ts';
import { Acquaintance } from './familiarity.ts';
import { Judge } from './judgement.ts';
import { parseWeights } from './model/weights-file.ts';
import type { BestJudgement } from './outcome.ts';
import type { Session } from './session.ts';
import { writeFamiliar } from './store/familiar.ts';
import { nameBelow } from './store/fingerprint.ts';
import type { RunFolder } from './store/folder.ts';
import { readBest } from './store/reading.ts';

const SHOWN_MISTAKES = 24;
/** Pixels of the longer side of what shows where the network looked: maps are smooth, and a report holds many. */
const MOST_OVERLAY = 128;

/** The best model of a run: when it was found, and its weights where they are at hand. */
export interface BestOfRun {
  readonly epoch: number;
  readonly state?: StateDict | undefined;
}

/**
 * Evaluates the best model, whose weights are given or in the folder, and leaves the session's model with them. `inputs` are
 * those of the last phase; undefined if nothing was left to train. Writes into the folder what tells photos that are unlike the run's.
 */
export async function judgeBest(
  { model, config, photos }: Session,
  { train, valid }: Dataset,
  inputs: RunInputs | undefined,
  folder: RunFolder,
  { epoch, state }: BestOfRun,
): Promise<BestJudgement> {
  model.loadStateDict(state ?? (await parseWeights(await readBest(folder.files))).tensors);
  const { classes } = photos.folder;
  const judge = new Judge(classes);
  const { train: learned, valid: all } = inputs ?? {
    train: imageInputs(model, train, config),
    valid: imageInputs(model, valid, config),
  };
  const acquaintance = await Acquaintance.with(model, learned, all.count, config);
  const onFeatures = (features: Float32Array) => acquaintance.compare(features);
  const rows = await predictAll(model, all, { ...config, onFeatures });
  rows.forEach((row, index) => judge.add(index, valid.labels[index] ?? -1, row));
  const { confusion, mistakes, answers } = judge.judgement();
  const surest = mistakes.slice(0, SHOWN_MISTAKES);
  const [indices, said] = [surest.map(({ index }) => index), surest.map(({ predicted }) => predicted)];
  const maps = await classMaps(model, valid, indices, said, config.batchSize);
  const release = await valid.hold?.(indices);
  const shown = surest.map(({ index, actual, predicted, confidence }, i): ShownMistake => {
    const [seen, map] = [imageOf(valid, index), maps[i]];
    return {
      file: valid.paths[index] ?? '',
      actual: classes[actual] ?? '',
      predicted: classes[predicted] ?? '',
      confidence,
      picture: { type: 'image/png', bytes: encodePng(seen), width: seen.width, height: seen.height },
      looked: map && overlayPicture({ seen, map }, { most: MOST_OVERLAY }),
    };
  });
  release?.();
  const files = valid.paths.map((path) => nameBelow(photos.root, path));
  await writeFamiliar(folder, acquaintance.known(), epoch);
  return { confusion, shown, mistakeCount: mistakes.length, answers: { ...answers, files } };
}

const imageOf = ({ width, height, image }: ImageSet, index: number): DecodedImage => ({
  width,
  height,
  data: image(index),
});
