/** A model that stays open and says what it sees on one picture after the other: a camera's, which are no files. */
import { applyTransform, type DecodedImage } from '../data/index.ts';
import { classify, topK } from '../train/index.ts';
import type { RunHost } from './host.ts';
import { createClassifier } from './model/classifier.ts';
import { readModelFile } from './model/model-file.ts';
import type { RankedClass } from './predict.ts';

export interface Watcher {
  /** The most likely classes of a picture. Throws `TrainingError` where the network's answers are not finite. */
  see(image: DecodedImage): Promise<readonly RankedClass[]>;
  close(): void;
}

/** Opens the model of a run or of a file, to name `top` classes of each picture. Throws as reading models does. */
export async function openWatcher(host: RunHost, model: string, top: number): Promise<Watcher> {
  const file = await readModelFile(host, model);
  const { gpu } = await host.openGpu();
  const classifier = await createClassifier(gpu, file);
  const { model: network, transform, loss, classes } = classifier;
  return {
    async see(image) {
      const [shares = []] = await classify(network, applyTransform(image, transform), 1, loss);
      return topK(shares, top).map((i) => ({
        class: classes[i] ?? String(i),
        probability: shares[i] ?? NaN,
      }));
    },
    close: () => network.dispose(),
  };
}
