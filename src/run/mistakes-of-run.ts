/**
 * The mistakes of a stored run's best model, and the training photos whose labels are doubtful. They are read from the answers that the
 * run kept, so that as a rule nothing is run again.
 */
import { RunError } from './errors.ts';
import type { RunControls } from './events.ts';
import type { RunHost } from './host.ts';
import { judgeRun } from './judge-run.ts';
import { mistakesIn, type FoundMistake, type MistakePart } from './mistakes.ts';
import type { RunSummary } from './runs.ts';
import { readAnswers, type StoredAnswers } from './store/answers.ts';

export interface Mistakes {
  readonly part: MistakePart;
  /** Of validation photos the surest first, of training photos the least likely label. */
  readonly mistakes: readonly FoundMistake[];
  /** Photos that were answered; undefined where the run kept no answers. */
  readonly judged: number | undefined;
}

/**
 * The mistakes of a run in the validation photos, which are judged again where it kept no answers of its best model, and the
 * training photos whose labels are doubtful. Throws `RunError` for a run of which no epoch ended, otherwise as `judgeRun` does.
 */
export async function mistakesOf(
  host: RunHost,
  { run, answers, best }: RunSummary,
  parts: readonly MistakePart[],
  controls: RunControls,
): Promise<readonly Mistakes[]> {
  if (!best)
    throw new RunError(`${run} has no model that was validated: no epoch of it ended.`, {
      kind: 'no-model',
      path: run,
      isRun: true,
    });
  const { epoch } = best;
  const reader = await host.store.look(run);
  const keptOf = {
    val: async () => (answers?.epoch === epoch ? answers : judgeRun(host, run, epoch, controls)),
    train: async () => {
      const kept = reader && (await readAnswers(reader, 'trainingAnswers'));
      return kept?.epoch === epoch ? kept : undefined;
    },
  } satisfies Record<MistakePart, () => Promise<StoredAnswers | undefined>>;
  const found: Mistakes[] = [];
  for (const part of parts) {
    const kept = await keptOf[part]();
    found.push({ part, mistakes: kept ? mistakesIn(kept, part) : [], judged: kept?.files.length });
  }
  return found;
}
