import { expect, it } from 'vitest';
import { floats, op, pickleOf, torchZip } from '../../weights/handmade.ts';
import { readWeights, writeSafetensors } from '../../weights/index.ts';
import { parseWeights } from './weights-file.ts';

const one = { shape: [1], data: Float32Array.of(1) };
it.each([
  [
    'a checkpoint of PyTorch',
    torchZip(pickleOf(op.dict({ epoch: op.int(3), model: op.dict({ 'module.a.b': op.tensor({}) }) })), {
      0: floats(1, 2, 3, 4),
    }),
  ],
  ['safetensors', writeSafetensors(new Map([['module.a.b', one]]), { dtype: 'f32', metadata: { x: 'y' } })],
])('is what readWeights gives of %s, with the name of the file', async (_, bytes) => {
  const file = await parseWeights({ bytes, source: 'f' });
  expect(file).toEqual({ ...readWeights(bytes, 'f'), source: 'f' });
  expect([...file.tensors.keys()]).toEqual(['a.b']);
  expect(file.notes).toContain('names without "module."');
});
