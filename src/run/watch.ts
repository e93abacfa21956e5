/** A model that stays open and says what it sees on one picture after the other: a camera's, which are no files. */
import { applyTransform, type DecodedImage } from '../data/index.ts';
import type { RunHost } from './host.ts';
import { classifyImages } from './model/classifier.ts';
import { explainAll } from './model/explanations.ts';
import { openModel, predictionOf, type PhotoPrediction } from './predict.ts';

export interface Watcher {
  /**
   * What the model says to a picture and, where `explain`, what spoke for its likeliest class, at twice the work. Throws
   * `TrainingError` where the network's answers are not finite.
   */
  see(image: DecodedImage, explain?: boolean): Promise<PhotoPrediction>;
  close(): void;
}

/** Opens the model of a run or of a file, to name `top` classes of each picture. Throws as reading models does. */
export async function openWatcher(host: RunHost, model: string, top: number): Promise<Watcher> {
  const opened = await openModel(host, model);
  const { classifier } = opened;
  return {
    async see(image, explain = false) {
      const [answer] = await classifyImages(classifier, [applyTransform(image, classifier.transform)], {
        explain: explain ? explainAll : undefined,
      });
      if (!answer) throw new Error('An image was given, and there is no answer to it.');
      return predictionOf(opened, answer, top);
    },
    close: () => classifier.model.dispose(),
  };
}
