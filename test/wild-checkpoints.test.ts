/**
 * One ResNet-18 in the files that training programs really leave, written by PyTorch itself: whatever the wrapping, the
 * network gives the logits that PyTorch gives.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Tensor } from '../src/autograd/index.ts';
import { loadNetwork, loadWithFreshHead } from '../src/train/index.ts';
import { convertWeights } from '../src/run/weights.ts';
import { readWeights, type StateDict } from '../src/weights/index.ts';
import { testGpu } from './support/gpu.ts';

const SCRIPT = new URL('../../shared/tools/wild-checkpoints.py', import.meta.url).pathname;
const PYTHON = '/usr/bin/python3';

function whyNot(): string | undefined {
  if (!existsSync(SCRIPT)) return `${SCRIPT} is not here`;
  try {
    execFileSync(PYTHON, ['-c', 'import torch, torchvision, numpy'], { stdio: 'ignore' });
    return undefined;
  } catch {
    return `${PYTHON} has no PyTorch with torchvision`;
  }
}

const reason = whyNot();
if (reason !== undefined) console.warn(`Skipped: checkpoints that PyTorch writes, because ${reason}.`);

const files = [
  ...['backbone.pth', 'compiled-parallel.pth', 'compiled.pth', 'count-as-list.pth', 'count-beyond-2-24.pth'],
  ...['data-parallel.pth', 'double.pth', 'ema.pth', 'hugging-face-names.pth', 'lightning.ckpt'],
  ...['numpy-metric.pth', 'plain.pth', 'reference-training.pth', 'training.pth.tar'],
];
const SIDE = 64;
/** Two engines add float32 in another order, through 18 layers. */
const TOLERANCE = 1e-4;

const ASK_PYTORCH = `
import json, sys, torch, torchvision
model = torchvision.models.resnet18(num_classes=3).eval()
model.load_state_dict(torch.load(sys.argv[1]))
image = (torch.arange(3 * 64 * 64) * 0.013).sin().reshape(1, 3, 64, 64)
with torch.no_grad(): print(json.dumps(model(image)[0].tolist()))
`;

const bytesOf = (data: Float32Array = new Float32Array()): Buffer =>
  Buffer.from(data.buffer, data.byteOffset, data.byteLength);

describe.skipIf(reason !== undefined)('checkpoints of training programs', () => {
  let folder: string;
  let logits: number[];
  let plain: StateDict;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'graft-wild-'));
    execFileSync(PYTHON, [SCRIPT, folder]);
    // The script's own answer is that of the network before its optimizer took a step; the files are from behind it.
    const answer = execFileSync(PYTHON, ['-c', ASK_PYTORCH, join(folder, 'plain.pth')], { encoding: 'utf8' });
    logits = JSON.parse(answer) as number[];
    plain = readWeights(readFileSync(join(folder, 'plain.pth')), 'plain.pth').tensors;
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  /** The same image as [1, 64, 64, 3]. */
  function image(): Float32Array {
    const pixels = SIDE * SIDE;
    return Float32Array.from({ length: 3 * pixels }, (_, i) =>
      Math.sin(Math.fround(((i % 3) * pixels + Math.floor(i / 3)) * 0.013)),
    );
  }

  it('are those of the script', () => {
    expect(readdirSync(folder).filter((name) => name !== 'expected.json')).toEqual([...files].sort());
  });

  it.each(files)('%s gives the logits of PyTorch', async (name) => {
    const gpu = await testGpu();
    const bytes = readFileSync(join(folder, name));
    const { model } = await loadNetwork(gpu, readWeights(bytes, name), name);
    const input = () => new Tensor(gpu, [1, SIDE, SIDE, 3], gpu.upload(image()));
    const found = await gpu.scope(() => model.forward(input()).read());
    model.dispose();
    const scale = Math.max(...logits.map(Math.abs));
    const errors = logits.map((logit, i) => Math.abs((found[i] ?? NaN) - logit) / scale);
    expect(found).toHaveLength(logits.length);
    expect(Math.max(...errors)).toBeLessThan(TOLERANCE);
  });

  it.each(files)('%s is something to train from, and to convert', async (name) => {
    const bytes = readFileSync(join(folder, name));
    const gpu = await testGpu();
    const options = { source: name, outputs: 2, seed: 1 };
    const { model, architecture } = await loadWithFreshHead(gpu, readWeights(bytes, name), options);
    model.dispose();
    expect(architecture).toBe('resnet18');
    const converted = readWeights((await convertWeights({ bytes, source: name }, 'f32')).bytes, name);
    expect(converted.notes).toEqual([]);
    for (const [key, { shape, data }] of plain) {
      if (key.endsWith('num_batches_tracked')) continue;
      const same = converted.tensors.get(key);
      expect([key, same?.shape]).toEqual([key, shape]);
      expect(Buffer.compare(bytesOf(data), bytesOf(same?.data)), key).toBe(0);
    }
  });
});
