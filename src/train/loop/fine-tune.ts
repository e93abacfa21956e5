/**
 * Fine-tuning: phases of epochs of optimizer steps, each epoch judged on the validation inputs, the best model kept. It
 * prints nothing and writes nothing; it reports through callbacks, so a terminal and a browser show it their
 * own way. It can stop after any step and continue from there to the same bits.
 */
import type { Network } from '../../nn/index.ts';
import type { Optimizer, OptimizerState } from '../../optim/index.ts';
import type { StateDict } from '../../weights/index.ts';
import { checkSettings, type TrainSettings } from '../settings/config.ts';
import { planEpoch, stepsOf, type EpochPlan } from './epoch-plan.ts';
import { TrainingError } from '../errors.ts';
import { evaluate } from './evaluate.ts';
import type { BestModel, EpochEvent, PhaseEvent, StepEvent } from './events.ts';
import { freeze } from './freeze.ts';
import type { Inputs } from '../inputs/inputs.ts';
import { isBetter, type BatchMetrics, type Metrics } from './metrics.ts';
import { ahead } from './ahead.ts';
import { holdAll } from './hold-ahead.ts';
import { createOptimizer, learningRates, planPhases, type Phase } from './phases.ts';
import { startOfRun, type TrainingProgress, type TrainingState } from '../files/state.ts';
import { trainingStep } from './training-step.ts';

/** What a network is trained on, and what it is judged by. */
export interface RunInputs {
  readonly train: Inputs;
  readonly valid: Inputs;
}

/** How a run is watched, stopped, kept and gone on with. */
export interface FineTuneOptions {
  /** Continues from this state; the settings and inputs must be those of the run that it comes from. */
  readonly resume?: TrainingState | undefined;
  /** What `model` holds at the start of a new run, if it was read already: what is frozen is not read again. */
  readonly initial?: StateDict | undefined;
  /** Stops the run between two steps. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Asked between two steps: a promise holds the run there, with a checkpoint made, until it resolves. It changes no bit, and
   * should resolve where the signal is aborted.
   */
  readonly hold?: (() => Promise<void> | undefined) | undefined;
  /** Seconds from one checkpoint to the next; 0 makes one after every step. */
  readonly checkpointSeconds?: number | undefined;
  /** Called when a phase begins, with what it trains. */
  readonly onPhase?: ((phase: PhaseEvent) => void) | undefined;
  /** Called after each optimizer step. */
  readonly onStep?: ((step: StepEvent) => void) | undefined;
  /** Called after each epoch, once it is validated. */
  readonly onEpoch?: ((epoch: EpochEvent) => void) | undefined;
  /** Called, and awaited, whenever validation finds the best model so far: the time to save it. */
  readonly onBest?: ((best: BestModel) => Promise<void>) | undefined;
  /** Called, and awaited, with everything that `resume` needs: now and then, at the end, and when the signal stops the run. */
  readonly onCheckpoint?: ((state: TrainingState) => Promise<void>) | undefined;
}

/** How a run went. */
export interface FineTuneResult {
  /** Of all epochs, including those before a resumption. */
  readonly history: readonly EpochEvent[];
  /** Undefined if the run was stopped before its first epoch ended; `model` then holds the steps done. */
  readonly best: TrainingProgress['best'];
  /** Whether the signal stopped it. */
  readonly stopped: boolean;
  /** Whether its patience ran out before all of its epochs. */
  readonly endedEarly: boolean;
}

/** The default of `checkpointSeconds`. */
const CHECKPOINT_SECONDS = 30;

/**
 * Trains the parts of `model` that `settings.tune` names. Inputs that depend on what is frozen are given as a
 * function, which is called at the start of each phase, once it is frozen. Two runs with the same settings, inputs,
 * adapter and driver end in the same bits, however often they were stopped and resumed. Throws `TrainingError` for
 * settings out of range, for a state that does not fit them, and where a loss is not finite; what `onBest` and
 * `onCheckpoint` were given before stays good.
 *
 * ```ts
 * // Four red photos and four blue ones, of 32 × 32 pixels.
 * const [side, labels] = [32, Int32Array.of(0, 0, 0, 0, 1, 1, 1, 1)];
 * const data = Uint8Array.from({ length: 8 * side * side * 3 }, (_, i) => (i % 3 === (i < 4 * side * side * 3 ? 0 : 2) ? 255 : 0));
 * const photos = imageSet({ width: side, height: side, data, labels, paths: [] });
 * const model = resnet18(gpu, 2);
 * model.initialise(createRandom(1)); // or weights from a file: loadWithFreshHead
 * const settings = { ...settingDefaults, tune: 'head', size: side, batchSize: 8, epochs: 10, lr: 0.01 };
 * const source = new InputSource(model, { train: photos, valid: photos }, settings);
 * const { best } = await fineTune(model, (phase) => source.forPhase(phase), settings);
 * best?.valid.accuracy; // → 1
 * source.dispose();
 * ```
 */
