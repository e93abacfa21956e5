// Standard output that fails while a command runs: its reader is gone (`| head`), or the file that it goes to has no
// room left. The first is no error; the second is reported on stderr, where everything is printed from then on.
import { colours as pc } from './colours.ts';

/** What the system calls errors of a file that cannot grow. */
const REASONS: Readonly<Record<string, string>> = {
  ENOSPC: 'no space left on device',
  EDQUOT: 'your quota is used up',
  EFBIG: 'the file may not grow any further',
};

export interface OutputListener {
  /** Nobody reads any more. Called for everything that is printed after that. */
  readonly onReaderGone: () => void;
  /** It cannot be written, and the user was told. Called once. */
  readonly onFailure: () => void;
  /** What happens now, as a sentence for the user; undefined if the command ends. */
  readonly consequence?: string | undefined;
}

/** Watches standard output and, if it goes away, standard error. */
export function watchOutput({ onReaderGone, onFailure, consequence }: OutputListener): void {
  let failed = false;
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE' || error.code === 'EIO') return onReaderGone();
    if (failed) return;
    failed = true;
    // A device that is full fails for each write, and each failure would be an event of its own.
    process.stdout.write = process.stderr.write.bind(process.stderr);
    const why = REASONS[error.code ?? ''] ?? error.message;
    const lines = [
      `${pc.red('error:')} Standard output cannot be written: ${why}.`,
      'Make room where it is written, or send it elsewhere.',
    ];
    console.error([...lines, ...(consequence === undefined ? [] : [consequence])].join('\n'));
    onFailure();
  });
  process.stderr.on('error', () => undefined); // there is nobody left to tell
}
