/** What `--tune` calls the parts of a MobileNet. */
import { headStage, type Stages } from '../../nn/index.ts';
import { HEAD, HIDDEN, type Geometry } from './geometry.ts';

/**
 * What works at one resolution is a stage, as in a ResNet, so that people find what they know: `stage4` is here what `layer4` is
 * there, the part that sees the image in 32nds. With it goes what is behind the blocks and not the head: a convolution and the layer
 * behind the pool, which turn places into features and want to be trained no sooner than the blocks that they follow.
 */
export function stagesOf({ blocks }: Geometry): Stages {
  const stages = ['stem', 'stage1', 'stage2', 'stage3', 'stage4'].map((name) => ({ name, modules: [] as string[] }));
  let at = 0;
  const add = (module: string) => stages[at]?.modules.push(module);
  add('features.0');
  for (const { name, stride } of blocks) {
    at += stride - 1;
    add(name);
  }
  add(`features.${blocks.length + 1}`);
  add(HIDDEN);
  const [stem = { name: 'stem', modules: [] }, ...others] = stages;
  return [stem, ...others, headStage(HEAD)];
}