export async function fineTune(
  model: Network,
  inputs: RunInputs | ((phase: Phase) => RunInputs | Promise<RunInputs>),
  settings: TrainSettings,
  options: FineTuneOptions = {},
): Promise<FineTuneResult> {
  checkSettings(settings);
  const phases = planPhases(settings, model.stages);
  const { resume, signal } = options;
  if (resume && resume.progress.phase > phases.length)
    throw new TrainingError('The checkpoint comes from a run with more phases than these settings have.');
  if (resume) model.loadStateDict(resume.model);
  const run = new Run(model, phases, settings, options);
  const result = (stopped: boolean): FineTuneResult => {
    const { history, best } = run.progress;
    return { history, best, stopped, endedEarly: !stopped && history.length < settings.epochs };
  };
  try {
    for (let phase = run.phase; phase; phase = run.phase) await run.train(phase, await inputsOf(phase));
    return result(false);
  } catch (error) {
    if (!signal?.aborted || error !== signal.reason) throw error;
    return result(true);
  }

  function inputsOf(phase: Phase): RunInputs | Promise<RunInputs> {
    const frozen = freeze(model, phase.tune, settings.bn);
    options.onPhase?.({ phase, phases: phases.length, frozen });
    return typeof inputs === 'function' ? inputs(phase) : inputs;
  }
}

/** A run under way: its progress, and the steps that advance it. */
class Run {
  progress: TrainingProgress;
  /** The last state that was read: what is frozen need not be read again. */
  private lastRead: StateDict | undefined;
  private resumed: OptimizerState | undefined;
  private lastCheckpoint = performance.now();

  constructor(
    private readonly model: Network,
    private readonly phases: readonly Phase[],
    private readonly settings: TrainSettings,
    private readonly options: FineTuneOptions,
  ) {
    this.progress = options.resume?.progress ?? startOfRun;
    this.lastRead = options.resume?.model ?? options.initial;
    this.resumed = options.resume?.optimizer;
  }

  /** The phase under way; undefined once the run is over. */
  get phase(): Phase | undefined {
    return this.phases[this.progress.phase];
  }

  /** Trains until the phase is over. */
  async train(phase: Phase, inputs: RunInputs): Promise<void> {
    const { model, settings, options } = this;
    const plan = planEpoch(model, inputs.train.count, settings);
    const optimizer = createOptimizer(model, phase, settings);
    try {
      this.restore(optimizer);
      while (this.phase === phase) {
        const rate = await this.trainEpoch(optimizer, inputs.train, plan, phase);
        const start = performance.now();
        const valid = await evaluate(model, inputs.valid, { ...settings, signal: options.signal });
        await this.endEpoch(phase, valid, rate, (performance.now() - start) / 1000);
        if (this.phase !== phase || this.isDue()) await this.checkpoint(optimizer);
      }
    } catch (error) {
      // The steps that were under way have ended and are counted, so the progress matches the weights.
      if (options.signal?.aborted && error === options.signal.reason) await this.checkpoint(optimizer);
      throw error;
    } finally {
      optimizer.dispose();
    }
  }

  private restore(optimizer: Optimizer): void {
    const { resumed } = this;
    this.resumed = undefined;
    if (!resumed) return;
    try {
      optimizer.loadState(resumed);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      throw new TrainingError(`The checkpoint does not fit these settings. ${error.message}`);
    }
  }

