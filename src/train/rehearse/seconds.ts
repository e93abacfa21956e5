/**
 * How long a run is going to take: its operations (cost.ts) at the rates that the adapter has shown on a small step (speed.ts). Kernels
 * of other sizes do better or worse by half, so this tells seconds from hours and one choice from another, and no more. Numbers alone, for
 * a page without the engine.
 */
import type { PhaseCost, RunCost } from './cost.ts';
import type { Operations } from './operations.ts';

/** What was measured. Rates are operations per second, as `Operations` counts them. */
export interface TrainingSpeed {
  readonly forward: number;
  readonly backward: number;
  /** Seconds that a batch takes however little is computed. */
  readonly overhead: number;
}

/** The least that a clock of a browser tells apart, for what seemed to take no time. */
const TICK = 1e-4;

/** The rates that follow from the seconds of a batch that does next to nothing, of a forward pass and of a training step. */
export function speedFrom(
  operations: Operations,
  { overhead, forward, training }: Readonly<Record<'overhead' | 'forward' | 'training', number>>,
): TrainingSpeed {
  return {
    forward: operations.forward / Math.max(TICK, forward - overhead),
    backward: operations.backward / Math.max(TICK, training - forward),
    overhead,
  };
}

/** How long a run takes, in seconds. */
export interface RunSeconds {
  /** Of a training step, in the last phase. */
  readonly step: number;
  /** Of the features that are computed once; 0 where none are. */
  readonly once: number;
  /** Of all. */
  readonly total: number;
}

/** What a run of this cost takes at this speed. */
export function secondsOf({ phases }: RunCost, speed: TrainingSpeed): RunSeconds {
  const all = phases.map((phase) => phaseSeconds(phase, speed));
  return {
    step: all.at(-1)?.step ?? 0,
    once: all.reduce((sum, { once }) => sum + once, 0),
    total: all.reduce((sum, { total }) => sum + total, 0),
  };
}

function phaseSeconds(
  { phase, step, steps, validation, features }: PhaseCost,
  speed: TrainingSpeed,
): RunSeconds {
  const computing = ({ forward, backward }: Operations) =>
    forward / speed.forward + backward / speed.backward;
  const stepSeconds = speed.overhead + computing(step);
  const once = features ? computing(features) : 0;

  const epoch = steps * stepSeconds + speed.overhead + computing(validation);
  return { step: stepSeconds, once, total: once + phase.epochs * epoch };
}
