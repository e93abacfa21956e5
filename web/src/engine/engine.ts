/** The engine of a page: what it may ask, over the same runs as the terminal's. Works in a dedicated worker. */
import { keptGpu } from '../../../src/platform/web/host.ts';
import { modelCalls } from './calls/models.ts';
import { networkCalls } from './calls/networks.ts';
import { photoCalls } from './calls/photos.ts';
import { planCalls } from './calls/plans.ts';
import { runCalls, type PageEvent } from './calls/runs.ts';
import { loadWork } from './load-work.ts';
import { openProject } from './project.ts';
import type { Answering, EngineCalls } from './protocol.ts';
import { SHIPPED } from './shipped.ts';
import { WeightsShelf } from './weights.ts';

export type Engine = Answering<EngineCalls>;

/** The engine over the origin's storage; `tell` takes what a run tells. */
export async function openEngine(version: string, tell: (event: PageEvent) => void): Promise<Engine> {
  const startDecodeWorker = () =>
    new Worker(new URL('./decode-worker.ts', import.meta.url), { type: 'module' });
  const shelf = new WeightsShelf();
  const weights = { shipped: SHIPPED, find: shelf.find };
  const shared = { version, plots, startDecodeWorker, weights, openGpu: keptGpu() };
  const opened = await openProject('projects/first', shared);
  const project = () => opened;
  const plans = planCalls(project, version);
  const runs = runCalls(project, tell);
  loadWork().catch(() => undefined); // told where it is needed
  return {
    ...photoCalls(project),
    ...plans.calls,
    ...networkCalls(shelf, tell),
    ...runs,
    train(...request) {
      plans.pause();
      return runs.train(...request);
    },
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
