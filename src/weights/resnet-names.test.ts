import { describe, expect, it } from 'vitest';
import { testGpu } from '../../test/support/gpu.ts';
import { resnet18, resnet34 } from '../nn/index.ts';
import { resnetStateShapes } from './resnet-names.ts';

describe('resnetStateShapes', () => {
  it.each([
    ['resnet18', resnet18, 122],
    ['resnet34', resnet34, 218],
  ] as const)('has the names, shapes and order of the network: %s', async (name, create, tensors) => {
    const model = create(await testGpu(), 7);
    const shapes = resnetStateShapes(name, 7);
    expect(shapes.size).toBe(tensors); // len(torchvision.models.NAME().state_dict())
    expect([...shapes]).toEqual([...model.stateShapes()]);
    model.dispose();
  });
});
