// What a run leaves for people to look at: report.html, with the surest mistakes and the
// photos as the network saw them.
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { encodePng, type Dataset, type ImageSet } from '../../data/index.ts';
import {
  confusionMatrix,
  likeliest,
  mistakes,
  renderReport,
  type Picture,
  type ShownMistake,
} from '../../report/index.ts';
import { networks } from '../../networks/index.ts';
import { imageInputs, predictAll } from '../../train/index.ts';
import { readWeightsFile } from '../model/weights-file.ts';
import type { RunFolder } from '../run/folder.ts';
import { printable, shellWord } from '../terminal/format.ts';
import { typed } from '../terminal/invocation.ts';
import { graftVersion } from '../version.ts';
import type { RunOutcome } from './run.ts';
import type { Session } from './session.ts';
import { resumeCommand } from './summary.ts';

const SHOWN_MISTAKES = 24;

/**
 * Writes the report of a run whose best model, if it has one, is in `folder`; leaves
 * `session.model` with those weights.
 */
export async function writeReport(
  session: Session,
  data: Dataset,
  folder: RunFolder,
  outcome: RunOutcome,
): Promise<void> {
  const { config, reasons, photos, device, architecture } = session;
  const { history, best, frozen } = outcome;
  const judged = best ? await judge(session, data, folder, outcome) : undefined;
  const page = renderReport({
    name: basename(folder.path),
    graft: graftVersion(),
    finished: new Date(),
    outcome: outcome.stopped ? 'interrupted' : outcome.endedEarly ? 'stopped early' : 'finished',
    history,
    data: { folder: photos.dir, train: data.train.count, valid: data.valid.count },
    model: networks[architecture].title,
    parameters: frozen ?? { trained: 0, frozen: 0 },
    device,
    seconds: process.uptime(),
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
    commands: commandsFor(folder, outcome),
    uplot: await readUplot(),
  });
  await folder.write('report', page);
}

/** Training images a second; undefined where no epoch ended. */
function speedOf(history: RunOutcome['history']): number | undefined {
  const images = history.reduce((sum, { train }) => sum + train.count, 0);
  const seconds = history.reduce((sum, { trainSeconds }) => sum + trainSeconds, 0);
  return history.length > 0 ? images / seconds : undefined;
}

async function judge(
  { model, config, photos }: Session,
  { valid }: Dataset,
  folder: RunFolder,
  outcome: RunOutcome,
) {
  model.loadStateDict(outcome.bestState ?? (await readWeightsFile(folder.file('best'))).tensors);
  const inputs = outcome.inputs?.valid ?? imageInputs(model, valid, { ...config, augment: 'none' });
  const { classes } = photos.folder;
  const rows = await predictAll(model, inputs, config);
  const labels = Array.from(valid.labels);
  const wrong = mistakes(rows, labels);
  const shown = wrong
    .slice(0, SHOWN_MISTAKES)
    .map(({ index, actual, predicted, confidence }): ShownMistake => ({
      file: valid.paths[index] ?? '',
      actual: classes[actual] ?? '',
      predicted: classes[predicted] ?? '',
      confidence,
      picture: pictureOf(valid, index),
    }));
  const predicted = rows.map((row) => likeliest(row) ?? 0);
  return { confusion: confusionMatrix(labels, predicted, classes), shown, mistakeCount: wrong.length };
}

function pictureOf({ width, height, image }: ImageSet, index: number): Picture {
  return { type: 'image/png', bytes: encodePng({ width, height, data: image(index) }), width, height };
}

function commandsFor({ path }: RunFolder, { stopped }: RunOutcome) {
  const run = printable(shellWord(path));
  return [
    ...(stopped ? [{ purpose: 'Go on with the run', command: resumeCommand(path) }] : []),
    { purpose: 'Say what is on a photo', command: `${typed('predict')} --model ${run} PHOTO.jpg` },
    { purpose: 'Judge it on other photos', command: `${typed('evaluate')} --model ${run} --data DIR` },
  ];
}

async function readUplot(): Promise<{ script: string; style: string }> {
  const read = (name: string) => readFile(fileURLToPath(import.meta.resolve(`uplot/dist/${name}`)), 'utf8');
  return { script: await read('uPlot.iife.min.js'), style: await read('uPlot.min.css') };
}
