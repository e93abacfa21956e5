/**
 * A run's last checkpoint: complete until there is a best model, and from then on without the parameters that are frozen for the
 * whole run, which the best model has too. Whatever stops the program, the two that are there make one: a best model is written
 * before the first checkpoint that needs it, and each later one has the same frozen parameters.
 */
import {
  encodeTrainingState,
  frozenNames,
  trunkOf,
  type ModelCard,
  type TrainingState,
  type Trunk,
} from '../train/index.ts';
import type { RunHost } from './host.ts';
import type { ResumedSession } from './resume.ts';
import type { Session } from './session.ts';
import { runFiles, type RunFolder } from './store/folder.ts';

export class LastCheckpoint {
  private readonly frozen: readonly string[];
  private trunk: Trunk | undefined;
  private hasBest = false;

  /** A resumed session's `trunk` is what its best model was found to have. */
  constructor(
    private readonly session: Session & Partial<Pick<ResumedSession, 'trunk'>>,
    private readonly card: ModelCard,
    private readonly folder: RunFolder,
    private readonly sha256: RunHost['sha256'],
  ) {
    this.frozen = frozenNames(session.model, session.config.tune);
    this.trunk = session.trunk;
  }

  /** To be called once the run's best model was written: by this process, since what lies there from before may be another's. */
  bestIsWritten(): void {
    this.hasBest = true;
  }

  async write(state: TrainingState): Promise<void> {
    // Once a run: what is frozen has the same checksum ever after.
    if (this.hasBest && this.frozen.length > 0)
      this.trunk ??= trunkOf(state.model, this.frozen, runFiles.best, this.sha256());
    const { card, session, trunk } = this;
    await this.folder.write('last', encodeTrainingState(state, card, session.config, trunk));
  }
}
