/**
 * The programs by which others use a model, run as a reader would run them: each says of a photo what graft says. Where PyTorch or
 * ONNX Runtime is not installed, that one is skipped; the package safetensors, which Debian has not, and ONNX Runtime, where
 * torchvision's network can compute for it, have stand-ins: what is tested is what the programs do around them.
 */
import { execFile, execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodePng, WHITE } from '../src/data/index.ts';
import { networks } from '../src/networks/index.ts';
import { createRandom } from '../src/random.ts';
import { snippetsFor } from '../src/run/use-it.ts';
import { encodeCheckpoint, type ModelCard } from '../src/train/index.ts';
import { testGpu } from './support/gpu.ts';

const ROOT = new URL('..', import.meta.url).pathname;
const PYTHON = '/usr/bin/python3';
const CLASSES = ['cats', '"dogs"', 'brötchen\\'];

const cards: readonly (readonly [string, Omit<ModelCard, 'architecture'>])[] = [
  [
    'stretched',
    { classes: CLASSES, loss: 'cross-entropy', transform: { kind: 'resize', width: 48, height: 48 } },
  ],
  [
    'cropped, over white',
    {
      classes: CLASSES,
      loss: 'cross-entropy',
      transform: { kind: 'resize-short-crop', resize: 50, crop: 45, background: WHITE },
    },
  ],
  [
    'with one logit',
    { classes: CLASSES.slice(0, 2), loss: 'bce', transform: { kind: 'resize', width: 32, height: 32 } },
  ],
];

function pythonHas(modules: string): boolean {
  try {
    execFileSync(PYTHON, ['-c', `import ${modules}`], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
const hasTorch = pythonHas('torch, torchvision, PIL');
if (!hasTorch)
  console.log("skipped: the programs in Python need Debian's python3-torch and python3-torchvision");

/** Reads a file as the package safetensors does. */
const SAFETENSORS = `
import json, struct, torch
def load_file(path):
    data = open(path, 'rb').read()
    length, = struct.unpack('<Q', data[:8])
    header = json.loads(data[8:8 + length])
    header.pop('__metadata__')
    dtypes = {'F32': torch.float32, 'I64': torch.int64}
    def tensor(entry):
        begin, end = (8 + length + offset for offset in entry['data_offsets'])
        return torch.frombuffer(bytearray(data[begin:end]), dtype=dtypes[entry['dtype']]).reshape(entry['shape'])
    return {key: tensor(entry) for key, entry in header.items()}
`;

/** Computes what the ONNX model of the same weights does. */
const ONNX_RUNTIME = `
import torch, torchvision
from safetensors.torch import load_file
class InferenceSession:
    def __init__(self, path):
        assert path == 'model.onnx'
        state = load_file('model.safetensors')
        self.model = torchvision.models.resnet18(num_classes=len(state['fc.bias'])).eval()
        self.model.load_state_dict(state)
    def run(self, names, feeds):
        assert names == ['logits'] and feeds['input'].dtype == 'float32'
        with torch.no_grad():
            return [self.model(torch.from_numpy(feeds['input'])).numpy()]
`;

let home: string;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'graft-use-it-'));
  await mkdir(join(home, 'modules/safetensors'), { recursive: true });
  await writeFile(join(home, 'package.json'), '{"type": "module"}'); // as in graft's own folder
  await writeFile(join(home, 'modules/safetensors/__init__.py'), '');
  await writeFile(join(home, 'modules/safetensors/torch.py'), SAFETENSORS);
  if (!pythonHas('onnxruntime')) await writeFile(join(home, 'modules/onnxruntime.py'), ONNX_RUNTIME);
  const random = createRandom(5);
  const [width, height] = [90, 61];
  const data = Uint8Array.from(
    { length: width * height * 3 },
    (_, i) => 128 + 90 * Math.sin(i / 50) + random.below(30),
  );
  await writeFile(join(home, 'photo.png'), encodePng({ width, height, data }));
});
afterAll(() => rm(home, { recursive: true, force: true }));

/** What a program prints, as the probability of each class. */
async function shares(program: string, args: readonly string[], env?: Record<string, string>) {
  const { stdout } = await promisify(execFile)(program, args, { cwd: home, env: { ...process.env, ...env } });
  const rows = stdout
    .trim()
    .split('\n')
    .map((line) => /^(\d\.\d{4}) {2}(.+)$/.exec(line) ?? []);
  return Object.fromEntries(rows.map(([, share, name]) => [name ?? '', Number(share)]));
}

describe.each(cards)('programs for a model whose photos are %s', (_, rest) => {
  let ours: Record<string, number>;
  const snippets = snippetsFor({ architecture: 'resnet18', ...rest });

  /** A program as a file, its imports found from wherever that is. */
  const written = async (index: number, name: string) => {
    const path = join(home, name);
    await writeFile(path, (snippets[index]?.code ?? '').replaceAll("'./src/", `'${ROOT}src/`));
    return path;
  };

  beforeAll(async () => {
    const model = networks.resnet18.create(await testGpu(), rest.loss === 'bce' ? 1 : rest.classes.length);
    model.initialise(createRandom(1));
    const state = await model.stateDict();
    model.dispose();
    const bytes = encodeCheckpoint(state, { architecture: 'resnet18', ...rest });
    await writeFile(join(home, 'model.safetensors'), bytes);
    const tsx = import.meta.resolve('tsx');
    ours = await shares(process.execPath, ['--import', tsx, await written(2, 'use-it.ts'), 'photo.png']);
  });

  it('are one with graft itself, for all classes', () => {
    expect(Object.keys(ours).sort()).toEqual([...rest.classes].sort());
    expect(Object.values(ours).reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 3);
  });

  it.skipIf(!hasTorch).each([
    ['PyTorch', 0],
    ['ONNX Runtime', 1],
  ] as const)('say the same in %s', async (_, index) => {
    const path = await written(index, 'use_it.py');
    const theirs = await shares(PYTHON, [path, 'photo.png'], { PYTHONPATH: join(home, 'modules') });
    expect(Object.keys(theirs).sort()).toEqual(Object.keys(ours).sort());
    for (const [name, share] of Object.entries(ours))
      expect(Math.abs((theirs[name] ?? NaN) - share)).toBeLessThan(1e-3);
  });
});
