// What a run's best model says to its photos, and their features: for studies of how far it is to be believed.
import { nodeHost } from '../../src/platform/node/host.ts';
import { classifyPhotos, createClassifier } from '../../src/run/model/classifier.ts';
import { readModelFile } from '../../src/run/model/model-file.ts';
import { findPhotos } from '../../src/run/photos.ts';
import { readConfig } from '../../src/run/settings.ts';
import { fileOf, readRun } from '../../src/run/store/reading.ts';

export interface Answered {
  /** Probabilities [photos][classes], as the network's loss makes them of its logits. */
  readonly rows: (readonly number[])[];
  readonly labels: number[];
  /** [photos][features] */
  readonly features: Float32Array[];
}

export interface AnsweredRun {
  readonly classes: readonly string[];
  readonly train: Answered;
  readonly valid: Answered;
}

/** Shows a run's photos to its best model; training photos as they are, without augmentation. */
export async function answersOfRun(run: string): Promise<AnsweredRun> {
  const host = nodeHost({ onBadAutotuned: console.warn });
  const reader = await host.store.look(run);
  if (!reader) throw new Error(`There is no run ${run}.`);
  const { config: stored, data } = await readRun(reader);
  const config = readConfig(stored, run, fileOf(reader, 'config'));
  const photos = await findPhotos(host, config.data, config, data.decoder);
  const { gpu } = await host.openGpu();
  const classifier = await createClassifier(gpu, await readModelFile(host, run));
  const answered = async (set: readonly { readonly path: string; readonly label: number }[]) => {
    const found: Answered = { rows: [], labels: [], features: [] };
    let index = 0;
    const paths = set.map(({ path }) => path);
    for await (const { shares, ...photo } of classifyPhotos(host, classifier, paths)) {
      const label = set[index++]?.label ?? -1;
      if (shares === undefined || !('features' in photo)) continue;
      found.rows.push(shares);
      found.labels.push(label);
      found.features.push(photo.features.slice());
    }
    return found;
  };
  const { train, valid } = photos.folder;
  return { classes: classifier.classes, train: await answered(train), valid: await answered(valid) };
}
