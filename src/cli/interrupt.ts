// Ctrl-C, kill and a terminal that goes away: the first asks the run to end cleanly, the second ends the process at once.
import { exitCodes } from './command.ts';

/** npm passes a Ctrl-C on to a process that the terminal has told already: what comes this soon is the same one. */
const SAME_KEYPRESS_MS = 400;

/** A signal that aborts at the first SIGINT, SIGTERM or SIGHUP; `onFirst` is called then. */
export function interruptSignal(onFirst: () => void): AbortSignal {
  const controller = new AbortController();
  let firstAt = 0;
  const handle = () => {
    if (!controller.signal.aborted) {
      firstAt = performance.now();
      controller.abort();
      onFirst();
    } else if (performance.now() - firstAt > SAME_KEYPRESS_MS) {
      process.exit(exitCodes.interrupted);
    }
  };
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, handle);
  return controller.signal;
}
