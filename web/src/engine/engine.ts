/** The engine of a page: what it may ask, over the same runs as the terminal's. Works in a dedicated worker. */
import { keptGpu } from '../../../src/platform/web/host.ts';
import { carryCalls } from './calls/carry.ts';
import { choiceCalls } from './calls/choices.ts';
import { liveCalls } from './calls/live.ts';
import { modelCalls } from './calls/models.ts';
import { networkCalls } from './calls/networks.ts';
import { photoCalls } from './calls/photos.ts';
import { projectCalls } from './calls/projects.ts';
import { planCalls } from './calls/plans.ts';
import { resultCalls } from './calls/results.ts';
import { runCalls } from './calls/runs.ts';
import { useItCalls } from './calls/use-it.ts';
import { withAccess } from './access.ts';
import { loadWork } from './load-work.ts';
import { Opened } from './opened.ts';
import { Projects } from './projects.ts';
import type { Answering, EngineCalls, EngineEvent } from './protocol.ts';
import { SHIPPED } from './shipped.ts';
import { openStorage } from './storage.ts';
import { WeightsShelf } from './weights.ts';

export type Engine = Answering<EngineCalls>;

/** The engine over the origin's storage; `tell` takes what happens by itself. */
export async function openEngine(version: string, tell: (event: EngineEvent) => void): Promise<Engine> {
  const startDecodeWorker = () =>
    new Worker(new URL('./decode-worker.ts', import.meta.url), { type: 'module' });
  loadWork().catch(() => undefined); // told where it is needed
  const storage = await openStorage();
  const shelf = new WeightsShelf(storage);
  const weights = { shipped: SHIPPED, find: shelf.find };
  const shared = { version, plots, startDecodeWorker, weights, openGpu: keptGpu() };
  const startIntakeWorker = () =>
    new Worker(new URL('./intake-worker.ts', import.meta.url), { type: 'module' });
  const opened = new Opened(new Projects(storage), shared, (project) => tell({ kind: 'project', project }));
  const { project } = opened;
  const plans = planCalls(project, storage, version);
  const runs = runCalls(project, tell);
  const calls = {
    ...projectCalls(opened),
    ...photoCalls(project, { startIntakeWorker, tell }),
    ...plans.calls,
    ...choiceCalls(project),
    ...networkCalls(shelf, tell),
    ...runs,
    train(...request: Parameters<typeof runs.train>) {
      plans.pause();
      return runs.train(...request);
    },
    ...resultCalls(project, tell),
    ...liveCalls(project),
    ...useItCalls(project),
    ...modelCalls(project, { version, startDecodeWorker }),
    ...carryCalls(opened, shared, {
      startIntakeWorker,
      tell: (done, total) => tell({ kind: 'carrying', done, total }),
    }),
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
