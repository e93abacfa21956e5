/** What a stored run's best model says to its validation photos: for runs that have no answers, or none of their best model. */
import { RunError } from './errors.ts';
import type { RunControls } from './events.ts';
import type { RunHost } from './host.ts';
import { Judge } from './judgement.ts';
import { classifyPhotos, createClassifier } from './model/classifier.ts';
import { readModelFile } from './model/model-file.ts';
import { findPhotos } from './photos.ts';
import { readConfig } from './settings.ts';
import { writeAnswers, type StoredAnswers } from './store/answers.ts';
import { nameBelow } from './store/fingerprint.ts';
import { RunFolder } from './store/folder.ts';
import { fileOf, readRun } from './store/reading.ts';

/**
 * Judges the best model again, by the photos that the run set aside, and keeps the answers in its folder. `epoch` is the best
 * model's. Throws `RunError` for a run that is damaged or whose photos are gone, otherwise as reading models and folders does.
 */
export async function judgeRun(
  host: RunHost,
  run: string,
  epoch: number,
  { tell, signal }: RunControls,
): Promise<StoredAnswers> {
  const folder = await RunFolder.open(host.store, run);
  try {
    const record = await readRun(folder.files);
    const config = readConfig(record.config, run, fileOf(folder.files, 'config'));
    const photos = await findPhotos(host, config.data, config, record.data.decoder);
    const { valid } = photos.folder;
    const { gpu } = await host.openGpu();
    const classifier = await createClassifier(gpu, await readModelFile(host, run));
    try {
      const { classes } = classifier;
      const judge = new Judge(classes);
      const files: string[] = [];
      const paths = valid.map(({ path }) => path);
      let index = 0;
      for await (const { path, shares } of classifyPhotos(host, classifier, paths, { by: photos.decoder })) {
        signal.throwIfAborted();
        const label = classes.indexOf(photos.folder.classes[valid[index]?.label ?? -1] ?? '');
        if (shares !== undefined && label >= 0) {
          judge.add(index, label, shares);
          files.push(nameBelow(photos.root, path));
        }
        tell({ kind: 'judging', done: ++index, total: paths.length });
      }
      if (files.length === 0)
        throw new RunError('None of the photos that this run set aside can be read any more.', {
          kind: 'no-photos',
          path: photos.dir,
        });
      const answers = { epoch, classes, files, ...judge.judgement().answers };
      await writeAnswers(folder, answers);
      return answers;
    } finally {
      classifier.model.dispose();
    }
  } finally {
    await folder.close();
  }
}
