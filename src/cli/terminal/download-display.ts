// How far a download is: on a terminal one line that changes, elsewhere a plain line now and then.
import { duration } from '../../format.ts';

/** Milliseconds between two changes of the line, and between plain lines. */
const REDRAW_MS = 100;
const PLAIN_MS = 10_000;

const mb = (bytes: number) => (bytes / 1e6).toFixed(1);

export class DownloadDisplay {
  private first: { readonly at: number; readonly bytes: number } | undefined;
  private shownAt = 0;
  private shown = false;

  constructor(private readonly what: string) {}

  /** Takes the number of bytes so far, as `download` reports it. */
  readonly update = (bytes: number, total: number): void => {
    const now = performance.now();
    this.first ??= { at: now, bytes };
    const onTerminal = process.stderr.isTTY;
    const isDue = now - this.shownAt >= (onTerminal ? REDRAW_MS : PLAIN_MS);
    if (!isDue && bytes < total) return;
    this.shownAt = now;
    this.shown = onTerminal;
    const line = this.line(bytes, total, now);
    process.stderr.write(onTerminal ? `\r${line}\x1b[K` : `${line}\n`);
  };

  /** Removes the line, so that what is printed next takes its place. */
  clear(): void {
    if (this.shown) process.stderr.write('\r\x1b[K');
    this.shown = false;
  }

  private line(bytes: number, total: number, now: number): string {
    const share = Math.floor((bytes / total) * 100);
    const seconds = this.first ? (now - this.first.at) / 1000 : 0;
    const rate = (bytes - (this.first?.bytes ?? 0)) / seconds;
    const pace =
      seconds > 1 && rate > 0 ? `  ${mb(rate)} MB/s  ${duration((total - bytes) / rate)} left` : '';
    return `downloading ${this.what}  ${share} %  ${mb(bytes)}/${mb(total)} MB${pace}`;
  }
}
