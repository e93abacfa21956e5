import { describe, expect, it } from 'vitest';
import type { StateDict } from '../../weights/index.ts';
import { detectNetwork } from '../detect.ts';
import { networks } from '../registry.ts';
import { resnets } from './index.ts';

const spelled = async (name: keyof typeof resnets, whose: string): Promise<ReadonlyMap<string, string>> => {
  const spelling = (await networks[name].spellings?.())?.find((one) => one.whose === whose);
  if (!spelling) throw new Error(`${name} has no spelling of ${whose}`);
  return spelling.names;
};

/** The network's tensors, empty, under its names in a spelling. */
const stateOf = async (name: keyof typeof resnets, whose: string, prefix = ''): Promise<StateDict> => {
  const shapes = networks[name].stateShapes(7);
  return new Map(
    Array.from(await spelled(name, whose), ([theirs, ours]) => {
      const shape = shapes.get(ours);
      if (!shape) throw new Error(`${theirs} means ${ours}, which ${name} does not have`);
      return [prefix + theirs, { shape, data: new Float32Array(1) }];
    }),
  );
};

describe.each(Object.keys(resnets) as (keyof typeof resnets)[])('%s', (name) => {
  const own = [...networks[name].stateShapes(7).keys()];

  it("has all of its tensors under Hugging Face's names, once each", async () => {
    expect([...(await spelled(name, "Hugging Face's")).values()].sort()).toEqual([...own].sort());
    const found = await detectNetwork(await stateOf(name, "Hugging Face's"), 'm');
    expect(found).toMatchObject({ name, notes: ["Hugging Face's names read as torchvision's"] });
    expect([...found.tensors.keys()].sort()).toEqual([...own].sort());
  });

  it('has all of its trunk under the numbers of nn.Sequential, behind a prefix or not', async () => {
    const trunk = own.filter((key) => !key.startsWith('fc.')).sort();
    expect([...(await spelled(name, "nn.Sequential's")).values()].sort()).toEqual(trunk);
    const found = await detectNetwork(await stateOf(name, "nn.Sequential's", 'features.'), 'm');
    expect(found.name).toBe(name);
    expect([...found.tensors.keys()].sort()).toEqual(trunk);
  });
});

it.each([
  ['resnet.embedder.embedder.convolution.weight', 'conv1.weight'],
  ['resnet.embedder.embedder.normalization.running_var', 'bn1.running_var'],
  ['resnet.encoder.stages.0.layers.1.layer.0.convolution.weight', 'layer1.1.conv1.weight'],
  ['resnet.encoder.stages.3.layers.2.layer.2.normalization.bias', 'layer4.2.bn3.bias'],
  ['resnet.encoder.stages.1.layers.0.shortcut.convolution.weight', 'layer2.0.downsample.0.weight'],
  [
    'resnet.encoder.stages.1.layers.0.shortcut.normalization.num_batches_tracked',
    'layer2.0.downsample.1.num_batches_tracked',
  ],
  ['classifier.1.bias', 'fc.bias'],
])("microsoft/resnet-50's %s is %s", async (theirs, ours) => {
  expect((await spelled('resnet50', "Hugging Face's")).get(theirs)).toBe(ours);
});

it.each([
  ['0.weight', 'conv1.weight'],
  ['1.running_mean', 'bn1.running_mean'],
  ['4.0.conv1.weight', 'layer1.0.conv1.weight'],
  ['7.1.bn2.weight', 'layer4.1.bn2.weight'],
])("nn.Sequential's %s is %s", async (theirs, ours) => {
  expect((await spelled('resnet18', "nn.Sequential's")).get(theirs)).toBe(ours);
});
