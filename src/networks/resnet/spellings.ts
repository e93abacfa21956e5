/**
 * The ResNets' tensors as other programs than torchvision name them. timm's names are torchvision's; Hugging Face's transformers
 * has its own, and who cuts a network off before its head with `nn.Sequential(*list(model.children())[:-1])` gets numbers.
 */
import type { Spelling } from '../network-entry.ts';
import { convNormsOf, HEAD, type Geometry } from './geometry.ts';

/** All spellings of one member of the family. */
export function spellingsOf(geometry: Geometry): readonly Spelling[] {
  return [
    { whose: "Hugging Face's", names: huggingFace(geometry) },
    { whose: "nn.Sequential's", names: sequential(geometry) },
  ];
}

const NORM_PARTS = ['weight', 'bias', 'running_mean', 'running_var', 'num_batches_tracked'];

/** Their names to torchvision's. */
type Names = Map<string, string>;

/**
 * transformers' `ResNetForImageClassification`: stages, their layers and the convolutions of these count from 0, and a convolution
 * stands beside its norm.
 */
function huggingFace({ stem, stages }: Geometry): ReadonlyMap<string, string> {
  const names: Names = new Map();
  const add = (theirs: string, { name, norm }: { readonly name: string; readonly norm: string }) => {
    names.set(`resnet.${theirs}.convolution.weight`, `${name}.weight`);
    for (const part of NORM_PARTS) names.set(`resnet.${theirs}.normalization.${part}`, `${norm}.${part}`);
  };
  add('embedder.embedder', stem);
  stages.forEach(({ blocks }, s) => {
    blocks.forEach(({ body, shortcut }, l) => {
      const layer = `encoder.stages.${s}.layers.${l}`;
      if (shortcut) add(`${layer}.shortcut`, shortcut);
      body.forEach((one, i) => add(`${layer}.layer.${i}`, one));
    });
  });
  for (const part of ['weight', 'bias']) names.set(`classifier.1.${part}`, `${HEAD}.${part}`);
  return names;
}

/** What torchvision's ResNet has as children, in their order; those without tensors only count. */
const CHILDREN = ['conv1', 'bn1', 'relu', 'maxpool', 'layer1', 'layer2', 'layer3', 'layer4', 'avgpool'];

function sequential(geometry: Geometry): ReadonlyMap<string, string> {
  const names: Names = new Map();
  const add = (ours: string) => {
    const [child = '', ...rest] = ours.split('.');
    names.set([CHILDREN.indexOf(child), ...rest].join('.'), ours);
  };
  for (const { name, norm } of convNormsOf(geometry)) {
    add(`${name}.weight`);
    for (const part of NORM_PARTS) add(`${norm}.${part}`);
  }
  return names;
}
