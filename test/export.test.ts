/**
 * Exported models in the hands of other programs: ONNX Runtime gives our logits, and PyTorch loads the safetensors with
 * `strict=True`. Both are optional; names and shapes are checked everywhere.
 */
import { execFile, execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Tensor } from '../src/autograd/index.ts';
import { networks, type NetworkName } from '../src/networks/index.ts';
import type { Network } from '../src/nn/index.ts';
import { createRandom } from '../src/random.ts';
import {
  readSafetensors,
  readWeights,
  writeOnnx,
  writeSafetensors,
  type HostTensor,
  type StateDict,
} from '../src/weights/index.ts';
import { GRAFT } from './support/cli.ts';
import { testGpu } from './support/gpu.ts';

const ROOT = new URL('..', import.meta.url).pathname;
const CLASSES = ['cats', 'dogs', 'brötchen'];
type Size = readonly [height: number, width: number];
const SIZE: Size = [64, 96];

let home: string;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'graft-export-'));
});
afterAll(async () => {
  for (const made of networksMade.values()) (await made).model.dispose();
  await rm(home, { recursive: true, force: true });
});

/** Runs `graft` with these words; rejects with what it printed where it fails. */
const graft = async (...words: string[]) =>
  promisify(execFile)(process.execPath, [GRAFT, ...words], { cwd: ROOT });

interface Trained {
  readonly model: Network;
  readonly state: StateDict;
  /** Its file as training leaves it. */
  readonly file: string;
}

const networksMade = new Map<NetworkName, Promise<Trained>>();

/** A network with weights, and running statistics that are not those of a fresh one; made once, as that takes seconds. */
function trainedLike(name: NetworkName): Promise<Trained> {
  const made = networksMade.get(name) ?? makeTrained(name);
  networksMade.set(name, made);
  return made;
}

async function makeTrained(name: NetworkName): Promise<Trained> {
  await networks[name].ready();
  const model = networks[name].create(await testGpu(), CLASSES.length);
  model.initialise(createRandom(1));
  const random = createRandom(2);
  const state = new Map(
    Array.from(await model.stateDict(), ([key, { shape, data }]) => {
      if (key.endsWith('running_mean')) data = data.map(() => random.uniform() - 0.5);
      if (key.endsWith('running_var')) data = data.map(() => 0.5 + random.uniform());
      if (key.endsWith('num_batches_tracked')) data = Float32Array.of(1234);
      return [key, { shape, data }] as const;
    }),
  );
  model.loadStateDict(state);
  return { model: model.eval(), state, file: await modelFile(name, state) };
}

async function logitsOf(model: Network, shape: readonly number[], x: Float32Array): Promise<Float32Array> {
  const { gpu } = model;
  return gpu.scope(() => model.forward(new Tensor(gpu, shape, gpu.upload(x))).read());
}

/** A model's file as training leaves it, with an optimizer's tensors. */
async function modelFile(name: NetworkName, state: StateDict): Promise<string> {
  const path = join(home, `${name}.safetensors`);
  const tensors = new Map([...state, ['optimizer.exp_avg', { shape: [2], data: Float32Array.of(1, 2) }]]);
  const metadata = {
    arch: name,
    classes: JSON.stringify(CLASSES),
    image_size: String(SIZE[1]),
    resize: `${SIZE[1]}x${SIZE[0]}`,
    progress: 'what a run needs',
  };
  await writeFile(path, writeSafetensors(tensors, { dtype: 'f32', metadata }));
  return path;
}

interface Onnx {
  InferenceSession: { create(path: string, options?: object): Promise<Session> };
  Tensor: new (type: 'float32', data: Float32Array, shape: readonly number[]) => object;
}
interface Session {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  readonly inputMetadata: readonly object[];
  readonly outputMetadata: readonly object[];
  run(feeds: Record<string, object>): Promise<Record<string, { dims: number[]; data: Float32Array }>>;
}

function findOnnx(): Onnx | undefined {
  try {
    return createRequire(new URL('onnx/package.json', import.meta.url))('onnxruntime-node') as Onnx;
  } catch {
    console.log('skipped: ONNX needs `npm ci` in test/onnx');
    return undefined;
  }
}
const onnx = findOnnx();

const exported = ['resnet18', 'resnet34', 'resnet50', 'mobilenet_v3_small', 'mobilenet_v3_large'] as const;

