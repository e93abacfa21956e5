/** How well a run's best model does, with the most confident mistakes and their photos, and which labels it doubts. */
import { encodePng, type Dataset, type DecodedImage, type ImageSet } from '../data/index.ts';
import type { Mistake, ShownMistake } from '../report/index.ts';
import {
  classMaps,
  fitTemperature,
  imageInputs,
  predictAll,
  temper,
  type RunInputs,
} from '../train/index.ts';
import type { StateDict } from '../weights/index.ts';
import { doubtsOf } from './doubts.ts';
import { overlayPicture } from './explain.ts';
import { Acquaintance } from './familiarity.ts';
import { Judge, type Answers } from './judgement.ts';
import { parseWeights } from './model/weights-file.ts';
import type { BestJudgement } from './outcome.ts';
import type { Session } from './session.ts';
import { writeCalibration } from './store/calibration.ts';
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
 * those of the last phase; undefined if nothing was left to train. Writes into the folder what tells photos that are unlike the run's,
 * and how sure the model may be.
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
  const temperature = fitTemperature(rows, valid.labels);
  rows.forEach((row, index) => judge.add(index, valid.labels[index] ?? -1, temper(row, temperature)));
  const { confusion, mistakes, answers } = judge.judgement();
  const doubts = await doubtsOf(model, learned, classes.length, config);
  await writeFamiliar(folder, acquaintance.known(), epoch);
  await writeCalibration(folder, { epoch, temperature });
  const surest = mistakes.slice(0, SHOWN_MISTAKES);
  const [indices, said] = [surest.map(({ index }) => index), surest.map(({ predicted }) => predicted)];
  const maps = await classMaps(model, valid, indices, said, config.batchSize);
  const releaseShown = await valid.hold?.(indices);
  const shown = surest.map((mistake, i): ShownMistake => {
    const [seen, map] = [imageOf(valid, mistake.index), maps[i]];
    const looked = map && overlayPicture({ seen, map }, { most: MOST_OVERLAY });
    return { ...shownMistake(valid, classes, mistake), looked };
  });
  releaseShown?.();
  const doubtful = doubts.indices
    .map((index, at) => ({ index, ...answerAt(doubts, at) }))
    .filter(({ actual, predicted }) => actual !== predicted)
    .slice(0, SHOWN_MISTAKES);
  const releaseDoubted = await train.hold?.(doubtful.map(({ index }) => index));
  const doubted = doubtful.map((doubt) => shownMistake(train, classes, doubt));
  releaseDoubted?.();
  const below = (paths: readonly string[]) => paths.map((path) => nameBelow(photos.root, path));
  return {
    ...{ confusion, shown, mistakeCount: mistakes.length, doubted, temperature },
    answers: { ...answers, files: below(valid.paths) },
    trainingAnswers: {
      ...{ actual: doubts.actual, predicted: doubts.predicted, confidence: doubts.confidence },
      files: below(doubts.indices.map((index) => train.paths[index] ?? '')),
    },
  };
}

const answerAt = ({ actual, predicted, confidence }: Answers, at: number) => ({
  actual: actual[at] ?? -1,
  predicted: predicted[at] ?? -1,
  confidence: confidence[at] ?? NaN,
});

/** A mistake with its photo as the network saw it, and its names. */
function shownMistake(
  set: ImageSet,
  classes: readonly string[],
  { index, actual, predicted, confidence }: Pick<Mistake, 'index' | 'actual' | 'predicted' | 'confidence'>,
): ShownMistake {
  const seen = imageOf(set, index);
  return {
    file: set.paths[index] ?? '',
    actual: classes[actual] ?? '',
    predicted: classes[predicted] ?? '',
    confidence,
    picture: { type: 'image/png', bytes: encodePng(seen), width: seen.width, height: seen.height },
  };
}

const imageOf = ({ width, height, image }: ImageSet, index: number): DecodedImage => ({
  width,
  height,
  data: image(index),
});
