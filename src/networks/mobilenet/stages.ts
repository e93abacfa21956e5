/** What `--tune` calls the parts of a MobileNet: known without its table, which comes late. */
import { headStage, type Stages } from '../../nn/index.ts';

/** As geometry.ts has them, which comes late. */
const HIDDEN = 'classifier.0';
export const HEAD = 'classifier.3';
/** Sides in pixels of the images that torchvision's weights were trained on. */
export const INPUT_SIZE = 224;

/**
 * What works at one resolution is a stage, as in a ResNet, so that people find what they know: `stage4` is here what `layer4` is
 * there, the part that sees the image in 32nds. With it goes what is behind the blocks and not the head: a convolution and the layer
 * behind the pool, which turn places into features and want to be trained no sooner than the blocks that they follow. `ends` says how many
 * layers there are to the end of each stage, the stem's first.
 */
export function stagesTo(...ends: readonly [number, ...number[]]): Stages {
  const [stem, ...others] = ends.map((end, i) => ({
    name: i === 0 ? 'stem' : `stage${i}`,
    modules: [
      ...Array.from({ length: end - (ends[i - 1] ?? 0) }, (_, k) => `features.${(ends[i - 1] ?? 0) + k}`),
      ...(i === ends.length - 1 ? [HIDDEN] : []),
    ],
  }));
  return [stem ?? headStage(HEAD), ...others, headStage(HEAD)];
}