describe.skipIf(!onnx).each(exported)('%s as ONNX', (name) => {
  let model: Network;
  let paths: { f32: string; f16: string };
  beforeAll(async () => {
    const made = await trainedLike(name);
    model = made.model;
    paths = { f32: join(home, `${name}.onnx`), f16: join(home, `${name}-16.onnx`) };
    await graft('export', made.file, '--format', 'onnx', '--output', paths.f32);
    await graft('export', made.file, '--format', 'onnx', '--output', paths.f16, '--dtype', 'f16');
  });

  /** The greatest difference between ONNX Runtime's logits and ours, over the greatest of ours. */
  async function difference(path: string, batch: number, [height, width] = SIZE): Promise<number> {
    const random = createRandom(3, batch);
    const hwc = Float32Array.from({ length: batch * height * width * 3 }, () => random.uniform() * 4 - 2);
    const pixels = height * width;
    const chw = hwc.map((_, i) => {
      const [image, channel, pixel] = [Math.floor(i / (3 * pixels)), Math.floor(i / pixels) % 3, i % pixels];
      return hwc[(image * pixels + pixel) * 3 + channel] ?? NaN;
    });
    const { InferenceSession, Tensor: OnnxTensor } = onnx as Onnx;
    const session = await InferenceSession.create(path, { intraOpNumThreads: 1 });
    expect([session.inputNames, session.outputNames]).toEqual([['input'], ['logits']]);
    const feeds = { input: new OnnxTensor('float32', chw, [batch, 3, height, width]) };
    const { logits } = await session.run(feeds);
    expect(logits?.dims).toEqual([batch, CLASSES.length]);
    const theirs = logits?.data ?? [];

    const ours = await logitsOf(model, [batch, height, width, 3], hwc);
    const largest = Math.max(...ours.map(Math.abs));
    return Math.max(...ours.map((value, i) => Math.abs(value - (theirs[i] ?? NaN)))) / largest;
  }

  const sizes: readonly Size[] =
    name === 'resnet18' ? [SIZE, [128, 128], [160, 160], [224, 224], [97, 33]] : [SIZE];
  it.each([1, 3].flatMap((batch) => sizes.map((size) => [batch, size] as const)))(
    'gives our logits for a batch of %i of %j pixels',
    async (batch, size) => {
      const apart = await difference(paths.f32, batch, size);
      console.log(
        `${name}, batch ${batch}, ${size.join(' × ')}: ONNX Runtime differs by ${apart.toExponential(1)}`,
      );
      expect(apart).toBeLessThan(1e-4);
    },
  );

  it('names what may be of any size', async () => {
    const { InferenceSession } = onnx as Onnx;
    const { inputMetadata, outputMetadata } = await InferenceSession.create(paths.f32);
    expect(inputMetadata).toMatchObject([{ name: 'input', shape: ['batch', 3, 'height', 'width'] }]);
    expect(outputMetadata).toMatchObject([{ name: 'logits', shape: ['batch', CLASSES.length] }]);
  });

  it('gives nearly our logits with weights of 11 bits, from half the file', async () => {
    expect(await difference(paths.f16, 1)).toBeLessThan(1e-2);
    const [full, half] = await Promise.all([readFile(paths.f32), readFile(paths.f16)]);
    // A MobileNet has many small tensors, whose names take as much of either file.
    expect(half.length / full.length).toBeLessThan(name.startsWith('resnet') ? 0.51 : 0.55);
  });

  it('holds the classes and the normalisation', async () => {
    const text = (await readFile(paths.f32)).toString('utf8');
    expect(text).toContain(JSON.stringify(CLASSES));
    expect(text).toContain('[0.485,0.456,0.406]');
    expect(text).toContain(
      name.startsWith('resnet') ? 'layer4.1.conv2.weight' : 'features.4.block.2.fc1.weight',
    );
    expect(text).not.toContain('what a run needs');
  });
});

describe('writeOnnx', () => {
  it('refuses weights of another network', async () => {
    const tensors: StateDict = new Map([['fc.bias', { shape: [3], data: new Float32Array(3) }]]);
    const { resnet18: network } = networks;
    const options = { network, outputs: 3, dtype: 'f32', version: '0' } as const;
    expect(() => writeOnnx(tensors, { ...options, source: 'f' })).toThrow('f: the weights do not fit');
  });
});

/** Bit for bit; `toEqual` takes a minute for a network. */
const sameValues = (a: HostTensor | undefined, b: HostTensor | undefined) =>
  a !== undefined && b !== undefined && Buffer.from(bytesOf(a)).equals(bytesOf(b));

const bytesOf = ({ data }: HostTensor) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength);

/** Reads a safetensors file without the package of that name, which Debian has not. */
const LOAD_STRICTLY = `
import json, struct, sys, torch, torchvision
path, name, outputs = sys.argv[1], sys.argv[2], int(sys.argv[3])
data = open(path, 'rb').read()
length, = struct.unpack('<Q', data[:8])
header = json.loads(data[8:8 + length])
metadata = header.pop('__metadata__')
dtypes = {'F32': torch.float32, 'F16': torch.float16, 'I64': torch.int64}
state = {}
for key, entry in header.items():
    begin, end = (8 + length + offset for offset in entry['data_offsets'])
    state[key] = torch.frombuffer(bytearray(data[begin:end]), dtype=dtypes[entry['dtype']]).reshape(entry['shape'])
model = getattr(torchvision.models, name)(num_classes=outputs)
print(model.load_state_dict(state, strict=True), next(count.item() for name, count in model.named_buffers() if name.endswith('num_batches_tracked')), metadata['classes'])
model.eval()
x = torch.arange(3 * 32 * 32, dtype=torch.float32).reshape(1, 3, 32, 32).sin()
print(json.dumps(model(x)[0].tolist()))
`;