  /** The steps of the epoch that are not done yet; returns the learning rate of its last. */
  private async trainEpoch(
    optimizer: Optimizer,
    inputs: Inputs,
    plan: EpochPlan,
    phase: Phase,
  ): Promise<number> {
    const { model, settings, options } = this;
    const { epoch, step: done } = this.progress;
    const rateAt = learningRates(phase, plan.steps, settings);
    const firstStep = this.progress.phaseEpochs * plan.steps;
    const runStep = trainingStep(model, optimizer, inputs, settings);
    let started = done;
    const start = (batches: readonly Uint32Array[]) => {
      optimizer.learningRate = rateAt(firstStep + started);
      return runStep(batches, epoch, started++);
    };
    model.train();
    const order = stepsOf(inputs.count, plan, epoch, settings);
    let mark = performance.now();
    const rest = ahead(order.slice(done), start, {
      signal: options.signal,
      hold: holdAll(inputs.hold),
      pause: () => this.isHeld() || this.isDue(),
    });
    for await (const metrics of rest) {
      const seconds = (performance.now() - mark) / 1000;
      this.count(metrics, seconds);
      const { step } = this.progress;
      const learningRate = rateAt(firstStep + step - 1);
      options.onStep?.({ ...metrics, epoch, step, steps: plan.steps, learningRate });
      if (step === started && (this.isHeld() || this.isDue())) await this.checkpoint(optimizer);
      if (step === started) await options.hold?.();
      mark = performance.now();
    }
    return rateAt(firstStep + plan.steps - 1);
  }

  private count(metrics: BatchMetrics, seconds: number): void {
    const { epoch, step, sums, trainSeconds } = this.progress;
    const { loss, correct, count } = metrics;
    requireFinite(loss, `The loss is ${loss} at step ${step + 1} of epoch ${epoch}`);
    this.progress = {
      ...this.progress,
      step: step + 1,
      sums: {
        loss: sums.loss + loss * count,
        correct: sums.correct + correct,
        count: sums.count + count,
      },
      trainSeconds: trainSeconds + seconds,
    };
  }

  /** Records the epoch that was just validated, and moves on to the next one or the next phase. */
  private async endEpoch(
    phase: Phase,
    valid: Metrics,
    learningRate: number,
    validSeconds: number,
  ): Promise<void> {
    const { epoch, sums, trainSeconds, best, history, phaseEpochs } = this.progress;
    requireFinite(valid.loss, `The validation loss is ${valid.loss} after epoch ${epoch}`);
    const isBest = !best || isBetter(valid, best.valid);
    if (isBest) {
      this.lastRead = await this.model.stateDict(this.lastRead);
      await this.options.onBest?.({ epoch, valid, state: this.lastRead });
    }
    const { count } = sums;
    const train = { loss: sums.loss / count, accuracy: sums.correct / count, count };
    const imagesPerSecond = count / trainSeconds;
    const event: EpochEvent = {
      ...{ epoch, phase: phase.index, train, valid, learningRate, isBest },
      ...{ trainSeconds, validSeconds, imagesPerSecond },
    };
    const epochsSinceBest = isBest ? 0 : this.progress.epochsSinceBest + 1;
    const { patience } = this.settings;
    const isOver = phaseEpochs + 1 >= phase.epochs || (patience !== null && epochsSinceBest >= patience);
    this.progress = {
      ...startOfRun,
      phase: isOver ? phase.index + 1 : phase.index,
      phaseEpochs: isOver ? 0 : phaseEpochs + 1,
      epoch: epoch + 1,
      best: isBest ? { epoch, valid } : best,
      epochsSinceBest: isOver ? 0 : epochsSinceBest,
      history: [...history, event],
    };
    this.options.onEpoch?.(event);
  }

  private isHeld(): boolean {
    return this.options.hold?.() !== undefined;
  }

  private isDue(): boolean {
    const { onCheckpoint, checkpointSeconds = CHECKPOINT_SECONDS } = this.options;
    return onCheckpoint !== undefined && performance.now() - this.lastCheckpoint >= checkpointSeconds * 1000;
  }

  private async checkpoint(optimizer: Optimizer): Promise<void> {
    const { onCheckpoint } = this.options;
    if (!onCheckpoint) return;
    const { progress, phase } = this;
    const isBetweenPhases = phase !== undefined && progress.phaseEpochs === 0 && progress.step === 0;
    const moments = isBetweenPhases ? undefined : await optimizer.state();
    this.lastRead = await this.model.stateDict(this.lastRead);
    await onCheckpoint({ progress, model: this.lastRead, optimizer: moments });
    this.lastCheckpoint = performance.now();
  }
}

function requireFinite(loss: number, what: string): void {
  if (Number.isFinite(loss)) return;
  throw new TrainingError(
    `${what}: training has diverged. Try a lower learning rate, or fewer trained layers.`,
  );
}
