import { describe, expect, it } from 'vitest';
import { readWeights, writeSafetensors } from '../weights/index.ts';
import { convertWeights, summariseWeights } from './weights.ts';

const one = { shape: [1], data: Float32Array.of(1) };
const file = (...names: string[]) => ({
  bytes: writeSafetensors(new Map(names.map((name) => [name, one])), { dtype: 'f32' }),
  source: 'f',
});

describe('a weights file', () => {
  const wrapped = file(
    'module.model.resnet.encoder.stages.0.layers.0.layer.0.convolution.weight',
    'module.model.classifier.1.bias',
    'module.criterion.weight',
  );
  const notes = [
    'names without "module."',
    'names without "model."',
    "Hugging Face's names read as torchvision's",
    '"criterion.weight" left out',
  ];

  it('is shown with its own names, and with the network that they mean', async () => {
    const summary = await summariseWeights(wrapped);
    expect(summary.network).toMatch(/ResNet/);
    expect(summary.notes).toEqual(notes);
    expect(summary.tensors.map(({ name }) => name)).toContain('model.classifier.1.bias');
  });

  it("is converted to the network's names", async () => {
    const converted = await convertWeights(wrapped, 'f32');
    expect(converted.notes).toEqual(notes);
    expect([...readWeights(converted.bytes, 'f').tensors.keys()]).toEqual([
      'layer1.0.conv1.weight',
      'fc.bias',
    ]);
  });

  it('keeps the names of a network that graft does not have', async () => {
    const stranger = file('module.blocks.0.attn.qkv.weight', 'module.cls_token');
    expect(await summariseWeights(stranger)).toMatchObject({
      network: undefined,
      notes: ['names without "module."'],
    });
    const { tensors } = readWeights((await convertWeights(stranger, 'f32')).bytes, 'f');
    expect([...tensors.keys()]).toEqual(['blocks.0.attn.qkv.weight', 'cls_token']);
  });
});
