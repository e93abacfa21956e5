import { expect, it } from 'vitest';
import { networks } from '../networks/index.ts';
import { encodeCard, type ModelCard } from '../train/files/checkpoint.ts';
import { readSafetensors, type StateDict } from '../weights/index.ts';
import { exportModel } from './export.ts';

const tensors: StateDict = new Map(
  [...networks.resnet18.stateShapes(2)].map(([name, shape]) => [
    name,
    { shape, data: new Float32Array(shape.reduce((product, size) => product * size, 1)) },
  ]),
);
const card: ModelCard = {
  architecture: 'resnet18',
  classes: ['animal', 'food'],
  transform: { kind: 'resize', width: 64, height: 64, background: [255, 255, 255] },
  loss: 'cross-entropy',
  graft: '1.2.3',
  result: { epoch: 3, valid: { accuracy: 0.75, loss: 0.5 } },
};

it('keeps all that a model says of itself, its background too, and adds how its input is normalised', async () => {
  const file = { tensors, metadata: { ...encodeCard(card), progress: 'of the run' }, source: 'model' };
  const { bytes } = await exportModel(file, { format: 'safetensors', dtype: 'f32', version: '2' });
  const { mean, std, ...texts } = readSafetensors(bytes, 'exported').metadata;
  expect(texts).toEqual(encodeCard(card));
  expect(texts['background']).toBe('255,255,255');
  expect([mean, std].map((text) => JSON.parse(text ?? '') as unknown)).toEqual([
    [0.485, 0.456, 0.406],
    [0.229, 0.224, 0.225],
  ]);
});

it('divides the head, and nothing else, by the temperature, and says so', async () => {
  const ones = new Map(
    [...tensors].map(([name, { shape, data }]) => [name, { shape, data: data.map(() => 1) }]),
  );
  const file = { tensors: ones, metadata: encodeCard(card), source: 'model', temperature: 2 };
  const { bytes, notes } = await exportModel(file, { format: 'safetensors', dtype: 'f32', version: '2' });
  for (const [name, { data }] of readSafetensors(bytes, 'exported').tensors) {
    const expected = name.startsWith('fc.') ? 0.5 : 1;
    expect(
      data.every((value) => value === expected),
      name,
    ).toBe(true);
  }
  expect(notes.join()).toContain('divided by its temperature, 2.00');
});

it('tells programs what they have to know, and leaves out how large photos were loaded', async () => {
  const shrunk = { ...card, transform: { ...card.transform, shrinkFrom: 4 } };
  const file = { tensors, metadata: encodeCard(shrunk), source: 'model' };
  const { bytes, model, notes } = await exportModel(file, {
    format: 'safetensors',
    dtype: 'f32',
    version: '2',
  });
  const { architecture, classes, transform, loss } = card;
  expect(model).toEqual({ architecture, classes, transform, loss });
  expect(readSafetensors(bytes, 'exported').metadata['shrink_from']).toBeUndefined();
  expect(notes.join()).toContain('photos are read whole');
});

it('calls the classes of a file that does not name them by their numbers', async () => {
  const { model } = await exportModel(
    { tensors, metadata: {}, source: 'model' },
    { format: 'onnx', dtype: 'f32', version: '2' },
  );
  expect(model.classes).toEqual(['class 0', 'class 1']);
  expect(model.transform).toEqual({ kind: 'resize-short-crop', resize: 256, crop: 224 });
});
