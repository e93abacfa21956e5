/** The engine of a page: what it may ask, over the same runs as the terminal's. Works in a dedicated worker. */
import { keptGpu } from '../../../src/platform/web/host.ts';
import { lockFolder } from '../../../src/platform/web/lock.ts';
import { modelCalls } from './calls/models.ts';
import { photoCalls } from './calls/photos.ts';
import { runCalls } from './calls/runs.ts';
import { openProject } from './project.ts';
import type { Answering, EngineCalls, EngineEvent } from './protocol.ts';
import { findShipped, SHIPPED } from './shipped.ts';

/** The folder of the project. */
const FIRST = 'projects/first';

export type Engine = Answering<EngineCalls>;

/** The engine over the origin's storage; `tell` takes what happens by itself. */
export async function openEngine(version: string, tell: (event: EngineEvent) => void): Promise<Engine> {
  const startDecodeWorker = () =>
    new Worker(new URL('./decode-worker.ts', import.meta.url), { type: 'module' });
  const weights = { shipped: SHIPPED, find: findShipped };
  const shared = { version, plots, startDecodeWorker, weights, openGpu: keptGpu() };
  const startIntakeWorker = () =>
    new Worker(new URL('./intake-worker.ts', import.meta.url), { type: 'module' });
  const opened = await openProject(FIRST, shared);
  const project = () => opened;
  // Whoever has it alone may clear up; a failure leaves a few files lying about.
  if (await lockFolder(`graft:${FIRST}`)) void opened.photos.sweep().catch(() => undefined);
  return {
    ...photoCalls(project, { startIntakeWorker, tell }),
    ...runCalls(project, tell),
    ...modelCalls(project, { version, startDecodeWorker }),
  };
}

/** uPlot's own files, for the report. */
async function plots(): Promise<{ script: string; style: string }> {
  const [script, style] = await Promise.all([
    import('uplot/dist/uPlot.iife.min.js?raw'),
    import('uplot/dist/uPlot.min.css?raw'),
  ]);
  return { script: script.default, style: style.default };
}
