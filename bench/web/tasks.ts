/** What a page's own thread does while something goes on, task by task, from Chromium's tracing. */
import type { Page } from 'playwright-core';

/** An event of Chromium's tracing; `tdur` is the time that its thread computed, `ts` and `dur` when it was, in microseconds. */
interface TraceEvent {
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  readonly ts: number;
  readonly dur?: number;
  readonly tdur?: number;
  readonly args: {
    readonly name?: string;
    readonly chrome_mojo_event_info?: { readonly watcher_notify_interface_tag?: string };
  };
}

const isIn = (outer: TraceEvent) => (event: TraceEvent) =>
  event.ts >= outer.ts && event.ts <= outer.ts + (outer.dur ?? 0);

/** The milliseconds that each task of a page's main thread computed during `work`: waiting for a busy machine is not among them. */
export async function tasksOf(page: Page, work: () => Promise<void>): Promise<number[]> {
  const session = await page.context().newCDPSession(page);
  const events: TraceEvent[] = [];
  session.on('Tracing.dataCollected', ({ value }) => events.push(...(value as unknown as TraceEvent[])));
  const includedCategories = ['toplevel', 'devtools.timeline', 'disabled-by-default-devtools.timeline'];
  await session.send('Tracing.start', {
    transferMode: 'ReportEvents',
    traceConfig: { includedCategories },
  });
  await work();
  const complete = new Promise((resolve) => session.on('Tracing.tracingComplete', resolve));
  await session.send('Tracing.end');
  await complete;
  await session.detach();
  const thread = ({ pid, tid }: TraceEvent) => `${pid} ${tid}`;
  const main = new Set(
    events.filter(({ name, args }) => name === 'thread_name' && args.name === 'CrRendererMain').map(thread),
  );
  const own = events.filter((event) => main.has(thread(event)));
  // Making a thousand `File` objects is Chromium's own work, in one task with the page's handler, which alone counts then.
  const chosen = own.filter(
    ({ args }) => args.chrome_mojo_event_info?.watcher_notify_interface_tag === 'blink.mojom.FileChooser',
  );
  const handlers = own.filter(({ name }) => name === 'EventDispatch');
  if (chosen.some((choice) => !handlers.some(isIn(choice))))
    throw new Error('Files were chosen in a task without a handler: what the page did there cannot be told.');
  return own
    .filter(({ name }) => /RunTask$/.test(name))
    .flatMap((task) => (chosen.some(isIn(task)) ? handlers.filter(isIn(task)) : [task]))
    .flatMap(({ tdur }) => (tdur === undefined ? [] : [tdur / 1000]));
}
