import { beforeAll, describe, expect, it } from 'vitest';
import { architectureOf, catalogue, WeightsError, type StateDict } from '../weights/index.ts';
import { detectNetwork } from './detect.ts';
import { networkNames, networks } from './registry.ts';

type Shapes = Iterable<readonly [name: string, shape: readonly number[]]>;

const stateOf = (shapes: Shapes): StateDict =>
  new Map(Array.from(shapes, ([name, shape]) => [name, { shape, data: new Float32Array(1) }]));
const named = (...names: string[]): StateDict => stateOf(names.map((name) => [name, [1]]));

beforeAll(async () => void (await Promise.all(networkNames.map((name) => networks[name].ready()))));

describe('the network in a file', () => {
  it.each(networkNames)('is told by its names and shapes, whatever its head: %s', async (name) => {
    expect(await detectNetwork(stateOf(networks[name].stateShapes(7)), 'm')).toMatchObject({
      name,
      notes: [],
    });
    const old = [...networks[name].stateShapes(1000)].filter(([key]) => !key.endsWith('num_batches_tracked'));
    expect((await detectNetwork(stateOf(old), 'm')).name).toBe(name);
  });

  it.each(networkNames)('is told though a part is missing or odd: %s', async (name) => {
    const shapes = [...networks[name].stateShapes(7)].filter((_, i) => i % 5 > 0);
    expect((await detectNetwork(stateOf([...shapes, ['extra', [1]]]), 'm')).name).toBe(name);
  });

  const resnet18 = [...networks.resnet18.stateShapes(7)];
  const prefixed = (prefix: string, shapes: Shapes = resnet18): Shapes =>
    Array.from(shapes, ([name, shape]) => [prefix + name, shape] as const);

  it.each(['backbone.', 'model.', 'net.', 'model.backbone.', 'module.encoder.', 'a.b.c.d.e.'])(
    'is found behind %j',
    async (prefix) => {
      const found = await detectNetwork(stateOf(prefixed(prefix)), 'm');
      expect(found).toMatchObject({ name: 'resnet18', notes: [`names without "${prefix}"`] });
      expect([...found.tensors.keys()]).toEqual(resnet18.map(([name]) => name));
    },
  );

  it('leaves out what stands beside it, and says so', async () => {
    const state = stateOf([['criterion.weight', [1]], ...prefixed('model.'), ['head.bias', [2]]]);
    expect(await detectNetwork(state, 'm')).toMatchObject({
      notes: ['names without "model."', '"criterion.weight", "head.bias" left out'],
    });
  });

  it('takes the usual one of two, and none of two that are alike', async () => {
    const teacher = stateOf([...prefixed('ema.'), ...prefixed('model.')]);
    expect((await detectNetwork(teacher, 'm')).notes[0]).toBe('names without "model."');
    const two = stateOf([...prefixed('encoder_q.'), ...prefixed('encoder_k.')]);
    await expect(detectNetwork(two, 'm')).rejects.toThrow(
      'm: it holds more than one network: "encoder_q." and "encoder_k." stand before the same names',
    );
  });

  it('looks past names that are no names', async () => {
    const long = `${'a.'.repeat(100_000)}layer1.0.conv1.weight`;
    const state = stateOf([...resnet18, [long, [1]]]);
    expect((await detectNetwork(state, 'm')).name).toBe('resnet18');
  });

  it.each([
    ['blocks.0.attn.qkv.weight', 'a vision transformer (ViT)'],
    ['vit.encoder.layer.0.attention.attention.query.weight', 'a vision transformer (ViT)'],
    ['encoder.layers.encoder_layer_0.self_attention.in_proj_weight', 'a vision transformer (ViT)'],
    ['layers.0.blocks.0.attn.relative_position_bias_table', 'a Swin transformer'],
    ['visual.conv1.weight', 'a CLIP model'],
    ['model.0.conv.weight', 'a YOLO detector'],
    ['features.denseblock1.denselayer1.norm1.weight', 'a DenseNet'],
    ['features.1.conv.0.0.weight', 'a MobileNet of another kind or an EfficientNet'],
    ['blocks.0.0.conv_dw.weight', 'a MobileNet of another kind or an EfficientNet'],
    ['base_model.layer.lora_A.weight', 'a LoRA adapter'],
  ])('is told from another kind: %s', async (name, kind) => {
    await expect(detectNetwork(named(name), 'w.pth')).rejects.toThrow(
      `w.pth: it looks like ${kind}: its tensors are`,
    );
  });

  it.each([
    [['features.0.weight'], 'it looks like a VGG network or AlexNet: its tensors are "features.0.weight"'],
    [['conv1.weight', 'fc.weight'], 'it is not a network that graft has'],
    [
      [],
      /its tensors are none, …\. Give weights of ResNet-18, .* or MobileNetV3-Large, with the names of torchvision, timm or Hugging Face/,
    ],
  ])('is refused for %j', async (names, message) => {
    const found = detectNetwork(named(...names), 'w.pth');
    await expect(found).rejects.toThrow(WeightsError);
    await expect(found).rejects.toThrow(message);
  });
});

it.each(catalogue)('is in the registry for each file of the catalogue: $name', (entry) => {
  expect(networkNames).toContain(architectureOf(entry));
});
