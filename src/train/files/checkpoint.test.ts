import { beforeAll, describe, expect, it } from 'vitest';
import { testGpu } from '../../../test/support/gpu.ts';
import type { Gpu } from '../../gpu/index.ts';
import { resnet18 } from '../../networks/index.ts';
import { readWeights, WeightsError, type StateDict } from '../../weights/index.ts';
import { decodeCard, encodeCheckpoint, type ModelCard } from './checkpoint.ts';
import { loadNetwork, loadWithFreshHead } from './load-network.ts';
import { differing } from '../testing.ts';

let gpu: Gpu;
let state: StateDict;
beforeAll(async () => {
  gpu = await testGpu();
  const model = resnet18(gpu, 3);
  // Values that tell the tensors apart; drawing eleven million random ones would take a second.
  const filled = [...model.stateShapes()].map(([name, shape], i) => {
    const size = shape.reduce((product, side) => product * side, 1);
    return [name, { shape, data: new Float32Array(size).fill(i) }] as const;
  });
  state = new Map(filled);
  model.dispose();
});

const card: ModelCard = {
  architecture: 'resnet18',
  classes: ['a "b"', 'ü', '三'],
  transform: { kind: 'resize', width: 96, height: 96 },
  loss: 'cross-entropy',
  graft: '1.2.3',
  result: { epoch: 2, valid: { accuracy: 0.75, loss: 0.5 } },
};

describe('a checkpoint', () => {
  it('comes back as the same network with the same card', async () => {
    const file = readWeights(encodeCheckpoint(state, card), 'model.safetensors');
    const restored = await loadNetwork(gpu, file, 'model.safetensors');
    expect(restored.card).toEqual(card);
    expect(restored.model.training).toBe(false);
    expect(differing(await restored.model.stateDict(), state)).toEqual([]);
    restored.model.dispose();
  });

  it("tells other programs what it is, in PyTorch's format and strings alone", () => {
    const { metadata } = readWeights(encodeCheckpoint(new Map(), card), 'm');
    expect(metadata).toEqual({
      ...{ format: 'pt', arch: 'resnet18', classes: '["a \\"b\\"","ü","三"]', graft: '1.2.3' },
      ...{ image_size: '96', resize: '96x96', loss: 'cross-entropy' },
      ...{ epoch: '2', val_accuracy: '0.75', val_loss: '0.5' },
    });
  });

  it('keeps the transform of ImageNet too', () => {
    const transform = { kind: 'resize-short-crop', resize: 256, crop: 224 } as const;
    const { metadata } = readWeights(encodeCheckpoint(new Map(), { ...card, transform }), 'm');
    expect(metadata).toMatchObject({ resize: '256', image_size: '224' });
    expect(decodeCard(metadata, 'm')?.transform).toEqual(transform);
  });

  it('keeps from which size on photos are decoded smaller, and refuses what is no number', () => {
    const transform = { kind: 'resize', width: 64, height: 64, shrinkFrom: 4 } as const;
    const { metadata } = readWeights(encodeCheckpoint(new Map(), { ...card, transform }), 'm');
    expect(metadata).toMatchObject({ shrink_from: '4' });
    expect(decodeCard(metadata, 'm')?.transform).toEqual(transform);
    for (const shrink_from of ['none', '', '-4', '0.5', 'NaN'])
      expect(() => decodeCard({ ...metadata, shrink_from }, 'm'), shrink_from).toThrow(
        /"shrink_from" is not/,
      );
  });

  it('keeps the background of transparent images, and refuses what is no colour', () => {
    const transform = { kind: 'resize', width: 64, height: 64, background: [255, 0, 7] } as const;
    const { metadata } = readWeights(encodeCheckpoint(new Map(), { ...card, transform }), 'm');
    expect(metadata).toMatchObject({ background: '255,0,7' });
    expect(decodeCard(metadata, 'm')?.transform).toEqual(transform);
    for (const background of ['255,0', '1,2,3,4', '256,0,0', 'white', ''])
      expect(() => decodeCard({ ...metadata, background }, 'm'), background).toThrow(
        /"background" is not a colour/,
      );
  });

  it('can be of half the size, with notes beside the card', () => {
    const bytes = encodeCheckpoint(state, card, { dtype: 'f16', notes: { made_by: 'hand' } });
    expect(bytes.length).toBeLessThan(0.51 * encodeCheckpoint(state, card).length);
    expect(readWeights(bytes, 'm').metadata).toMatchObject({ made_by: 'hand', arch: 'resnet18' });
  });

  it.each([
    ['classes', 'cats, dogs', '"classes"'],
    ['classes', '["one"]', '"classes"'],
    ['classes', '[1, 2]', '"classes"'],
    ['arch', 'vgg16', '"arch"'],
    ['arch', 'constructor', '"arch"'],
    ['loss', 'hinge', '"loss"'],
    ['resize', '96x', '"resize"'],
    ['resize', '1e9x1e9', '"resize"'],
    ['resize', '', '"resize"'],
  ])('is refused where its %s is %s', (key, value, named) => {
    const { metadata } = readWeights(encodeCheckpoint(new Map(), card), 'm');
    expect(() => decodeCard({ ...metadata, [key]: value }, 'model.safetensors')).toThrow(WeightsError);
    expect(() => decodeCard({ ...metadata, [key]: value }, 'model.safetensors')).toThrow(
      `model.safetensors: its metadata ${named}`,
    );
  });

  it('is refused where it names more classes than its head has', async () => {
    const bytes = encodeCheckpoint(state, { ...card, classes: ['a', 'b', 'c', 'd'] });
    await expect(loadNetwork(gpu, readWeights(bytes, 'm'), 'm')).rejects.toThrow(
      /"fc.weight": expected \[4, 512\] × found \[3, 512\]/,
    );
  });

  it('has no card where the file names no classes', () => {
    expect(decodeCard({ format: 'pt' }, 'm')).toBeUndefined();
  });
});

