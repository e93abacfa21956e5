/** What a run leaves for people to look at: report.html, with the most confident mistakes and the photos as the network saw them. */
import { encodePng, type Dataset, type ImageSet } from '../data/index.ts';
import { networks } from '../networks/index.ts';
import { renderReport, type Picture, type ReportData, type ShownMistake } from '../report/index.ts';
import { imageInputs, predictAll, type RunInputs } from '../train/index.ts';
import type { StateDict } from '../weights/index.ts';
import type { RunHost } from './host.ts';
import { Judge } from './judgement.ts';
import { parseWeights } from './model/weights-file.ts';
import type { Session } from './session.ts';
import { nameBelow } from './store/fingerprint.ts';
import type { RunFolder } from './store/folder.ts';
import { readBest } from './store/reading.ts';
import type { BestJudgement, RunOutcome } from './outcome.ts';

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
  model.loadStateDict(best instanceof Map ? best : parseWeights(await readBest(best.files)).tensors);
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

export interface ReportFacts {
  /** From the start of the run to the written model. */
  readonly seconds: number;
  /** What to do next, in the words of the face that shows the report. */
  readonly commands: ReportData['commands'];
}

/** Writes the report of a run. */
export async function writeReport(
  host: Pick<RunHost, 'version' | 'plots'>,
  { config, reasons, photos, device, architecture }: Session,
  data: Dataset,
  folder: RunFolder,
  outcome: RunOutcome,
  { seconds, commands }: ReportFacts,
): Promise<void> {
  const { history, frozen, judged } = outcome;
  const page = renderReport({
    name: folder.run.split(/[/\\]/).findLast((part) => part !== '') ?? '',
    graft: host.version,
    finished: new Date(),
    outcome: outcome.stopped ? 'interrupted' : outcome.endedEarly ? 'stopped early' : 'finished',
    history,
    data: { folder: photos.dir, train: data.train.count, valid: data.valid.count },
    model: networks[architecture].title,
    parameters: frozen ?? { trained: 0, frozen: 0 },
    device,
    seconds,
    imagesPerSecond: speedOf(history),
    strategy: { summary: `training ${config.tune}`, reasons },
    confusion: judged?.confusion,
    mistakes: judged?.shown ?? [],
    mistakeCount: judged?.mistakeCount ?? 0,
    batch: {
      picture: outcome.batch,
      caption: `Training photos as the network sees them: ${config.size} pixels, augmentation ${config.augment}`,
    },
    config: { ...config },
    commands,
    uplot: await host.plots(),
  });
  await folder.write('report', page);
}

/** Training images per second; undefined if no epoch ended. */
function speedOf(history: RunOutcome['history']): number | undefined {
  const images = history.reduce((sum, { train }) => sum + train.count, 0);
  const seconds = history.reduce((sum, { trainSeconds }) => sum + trainSeconds, 0);
  return history.length > 0 ? images / seconds : undefined;
}
