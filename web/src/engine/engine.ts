/** The engine of a page: what it may ask, over the same runs as the terminal's. Works in a dedicated worker. */
import { keptGpu } from '../../../src/platform/web/host.ts';
import { carryCalls } from './calls/carry.ts';
import { modelCalls } from './calls/models.ts';
import { photoCalls } from './calls/photos.ts';
import { projectCalls } from './calls/projects.ts';
import { runCalls } from './calls/runs.ts';
import { withAccess } from './access.ts';
import { loadWork } from './load-work.ts';
import { Opened } from './opened.ts';
import { Projects } from './projects.ts';
import type { Answering, EngineCalls, EngineEvent } from './protocol.ts';
import { findShipped, SHIPPED } from './shipped.ts';
import { openStorage } from './storage.ts';

export type Engine = Answering<EngineCalls>;

/** The engine over the origin's storage; `tell` takes what happens by itself. */
export async function openEngine(version: string, tell: (event: EngineEvent) => void): Promise<Engine> {
  const startDecodeWorker = () =>
    new Worker(new URL('./decode-worker.ts', import.meta.url), { type: 'module' });
  const weights = { shipped: SHIPPED, find: findShipped };
  const shared = { version, plots, startDecodeWorker, weights, openGpu: keptGpu() };
  loadWork().catch(() => undefined); // told where it is needed
  const opened = new Opened(new Projects(await openStorage()), shared, (project) =>
    tell({ kind: 'project', project }),
  );
  const { project } = opened;
  const calls = {
    ...projectCalls(opened),
    ...photoCalls(project),
    ...runCalls(project, tell),
    ...modelCalls(project, { version, startDecodeWorker }),
    ...carryCalls(opened, shared, (done, total) => tell({ kind: 'carrying', done, total })),
  };
  return withAccess(calls, opened);
}

/** uPlot's own files, for the report. */
async function plots(): Promise<{ script: string; style: string }> {
  const [script, style] = await Promise.all([
    import('uplot/dist/uPlot.iife.min.js?raw'),
    import('uplot/dist/uPlot.min.css?raw'),
  ]);
  return { script: script.default, style: style.default };
}
