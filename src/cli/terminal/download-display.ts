// How far a download is: on a terminal one line that changes, elsewhere a plain line now and then.
import { downloadText } from '../../run/texts.ts';

/** Milliseconds between two changes of the line, and between plain lines. */
const REDRAW_MS = 100;
const PLAIN_MS = 10_000;

export class DownloadDisplay {
  private first: { readonly at: number; readonly bytes: number } | undefined;
  private shownAt = 0;
  private shown = false;

  constructor(private readonly what: string) {}

  /** Takes the number of bytes so far, as `download` reports it. */
  readonly update = (bytes: number, total: number): void => {
    const now = performance.now();
    const { at, bytes: first } = (this.first ??= { at: now, bytes });
    const onTerminal = process.stderr.isTTY;
    const isDue = now - this.shownAt >= (onTerminal ? REDRAW_MS : PLAIN_MS);
    if (!isDue && bytes < total) return;
    this.shownAt = now;
    this.shown = onTerminal;
    const line = downloadText(this.what, { bytes, total, first, seconds: (now - at) / 1000 });
    process.stderr.write(onTerminal ? `\r${line}\x1b[K` : `${line}\n`);
  };

  /** Removes the line, so that what is printed next takes its place. */
  clear(): void {
    if (this.shown) process.stderr.write('\r\x1b[K');
    this.shown = false;
  }
}
