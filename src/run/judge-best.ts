/** How well a run's best model does, with the most confident mistakes and their photos. */
import { encodePng, type Dataset, type ImageSet } from '../data/index.ts';
import type { Picture, ShownMistake } from '../report/index.ts';
import { imageInputs, predictAll, type RunInputs } from '../train/index.ts';
import type { StateDict } from '../weights/index.ts';
import { Judge } from './judgement.ts';
import { parseWeights } from './model/weights-file.ts';
import type { BestJudgement } from './outcome.ts';
import type { Session } from './session.ts';
import { nameBelow } from './store/fingerprint.ts';
import type { RunFolder } from './store/folder.ts';
import { readBest } from './store/reading.ts';

const SHOWN_MISTAKES = 24;

/**
 * Evaluates the best model, whose weights are `best` or in the folder, and leaves the session's model with them. `inputs` are
 * those of the last phase; undefined if nothing was left to train.
 */
export async function judgeBest(
  { model, config, photos }: Session,
  { valid }: Dataset,
  inputs: RunInputs | undefined,
  best: StateDict | RunFolder,
): Promise<BestJudgement> {
  model.loadStateDict(best instanceof Map ? best : (await parseWeights(await readBest(best.files))).tensors);
  const { classes } = photos.folder;
  const judge = new Judge(classes);
  const all = inputs?.valid ?? imageInputs(model, valid, { ...config, augment: 'none' });
  const rows = await predictAll(model, all, config);
  rows.forEach((row, index) => judge.add(index, valid.labels[index] ?? -1, row));
  const { confusion, mistakes, answers } = judge.judgement();
  const shown = mistakes
    .slice(0, SHOWN_MISTAKES)
    .map(({ index, actual, predicted, confidence }): ShownMistake => ({
      file: valid.paths[index] ?? '',
      actual: classes[actual] ?? '',
      predicted: classes[predicted] ?? '',
      confidence,
      picture: pictureOf(valid, index),
    }));
  const files = valid.paths.map((path) => nameBelow(photos.root, path));
  return { confusion, shown, mistakeCount: mistakes.length, answers: { ...answers, files } };
}

function pictureOf({ width, height, image }: ImageSet, index: number): Picture {
  return { type: 'image/png', bytes: encodePng({ width, height, data: image(index) }), width, height };
}