const hasTorch = (() => {
  try {
    execFileSync('/usr/bin/python3', ['-c', 'import torch, torchvision'], { stdio: 'ignore' });
    return true;
  } catch {
    console.log("skipped: loading into PyTorch needs Debian's python3-torch and python3-torchvision");
    return false;
  }
})();

describe.each(exported)('%s as safetensors', (name) => {
  let made: Trained;
  let path: string;
  beforeAll(async () => {
    made = await trainedLike(name);
    path = join(home, `${name}-out.safetensors`);
    await graft('export', made.file, '--format', 'safetensors', '--output', path);
  });

  it("has torchvision's names and shapes, the same values, and nothing of the training", async () => {
    const { tensors, metadata } = readSafetensors(await readFile(path), path);
    const shapes = new Map(Array.from(tensors, ([key, { shape }]) => [key, shape]));
    const expected = networks[name].stateShapes(CLASSES.length);
    expect(Object.fromEntries(shapes)).toEqual(Object.fromEntries(expected));
    const differing = Array.from(tensors.keys()).filter(
      (key) => !sameValues(tensors.get(key), made.state.get(key)),
    );
    expect(differing).toEqual([]);
    expect(Object.keys(metadata).sort()).toEqual(
      ['arch', 'classes', 'format', 'image_size', 'loss', 'mean', 'resize', 'std'].sort(),
    );
  });

  it.skipIf(!hasTorch)('is loaded by PyTorch with strict=True, to the same logits', async () => {
    const { stdout } = await promisify(execFile)('/usr/bin/python3', [
      '-c',
      LOAD_STRICTLY,
      path,
      name,
      String(CLASSES.length),
    ]);
    const [loaded, logits = '[]'] = stdout.trim().split('\n');
    expect(loaded).toBe(`<All keys matched successfully> 1234 ${JSON.stringify(CLASSES)}`);
    const pixels = 32 * 32;
    const x = Float32Array.from({ length: 3 * pixels }, (_, i) =>
      Math.sin((i % 3) * pixels + Math.floor(i / 3)),
    );
    const ours = await logitsOf(made.model, [1, 32, 32, 3], x);
    const largest = Math.max(...ours.map(Math.abs));
    (JSON.parse(logits) as number[]).forEach((theirs, i) => {
      expect(Math.abs(theirs - (ours[i] ?? NaN)) / largest).toBeLessThan(1e-4);
    });
  });
});

describe('graft weights', () => {
  it('converts, and shows what is in a file', async () => {
    const { state } = await trainedLike('resnet18');
    const [from, to] = [join(home, 'in.safetensors'), join(home, 'a b.safetensors')];
    await writeFile(from, writeSafetensors(state, { dtype: 'f32', metadata: { note: 'mine' } }));
    await graft('weights', 'convert', from, to, '--dtype', 'f16');
    const { tensors, metadata } = readWeights(await readFile(to), to);
    expect(tensors.size).toBe(122);
    expect(metadata).toEqual({ format: 'pt', note: 'mine' });
    const { stdout } = await graft('weights', 'info', to);
    expect(stdout).toMatch(/conv1\.weight +F16 +\[64, 3, 7, 7\]/);
    expect(stdout).toMatch(/bn1\.num_batches_tracked +I64 +\[\]/);
    expect(stdout).toMatch(/SHA-256 +[0-9a-f]{64}/);
    expect(stdout).toContain('note: mine');
  });

  it.each<[string[], RegExp]>([
    [['weights', 'info', 'no/such.pth'], /There is no weights file no\/such\.pth/],
    [['weights', 'convert', 'a.pth', 'b.onnx'], /does not end in \.safetensors/],
    [['weights', 'download', 'vgg16'], /graft knows resnet18, resnet34/],
    [['weights', 'convert', 'a.pth', 'b.safetensors', '--dtype', 'f8'], /Allowed choices are f32, f16/],
    [['export', 'a.pth', '--output', 'x'], /--format/],
    [['export', 'package.json', '--format', 'onnx', '--output', '/tmp/x.onnx'], /it is a text file/],
  ])('fails with a clear message: %j', async (words, message) => {
    const error = await graft(...words).catch((error: unknown) => error);
    expect(error).toMatchObject({ stderr: expect.stringMatching(message) as string });
  });

  it('says offline, within seconds, what to do', async () => {
    const program = promisify(execFile)(process.execPath, [GRAFT, 'weights', 'download', 'resnet34'], {
      cwd: ROOT,
      env: { ...process.env, GRAFT_CACHE: home, TORCH_HOME: home, GRAFT_WEIGHTS_URL: 'http://127.0.0.1:9' },
    });
    const start = performance.now();
    const error = await program.catch((error: unknown) => error);
    expect(error).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(
        /cannot be downloaded.*put the file at .*resnet34-b627a593\.pth/s,
      ) as string,
    });
    expect(performance.now() - start).toBeLessThan(15_000);
  });
});
