/**
 * Training that outlives its device. A driver that is reset or updated, a laptop that wakes with another GPU or a browser whose GPU
 * process has crashed take the device away in the middle of a run, and where the host can open another one, the run goes on from its
 * last checkpoint to the same bits.
 */
import { DeviceLostError } from '../gpu/index.ts';
import { RunError } from './errors.ts';
import type { RunControls } from './events.ts';
import type { RunHost } from './host.ts';
import { train, type TrainRequest, type TrainResult } from './train.ts';

/** Losses that are closer together have a reason that stays: a driver that cannot do what it is asked for. */
const SECONDS_BETWEEN_LOSSES = 120;

/**
 * `train` on a host whose `openGpu` opens a new device once the last one is lost. A run that had no checkpoint yet begins anew. Throws
 * as `train` does; the loss itself where the device was closed on purpose, where it is lost again within two minutes, and where no
 * other device can be opened. `now` is in milliseconds.
 */
export async function trainThroughLoss(
  host: RunHost,
  request: TrainRequest,
  controls: RunControls,
  now: () => number = () => performance.now(),
): Promise<TrainResult> {
  let wanted = request;
  let lostAt = -Infinity;
  for (;;) {
    try {
      return await train(host, wanted, controls);
    } catch (error) {
      const loss = lossIn(error);
      const isTooSoon = now() - lostAt < SECONDS_BETWEEN_LOSSES * 1000;
      if (!loss || loss.reason === 'destroyed' || isTooSoon || controls.signal.aborted) throw error;
      lostAt = now();
      await host.openGpu().catch(() => {
        throw error;
      });
      const run =
        error instanceof RunError && error.problem.kind === 'device' ? error.problem.run : undefined;
      const { data } = request.given;
      if (run !== undefined)
        wanted = { ...request, given: { ...(data !== undefined && { data }) }, resume: run };
      controls.tell({ kind: 'device-lost', run: wanted.resume, message: loss.message });
    }
  }
}

/** The loss that ended a run, if one did. */
function lossIn(error: unknown): DeviceLostError | undefined {
  if (error instanceof DeviceLostError) return error;
  if (error instanceof RunError && error.cause instanceof DeviceLostError) return error.cause;
  return undefined;
}
