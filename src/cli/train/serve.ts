// `graft train --serve`: the run's report in a browser while it trains. What the page is told costs nothing where nobody looks, and
// little where somebody does: it is rendered at most once a second.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { NodeHost } from '../../platform/node/host.ts';
import { PageServer } from '../../platform/node/page-server.ts';
import { liveMessage, waitingPage } from '../../report/index.ts';
import type { RunEvent } from '../../run/events.ts';
import { LiveReport } from '../../run/live-report.ts';
import { runFiles } from '../../run/store/folder.ts';

/** Where nothing else is usual; it spells graft on a telephone. */
const PORT = 47238;
const REDRAW_MS = 1000;

export class ServedReport {
  private status = 'Preparing';
  private epochs = 0;
  private run: string | undefined;
  private isOver = false;
  private closed: Promise<void> | undefined;
  /** Whether the page that was told last is an old one. */
  private isNew = false;
  private pending: NodeJS.Timeout | undefined;

  private constructor(
    private readonly report: LiveReport,
    private readonly server: PageServer,
  ) {}

  /** Serves the report of the run whose events `take` gets, at the port that was asked for if it is free. */
  static async open(host: NodeHost, port: number | true): Promise<ServedReport> {
    const report = new LiveReport(host.version, await host.plots());
    const server = await PageServer.open(port === true ? PORT : port, (nonce) => served.page(nonce));
    const served: ServedReport = new ServedReport(report, server);
    return served;
  }

  get url(): string {
    return this.server.url;
  }

  take(event: RunEvent): void {
    this.isNew = this.report.take(event) || this.isNew;
    if (event.kind === 'training') ({ epochs: this.epochs, run: this.run } = event);
    if (event.kind === 'ended') {
      this.isOver = true;
      void this.close();
    }
    const status = this.statusFor(event);
    if (this.closed) return;
    if (status !== undefined) this.status = status;
    if (status === undefined && !this.isNew) return;
    this.pending ??= setTimeout(() => this.tell(), REDRAW_MS).unref();
  }

  /** Leaves the last report with those who look at it, and serves no more. Never rejects. */
  close(): Promise<void> {
    return (this.closed ??= this.end());
  }

  private async end(): Promise<void> {
    clearTimeout(this.pending);
    const { run, isOver } = this;
    const last = isOver && run !== undefined ? join(run, runFiles.report) : undefined;
    const page = last === undefined ? undefined : await readFile(last, 'utf8').catch(() => undefined);
    const status =
      last === undefined
        ? 'The run ended without a report of its own: the terminal says why. This is how far it was.'
        : `The run has ended. This is its report, which stays as ${last}.`;
    await this.server.close(liveMessage({ status, page, isOver: true }));
  }

  private page(nonce: string): string {
    const live = { nonce, status: this.status };
    return this.report.page(live) ?? waitingPage(live);
  }

  private tell(): void {
    this.pending = undefined;
    if (!this.server.isWatched) return;
    const page = this.isNew ? this.report.page() : undefined;
    this.isNew = false;
    this.server.tell(liveMessage({ status: this.status, page }));
  }

  private statusFor(event: RunEvent): string | undefined {
    switch (event.kind) {
      case 'reading':
        return `Reading photos, ${event.done} of ${event.total}`;
      case 'computing-features':
        return `Computing features, ${event.done} of ${event.total}`;
      case 'step':
        return `Training, epoch ${event.step.epoch} of ${this.epochs}, step ${event.step.step} of ${event.step.steps}`;
      default:
        return undefined;
    }
  }
}
