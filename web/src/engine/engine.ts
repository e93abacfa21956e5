/** The engine of a page: what it may ask, over the same runs as the terminal's. Works in a dedicated worker. */
import { webDecodePool } from '../../../src/platform/web/decode-pool.ts';
import { pickedFiles } from '../../../src/platform/web/files.ts';
import { webHost } from '../../../src/platform/web/host.ts';
import { OpfsFolder } from '../../../src/platform/web/opfs.ts';
import { parseHistoryCsv } from '../../../src/report/index.ts';
import type { RunEvent } from '../../../src/run/events.ts';
import { exportModel } from '../../../src/run/export.ts';
import type { RunHost } from '../../../src/run/host.ts';
import { readModelFile } from '../../../src/run/model/model-file.ts';
import { predict } from '../../../src/run/predict.ts';
import { runFiles } from '../../../src/run/store/folder.ts';
import { featuresText } from '../../../src/run/texts.ts';
import { train } from '../../../src/run/train.ts';
import { parseConfig, parseObject } from '../../../src/train/index.ts';
import { WeightsError } from '../../../src/weights/index.ts';
import { PHOTOS, PhotoStore } from './photo-store.ts';
import type { EngineCalls, PageEvent, PhotoSet, StoredRun } from './protocol.ts';

/** The network that comes with the site. */
const SHIPPED = 'resnet18-emoji';
const shippedUrl = new URL('../../../weights/resnet18-emoji.safetensors', import.meta.url);

export type Engine = {
  readonly [Name in keyof EngineCalls]: (
    ...args: Parameters<EngineCalls[Name]>
  ) => Promise<ReturnType<EngineCalls[Name]>>;
};

/** The engine over the origin's storage; `tell` takes what a run tells. */
export async function openEngine(version: string, tell: (event: PageEvent) => void): Promise<Engine> {
  const photos = await PhotoStore.open();
  let running: AbortController | undefined;

  const startDecodeWorker = () =>
    new Worker(new URL('./decode-worker.ts', import.meta.url), { type: 'module' });
  const host = webHost({
    ...{ files: photos.files, version, plots, startDecodeWorker },
    weights: { shipped: SHIPPED, find: findWeights },
  });
  const set = (leftOut: PhotoSet['leftOut'] = []): PhotoSet => ({ ...photos.set, leftOut });

  return {
    adapter: async () => ({ name: (await host.openGpu()).name }),
    addPhotos: async (picked) => set(await photos.add(picked)),
    photos: () => Promise.resolve(set()),
    async removeClass(name) {
      await photos.remove(name);
      return set();
    },
    async renameClass(name, to) {
      await photos.rename(name, to);
      return set();
    },
    photo: async (path) => new Blob([new Uint8Array(await photos.files.read(path))]),
    async train(given, resume) {
      running = new AbortController();
      const fresh = { data: PHOTOS, weights: SHIPPED, ...given };
      const result = await train(
        host,
        { given: resume === undefined ? fresh : {}, resume, commands: () => [] },
        { signal: running.signal, tell: (event) => told(event, tell) },
      ).finally(() => (running = undefined));
      return {
        trained: result.kind === 'trained',
        stopped: result.kind === 'not trained' || result.stopped,
      };
    },
    stop() {
      running?.abort();
      return Promise.resolve();
    },
    run: () => latestRun(host),
    async predict(picked) {
      const run = await modelRun(host);
      const files = pickedFiles(picked.map(({ path, file }) => [path, file]));
      const answers = [];
      const request = { model: run, photos: picked.map(({ path }) => path), top: 5 };
      const decoder = () => webDecodePool(files, startDecodeWorker);
      for await (const answer of predict({ ...host, files, decoder }, request)) answers.push(answer);
      return answers;
    },
    async take(what) {
      const run = await modelRun(host);
      if (what === 'report') {
        const reader = await host.store.look(run);
        if (!reader) throw new Error(`${run} is gone.`);
        const bytes = await reader.read(runFiles.report);
        return { name: 'report.html', file: new Blob([bytes], { type: 'text/html' }) };
      }
      const file = await readModelFile(host, run);
      const { bytes } = exportModel(file, { format: what, dtype: 'f32', version });
      return { name: `model.${what}`, file: new Blob([new Uint8Array(bytes)]) };
    },
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

const findWeights: RunHost['weights']['find'] = async (name, { signal, onProgress }) => {
  if (name !== SHIPPED) throw new WeightsError(name, 'the site does not have it', `Start from ${SHIPPED}`);
  const response = await fetch(shippedUrl, { signal });
  if (!response.ok || !response.body)
    throw new WeightsError(name, `the site answered ${response.status}`, 'Reload the page');
  const total = Number(response.headers.get('content-length') ?? 0);
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  const reader = response.body.getReader();
  for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
    pieces.push(piece.value);
    bytes += piece.value.length;
    if (total > 0) onProgress(bytes, total);
  }
  return { bytes: new Uint8Array(await new Blob(pieces as BlobPart[]).arrayBuffer()), source: name };
};

function told(event: RunEvent, tell: (event: PageEvent) => void): void {
  switch (event.kind) {
    case 'photos': {
      const { train, valid, skipped } = event.data;
      return tell({ kind: 'photos', train: train.count, valid: valid.count, skipped: skipped.length });
    }
    case 'features':
      return tell({ kind: 'features', text: featuresText(event.report, event.epochs) });
    default:
      return tell(event);
  }
}

/** The run that was begun last. */
async function latestRun(host: RunHost): Promise<StoredRun | undefined> {
  const names = (await (await OpfsFolder.find('runs'))?.list()) ?? [];
  const number = (name: string) => Number(/\d+$/.exec(name)?.[0] ?? 1);
  const name = [...names].sort((a, b) => number(b) - number(a))[0];
  const reader = name === undefined ? undefined : await host.store.look(host.store.place(name));
  if (!reader) return undefined;
  const has = async (file: keyof typeof runFiles) => typeof (await reader.size(runFiles[file])) === 'number';
  const text = async (file: keyof typeof runFiles) =>
    (await has(file)) ? new TextDecoder().decode(await reader.read(runFiles[file])) : '';
  const history = parseHistoryCsv(await text('csv'), runFiles.csv);
  const { config } = parseConfig(parseObject(await text('config')).value ?? {});
  return {
    name: reader.run,
    history,
    hasModel: await has('best'),
    canGoOn: (await has('last')) && config !== undefined && history.length < config.epochs,
  };
}

async function modelRun(host: RunHost): Promise<string> {
  const run = await latestRun(host);
  if (!run?.hasModel) throw new Error('There is no trained model yet.');
  return run.name;
}
