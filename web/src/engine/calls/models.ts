/** The best model of a project's last run: tried on photos, and taken away. */
import { webDecodePool } from '../../../../src/platform/web/decode-pool.ts';
import { pickedFiles } from '../../../../src/platform/web/files.ts';
import type { RankedClass } from '../../../../src/run/predict.ts';
import type { ExportOptions } from '../../../../src/run/export.ts';
import { runFiles } from '../../../../src/run/store/folder.ts';
import type { Answering } from '../protocol.ts';
import type { Project } from '../project.ts';
import type { PickedPhoto } from './photos.ts';
import { latestRun } from './runs.ts';

/** What the model says to a picture. */
export interface ModelAnswer {
  readonly ranked: readonly RankedClass[];
  /** The photo as the network saw it, a PNG with what spoke for the likeliest class over it. */
  readonly looked?: Uint8Array | undefined;
  /** That it is unlike all photos that the network learned from, in words. */
  readonly unlike?: string | undefined;
}

export interface PredictAnswer extends ModelAnswer {
  readonly path: string;
  /** Why it could not be read, to be read after the path. */
  readonly reason?: string | undefined;
}

export type Takeaway = 'safetensors' | 'onnx' | 'report';
export type ExportDtype = ExportOptions['dtype'];

export interface ModelCalls {
  /** What the run's best model sees on photos. */
  predict(photos: readonly PickedPhoto[]): readonly PredictAnswer[];
  /** One of the run's files, to take away; a model in 32-bit floats if nothing else is asked for. */
  take(what: Takeaway, dtype?: ExportDtype): { readonly name: string; readonly file: Blob };
}

export function modelCalls(
  project: () => Project,
  { version, startDecodeWorker }: { readonly version: string; readonly startDecodeWorker: () => Worker },
): Answering<ModelCalls> {
  return {
    async predict(picked) {
      const run = await modelRun(project());
      const files = pickedFiles(picked.map(({ path, file }) => [path, file]));
      const { predict, shownAnswer } = await import('../late.ts');
      const answers: PredictAnswer[] = [];
      const request = { model: run, photos: picked.map(({ path }) => path), top: 5, explain: true };
      const decoder = () => webDecodePool(files, startDecodeWorker);
      const host = { ...project().host, files, decoder };
      for await (const prediction of predict(host, request))
        answers.push({
          path: prediction.path,
          reason: prediction.reason,
          ...shownAnswer(prediction),
        });
      return answers;
    },
    async take(what, dtype = 'f32') {
      const { host } = project();
      const run = await modelRun(project());
      if (what === 'report') {
        const reader = await host.store.look(run);
        if (!reader) throw new Error(`${run} is gone.`);
        const bytes = await reader.read(runFiles.report);
        return { name: 'report.html', file: new Blob([bytes], { type: 'text/html' }) };
      }
      const { exportModel, readModelFile } = await import('../late.ts');
      const file = await readModelFile(host, run);
      const { bytes } = await exportModel(file, { format: what, dtype, version });
      const name = `model${dtype === 'f16' ? '-f16' : ''}.${what}`;
      return { name, file: new Blob([new Uint8Array(bytes)]) };
    },
  };
}

export async function modelRun(project: Project): Promise<string> {
  const run = await latestRun(project);
  if (!run?.hasModel) throw new Error('There is no trained model yet.');
  return run.name;
}