describe('loading for training', () => {
  it('loads all but the head, which the seed decides', async () => {
    const load = async (seed: number) =>
      (await loadWithFreshHead(gpu, { tensors: state }, { source: 'm', outputs: 2, seed })).model;
    const models = [await load(1), await load(1), await load(2)] as const;
    const [first, again, other] = [
      await models[0].stateDict(),
      await models[1].stateDict(),
      await models[2].stateDict(),
    ];
    for (const model of models) model.dispose();
    expect(differing(first, again)).toEqual([]);
    expect(differing(first, other)).toEqual(['fc.weight', 'fc.bias']);
    expect(differing(first, state)).toEqual(['fc.weight', 'fc.bias']);
    expect(first.get('fc.weight')?.shape).toEqual([2, 512]);
  });

  it('reports every mismatch and leaves no memory taken', async () => {
    const broken = new Map(state);
    broken.delete('bn1.bias');
    broken.set('conv1.weight', { shape: [64, 3, 3, 3], data: new Float32Array(64 * 27) });
    broken.set('extra.weight', { shape: [1], data: new Float32Array(1) });
    await gpu.finish();
    const { bytes } = gpu.statistics;
    const error: unknown = await loadWithFreshHead(
      gpu,
      { tensors: broken },
      { source: 'w.pth', outputs: 2, seed: 1 },
    ).catch((error: unknown) => error);
    expect(error).toBeInstanceOf(WeightsError);
    const { message } = error as WeightsError;
    expect(message).toMatch(/missing \(1\):\s+"bn1.bias"\s+not in the network \(1\):\s+"extra.weight"/);
    expect(message).toMatch(/"conv1.weight": expected \[64, 3, 7, 7\] × found \[64, 3, 3, 3\]/);
    await gpu.finish();
    expect(gpu.statistics.bytes).toBe(bytes);
  });
});
