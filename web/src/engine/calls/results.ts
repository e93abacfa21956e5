/** How well the last run's best model does: its answers to the photos that were set aside. */
import type { RunEvent } from '../../../../src/run/events.ts';
import { readAnswers, type StoredAnswers } from '../../../../src/run/store/answers.ts';
import { PHOTOS } from '../photo-store.ts';
import type { Project } from '../project.ts';
import type { Answering } from '../protocol.ts';
import { modelRun } from './models.ts';
import { latestRun, type PageEvent, type StoredRun } from './runs.ts';

export interface ResultCalls {
  /** What was kept of the answers, `files` as `photo` takes them; undefined where there are none of the best model. */
  answers(): StoredAnswers | undefined;
  /** The same, by asking the model again. */
  judge(): StoredAnswers;
  /** What spoke for the model's answers to photos, as PNGs over them; undefined for those that cannot be read. */
  looked(files: readonly string[]): readonly (Uint8Array | undefined)[];
}

export function resultCalls(
  project: () => Project,
  tell: (event: PageEvent) => void,
): Answering<ResultCalls> {
  return {
    async answers() {
      const { host } = project();
      const run = await latestRun(project());
      const reader = run && (await host.store.look(run.name));
      const answers = reader && (await readAnswers(reader));
      return answers?.epoch === bestEpoch(run) ? answers && located(answers) : undefined;
    },
    async judge() {
      const run = await latestRun(project());
      const epoch = bestEpoch(run);
      if (!run || epoch === undefined) throw new Error('There is no trained model yet.');
      const { judgeRun } = await import('../late.ts');
      const controls = {
        tell: (event: RunEvent) => event.kind === 'judging' && tell(event),
        signal: new AbortController().signal,
      };
      return located(await judgeRun(project().host, run.name, epoch, controls));
    },
    async looked(photos) {
      const { predict, shownAnswer } = await import('../late.ts');
      const request = { model: await modelRun(project()), photos, explain: true };
      const pictures: (Uint8Array | undefined)[] = [];
      for await (const prediction of predict(project().host, request))
        pictures.push(shownAnswer(prediction).looked);
      return pictures;
    },
  };
}

const bestEpoch = (run: StoredRun | undefined): number | undefined =>
  run?.history.findLast(({ isBest }) => isBest)?.epoch;

/** Answers name photos as seen from their folder. */
const located = (answers: StoredAnswers): StoredAnswers => ({
  ...answers,
  files: answers.files.map((file) => `${PHOTOS}/${file}`),
});
