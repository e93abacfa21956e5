// Ctrl-C, kill, a terminal that goes away and output that nobody reads or that cannot be written: the first asks the run to end cleanly,
// a second Ctrl-C or kill ends the process at once.
import { exitCodes } from '../command.ts';
import { colours as pc } from './colours.ts';

/** npm passes a Ctrl-C on to a process that already got it from the terminal: a second one this soon is the same one. */
const SAME_KEYPRESS_MS = 400;

export interface StopSignal {
  readonly signal: AbortSignal;
  /** Stops the run because its output goes nowhere. */
  readonly readerGone: () => void;
  /** Called at the first request to stop, before the user is told: the time to remove a progress bar. */
  onStop: () => void;
}

/** A signal that aborts at the first SIGINT, SIGTERM or SIGHUP. */
export function stopSignal(): StopSignal {
  const controller = new AbortController();
  let firstAt = 0;
  const stop = (): boolean => {
    if (controller.signal.aborted) return false;
    firstAt = performance.now();
    controller.abort();
    stopping.onStop();
    return true;
  };
  const handle = () => {
    if (stop()) console.error(pc.yellow('Stopping after this step; Ctrl-C again quits at once.'));
    else if (performance.now() - firstAt > SAME_KEYPRESS_MS) die();
  };
  const stopping: StopSignal = {
    signal: controller.signal,
    readerGone: () => void stop(),
    onStop: () => undefined,
  };
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, handle);
  return stopping;
}

/**
 * Ends the process as Ctrl-C ends one that does not handle it, which shells report as 130. Node's own exit would wait for the step or
 * crash in a driver that is at work.
 */
function die(): void {
  process.emit('exit', exitCodes.interrupted); // for those who put the terminal in order
  process.removeAllListeners('SIGINT');
  process.kill(process.pid, 'SIGINT');
}
