/** The report of a run for people to look at, report.html. It is much text, and loaded while training goes on. */
import type { Dataset } from '../data/index.ts';
import { networks } from '../networks/index.ts';
import { reliabilityOf, renderReport, type ListedMistake, type ReportData } from '../report/index.ts';
import type { RunHost } from './host.ts';
import type { FileAnswers } from './judgement.ts';
import { mistakesIn, type MistakePart } from './mistakes.ts';
import type { RunOutcome } from './outcome.ts';
import type { Session } from './session.ts';
import type { RunFolder } from './store/folder.ts';

export interface ReportFacts {
  /** From the start of the run to the written model. */
  readonly seconds: number;
  /** What to do next, in the words of the face that shows the report. */
  readonly commands: ReportData['commands'];
}

/** Writes the report of a run. */
export async function writeReport(
  { version, plots }: Required<Pick<RunHost, 'version' | 'plots'>>,
  { config, reasons, photos, device, architecture }: Session,
  data: Dataset,
  folder: RunFolder,
  outcome: RunOutcome,
  { seconds, commands }: ReportFacts,
): Promise<void> {
  const { history, frozen, judged } = outcome;
  const page = renderReport({
    name: nameOfRun(folder.run),
    graft: version,
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
    reliability: judged && { ...reliabilityOf(judged.answers), temperature: judged.temperature },
    doubted: judged?.doubted,
    listed: judged && {
      val: listed(photos.root, data.classes, judged.answers, 'val'),
      train: listed(photos.root, data.classes, judged.trainingAnswers, 'train'),
    },
    batch: {
      picture: outcome.batch,
      caption: `Training photos as the network sees them: ${config.size} pixels, augmentation ${config.augment}`,
    },
    config: { ...config },
    commands,
    uplot: await plots(),
  });
  await folder.write('report', page);
}

/** Mistakes by the paths of their photos. */
const listed = (
  root: string,
  classes: readonly string[],
  answers: FileAnswers,
  part: MistakePart,
): readonly ListedMistake[] =>
  mistakesIn({ ...answers, classes }, part).map(({ file, ...mistake }) => ({
    ...mistake,
    file: `${root.replace(/[/\\]+$/, '')}/${file}`,
  }));

/** The last part of a run's place. */
export const nameOfRun = (run: string): string => run.split(/[/\\]/).findLast((part) => part !== '') ?? '';

/** Training images per second; undefined if no epoch ended. */
export function speedOf(history: ReportData['history']): number | undefined {
  const images = history.reduce((sum, epoch) => sum + epoch.imagesPerSecond * epoch.trainSeconds, 0);
  const seconds = history.reduce((sum, { trainSeconds }) => sum + trainSeconds, 0);
  return history.length > 0 ? images / seconds : undefined;
}
