// Checkpoints of training programs, one per kind, made by hand; what PyTorch itself writes is in pth.test.ts.
import { describe, expect, it } from 'vitest';
import { WeightsError } from './errors.ts';
import { bytesOf, floats, op, pickleOf, torchZip } from './handmade.ts';
import { readPthWithNotes } from './pth.ts';

const x = op.tensor({});
const file = (object: Uint8Array) => torchZip(pickleOf(object), { 0: floats(1, 2, 3, 4) });
const read = (object: Uint8Array) => {
  const { tensors, notes } = readPthWithNotes(file(object), 'f');
  return { names: [...tensors.keys()], notes };
};
const network = op.dict({ 'conv.weight': x, 'conv.bias': x });
const names = ['conv.weight', 'conv.bias'];
const object = (module: string, name: string, state: Uint8Array = op.dict({})) =>
  bytesOf(op.global(module, name), ')\x81', state, 'b');

describe('the network in a checkpoint', () => {
  it.each(['state_dict', 'model', 'model_state_dict', 'model_ema', 'net', 'ema', 'my_network'])(
    'is found under %j',
    (key) => {
      expect(read(op.dict({ epoch: op.int(3), [key]: network }))).toEqual({
        names,
        notes: [`its "${key}" was taken`, '"epoch" left out'],
      });
    },
  );

  it('is found under one key in another', () => {
    const inner = op.dict({ state_dict: network, step: op.int(3) });
    expect(read(op.dict({ model: inner, seed: op.int(1) }))).toEqual({
      names,
      notes: ['its "model" was taken', 'its "state_dict" was taken', '"seed", "step" left out'],
    });
  });

  it('is the one of the last step, where its average is there too', () => {
    const average = op.dict({ n_averaged: x, 'module.conv.weight': x });
    expect(read(op.dict({ model_ema: average, model: network, epoch: op.int(1) }))).toEqual({
      names,
      notes: ['its "model" was taken and not its "model_ema"', '"epoch" left out'],
    });
  });

  it("loads beside a training program's objects, of which nothing is run", () => {
    const scalar = op.call(
      op.global('numpy.core.multiarray', 'scalar'),
      op.call(op.global('numpy', 'dtype')),
    );
    const optimizer = op.dict({
      state: bytesOf('}', op.int(0), op.dict({ step: op.int(1), exp_avg: x }), 's'),
      param_groups: op.list(op.dict({ lr: op.int(1) })),
    });
    const args = object('argparse', 'Namespace', op.dict({ lr: op.int(1) }));
    const checkpoint = op.dict({ optimizer, args, accuracy: scalar, state_dict: network });
    expect(read(checkpoint)).toEqual({
      names,
      notes: [
        'its "state_dict" was taken',
        '"optimizer", "args", "accuracy" left out',
        'nothing was run of "argparse.Namespace", "numpy.core.multiarray.scalar", "numpy.dtype"',
      ],
    });
  });

  it('loads beside a command, which is not run and is told', () => {
    const command = op.call(op.global('posix', 'system'), op.text('rm -r /'));
    expect(read(op.dict({ model: network, hook: command })).notes).toContain(
      'Python would run "posix.system" to load it, so trust it nowhere; nothing was run here',
    );
  });

  it('loads with plain values among the tensors', () => {
    const mixed = bytesOf(
      op.dict({ 'conv.weight': x, epoch: op.int(3) }),
      op.text('conv._extra_state'),
      'Ns',
    );
    expect(read(mixed)).toEqual({ names: ['conv.weight'], notes: ['"epoch", "conv._extra_state" left out'] });
  });

  it.each([
    ['module.', 'DataParallel'],
    ['_orig_mod.', 'torch.compile'],
    ['_orig_mod.module.', 'both'],
    ['module._orig_mod.', 'both, the other way round'],
  ])('loses the prefix %j of %s', (prefix) => {
    const wrapped = op.dict({ [`${prefix}a`]: x, [`${prefix}b`]: x });
    expect(read(wrapped)).toEqual({ names: ['a', 'b'], notes: [`names without "${prefix}"`] });
  });

  it('loses the count of a moving average', () => {
    expect(read(op.dict({ n_averaged: x, 'module.a': x, 'module.module.b': x }))).toEqual({
      names: ['a', 'module.b'],
      notes: ['names without "module."', '"n_averaged" left out'],
    });
    expect(read(op.dict({ n_averaged: x, a: x })).names).toEqual(['n_averaged', 'a']);
  });

  it('keeps a prefix that some names lack', () => {
    expect(read(op.dict({ 'module.a': x, b: x }))).toEqual({ names: ['module.a', 'b'], notes: [] });
  });

  const model = object('__main__', 'Net');
  it.each([
    [
      'a whole model',
      model,
      'it holds a whole Python object of the class "__main__.Net" instead of its tensors; nothing was run',
    ],
    [
      'a checkpoint around one',
      op.dict({ model, epoch: op.int(3) }),
      'it is a checkpoint around a whole Python object of the class "__main__.Net"',
    ],
    [
      'a YOLO checkpoint',
      op.dict({ model: object('ultralytics.nn.tasks', 'DetectionModel') }),
      'it is a checkpoint around a YOLO detector ("ultralytics.nn.tasks.DetectionModel") instead of its tensors; nothing was run. graft classifies photos with ResNets',
    ],
    [
      "an optimizer's state",
      op.dict({ state: bytesOf('}', op.int(0), op.dict({ exp_avg: x }), 's'), param_groups: op.list() }),
      "it is an optimizer's state, which has moments but no weights",
    ],
    [
      "a schedule's state",
      op.dict({ last_epoch: op.int(3), _step_count: op.int(4) }),
      "it is a learning rate schedule's state",
    ],
    [
      'two networks under names of their own',
      op.dict({ generator: network, discriminator: network }),
      'it holds 2 dictionaries of tensors: "generator", "discriminator". Save the one that is meant alone',
    ],
    [
      'a layer that is no tensor',
      op.dict({ 'conv.weight': x, 'conv.bias': object('torch', 'QTensor') }),
      'it asks Python to make its entry "conv.bias" by "torch.QTensor", which gives no tensor; nothing was run',
    ],
  ])('is missed with words in %s', (_, bytes, message) => {
    expect(() => read(bytes)).toThrow(WeightsError);
    expect(() => read(bytes)).toThrow(`f: ${message}`);
  });

  it('is looked for once in each dictionary, however often the file names it', () => {
    const large = bytesOf(
      '}(',
      ...Array.from({ length: 20_000 }, (_, i) => bytesOf(op.int(i), 'N')),
      'uq\x01',
    );
    const again = Array.from({ length: 20_000 }, (_, i) => bytesOf(op.text(`k${i}`), 'h\x01'));
    const root = bytesOf('}(', op.text('first'), large, ...again, 'u');
    expect(() => read(root)).toThrow('its entry "first" is of type dict, not a named tensor');
  });

  it('is not looked for forever in a dictionary that holds itself', () => {
    expect(() => read(bytesOf('}q\x01', op.text('model'), 'h\x01s'))).toThrow('is of type dict');
  });
});
