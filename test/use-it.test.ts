/**
 * The programs that come with an exported model, run as they stand on ten photos: each says of a photo what graft says. Where PyTorch,
 * ONNX Runtime, sharp or a browser is not installed, what needs it is skipped. The package safetensors, which Debian has not, and ONNX
 * Runtime in Python, where torchvision's network can compute for it, have stand-ins: what is tested is what the programs do around them.
 */
import { execFile, execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { encode as encodeJpeg } from 'jpeg-js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodePng, WHITE } from '../src/data/index.ts';
import { networks } from '../src/networks/index.ts';
import { createRandom } from '../src/random.ts';
import { graftProgram } from '../src/run/use-it/programs.ts';
import { encodeCheckpoint, type ModelCard } from '../src/train/index.ts';
import { readSafetensors, type StateDict } from '../src/weights/index.ts';
import { hasBrowser, launch } from './browser/harness.ts';
import { listen, send } from './browser/site.ts';
import { fixture } from './golden/fixtures.ts';
import { graft } from './support/cli.ts';
import { testGpu } from './support/gpu.ts';

const ROOT = new URL('..', import.meta.url).pathname;
const PYTHON = '/usr/bin/python3';
const CLASSES = ['cats', '"dogs" </script>', 'brötchen\\'];

const cards: readonly (readonly [string, Omit<ModelCard, 'architecture'>])[] = [
  [
    'stretched, and shrunk while they load in training',
    {
      classes: CLASSES,
      loss: 'cross-entropy',
      transform: { kind: 'resize', width: 48, height: 48, shrinkFrom: 4 },
    },
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
    'for one logit',
    { classes: CLASSES.slice(0, 2), loss: 'bce', transform: { kind: 'resize', width: 32, height: 32 } },
  ],
];

/** What is found, or undefined with the reason on the console. */
function found<T>(find: () => T, reason: string): T | undefined {
  try {
    return find();
  } catch {
    console.log(`skipped: ${reason}`);
    return undefined;
  }
}
const pythonHas = (modules: string) => execFileSync(PYTHON, ['-c', `import ${modules}`], { stdio: 'ignore' });
const hasTorch =
  found(
    () => pythonHas('torch, torchvision, PIL'),
    "the programs in Python, which need Debian's python3-torch and python3-torchvision",
  ) !== undefined;
const fromOnnx = createRequire(new URL('onnx/package.json', import.meta.url));
/** The folder of a package of test/onnx. */
const packageOf = (name: string) =>
  found(
    () => dirname(dirname(fromOnnx.resolve(name))),
    `the program for ${name}, which needs \`npm ci\` in test/onnx`,
  );
const ortNode = packageOf('onnxruntime-node');
const ortWeb = packageOf('onnxruntime-web');
const sharp = found(
  () => dirname(dirname(createRequire(import.meta.url).resolve('sharp'))),
  'the program for Node, because sharp is not installed',
);
const hasPage = hasBrowser("an exported model's page", { page: true });

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
import os, torch, torchvision
from safetensors.torch import load_file
class InferenceSession:
    def __init__(self, path):
        assert os.path.isfile(path) and path.endswith('.onnx')
        state = load_file(os.path.join(os.path.dirname(path), 'torch.safetensors'))
        self.model = torchvision.models.resnet18(num_classes=len(state['fc.bias'])).eval()
        self.model.load_state_dict(state)
    def run(self, names, feeds):
        assert names == ['logits'] and feeds['input'].dtype == 'float32'
        with torch.no_grad():
            return [self.model(torch.from_numpy(feeds['input'])).numpy()]
`;

/** Files as photos come: turned, grey, transparent, with a profile, in several formats and sizes. */
const FIXTURES = [
  ...['exif-6.jpg', 'grey.jpg', 'rgba-8.png', 'palette-trns.png', 'rgb-profile.jpg', 'progressive.jpg'],
  'webp-lossy.webp',
];
/** Their sizes, of noise on waves, which no two filters shrink to the same. */
const MADE = { 'small.png': [31, 40], 'wide.png': [641, 300], 'large.jpg': [1200, 903] } as const;
const PHOTOS = [...FIXTURES, ...Object.keys(MADE)];

let home: string;
let state: StateDict;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'graft-use-it-'));
  const save = (name: string, data: string | Uint8Array) => writeFile(join(home, name), data);
  await mkdir(join(home, 'modules/safetensors'), { recursive: true });
  await save('package.json', '{"type": "module"}'); // as in graft's own folder
  await save('modules/safetensors/__init__.py', '');
  await save('modules/safetensors/torch.py', SAFETENSORS);
  if (
    !found(() => pythonHas('onnxruntime'), 'ONNX Runtime in Python, which is not installed: a stand-in runs')
  )
    await save('modules/onnxruntime.py', ONNX_RUNTIME);
  await mkdir(join(home, 'node_modules'));
  for (const folder of [ortNode, sharp])
    if (folder !== undefined)
      await symlink(folder, join(home, 'node_modules', folder.replace(/^.*node_modules\//, '')));
  for (const name of FIXTURES) await save(name, fixture(name));
  for (const [name, [width, height]] of Object.entries(MADE)) {
    const { rgb, rgba } = noisy(width, height);
    const jpeg = name.endsWith('.jpg') && encodeJpeg({ width, height, data: rgba }, 90).data;
    await save(name, jpeg || encodePng({ width, height, data: rgb }));
  }
  const file = join(ROOT, 'weights/resnet18-emoji.safetensors');
  state = readSafetensors(await readFile(file), file).tensors;
});
afterAll(() => rm(home, { recursive: true, force: true }));

function noisy(width: number, height: number): { rgb: Uint8Array; rgba: Uint8Array } {
  const random = createRandom(width, height);
  const rgba = Uint8Array.from({ length: 4 * width * height }, (_, i) =>
    i % 4 === 3 ? 255 : 128 + 90 * Math.sin(i / (7 * (i % 4) + 50)) + random.below(30),
  );
  return { rgb: rgba.filter((_, i) => i % 4 < 3), rgba };
}

/** graft's own small network, with as many logits of its head as are asked for. */
const withLogits = (outputs: number): StateDict =>
  new Map(
    Array.from(state, ([name, { shape, data }]) => {
      if (!name.startsWith('fc.')) return [name, { shape, data }];
      const [of = 1, ...rest] = shape;
      return [name, { shape: [outputs, ...rest], data: data.subarray(0, (data.length / of) * outputs) }];
    }),
  );

type Answers = Readonly<Record<string, Readonly<Record<string, number>>>>;

/** What a program prints: photos, each with the probabilities of its classes. */
function parsed(text: string): Answers {
  const answers: Record<string, Record<string, number>> = {};
  let last: Record<string, number> = {};
  for (const line of text.trimEnd().split('\n')) {
    const [, share, name] = /^ {2}(\d\.\d{4}) {2}(.+)$/.exec(line) ?? [];
    if (name === undefined) answers[line] = last = {};
    else last[name] = Number(share);
  }
  return answers;
}

async function printed(program: string, args: readonly string[], env?: Record<string, string>) {
  const options = { cwd: home, env: { ...process.env, ...env } };
  return (await promisify(execFile)(program, args, options)).stdout;
}

describe.each(cards)('programs for a model whose photos are %s', (title, rest) => {
  const folder = title.replaceAll(/\W/g, '-');
  const at = (name: string) => join(home, folder, name);
  let exported: string;
  let ours: Answers;

  beforeAll(async () => {
    await mkdir(at(''));
    const tensors = withLogits(rest.loss === 'bce' ? 1 : rest.classes.length);
    await writeFile(
      at('trained.safetensors'),
      encodeCheckpoint(tensors, { architecture: 'resnet18', ...rest }),
    );
    const run = async (...words: string[]) => {
      const { code, out, err } = await graft(words, { cwd: home });
      expect({ code, err }).toEqual({ code: 0, err: '' });
      return out;
    };
    exported = await run(
      'export',
      at('trained.safetensors'),
      '--format',
      'onnx',
      '--output',
      at('model.onnx'),
    );
    exported += await run(
      ...[
        'export',
        at('trained.safetensors'),
        '--format',
        'safetensors',
        '--output',
        at('torch.safetensors'),
      ],
    );
    const told = await run('predict', '--json', '--top', '3', '--model', at('torch.safetensors'), ...PHOTOS);
    const rows = told
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Row);
    ours = Object.fromEntries(
      rows.map(({ path, top }) => [path, Object.fromEntries(top.map((one) => [one.class, one.probability]))]),
    );
  });
  interface Row {
    readonly path: string;
    readonly top: readonly { readonly class: string; readonly probability: number }[];
  }

  function expectOurs(theirs: Answers): void {
    expect(Object.keys(theirs)).toEqual(PHOTOS);
    const apart = PHOTOS.map((photo) => {
      const differences = rest.classes.map(
        (name) => (theirs[photo]?.[name] ?? NaN) - (ours[photo]?.[name] ?? NaN),
      );
      return [Math.max(...differences.map(Math.abs)), photo] as const;
    });
    const [most, photo] = apart.reduce((a, b) => (b[0] <= a[0] ? a : b)); // a NaN stays
    console.log(
      `${expect.getState().currentTestName ?? ''}: at most ${most.toExponential(1)} apart, on ${photo}`,
    );
    expect(most).toBeLessThan(1e-3);
  }

  it('are shown by the command, and the photos are told differently', async () => {
    for (const name of ['model_predict.py', 'model_predict.mjs', 'torch_predict.py']) {
      const code = await readFile(at(name), 'utf8');
      const [preparation = 'none'] =
        /^.*(exif_transpose|function predict)[^]*?(shares = .*|\n\})$/m.exec(code) ?? [];
      expect(exported).toContain(preparation.replace(/^ {4}/gm, name.endsWith('.py') ? '' : '    '));
    }
    const first = PHOTOS.map((photo) => ours[photo]?.[CLASSES[0] ?? ''] ?? NaN);
    expect(Math.max(...first) - Math.min(...first)).toBeGreaterThan(0.05);
  });

  it.skipIf(!hasTorch).each(['torch_predict.py', 'model_predict.py'])(
    'say the same in Python: %s',
    async (name) => {
      const env = { PYTHONPATH: join(home, 'modules'), OPENBLAS_CORETYPE: '' };
      expectOurs(parsed(await printed(PYTHON, [at(name), ...PHOTOS], env)));
    },
  );

  it.skipIf(!ortNode || !sharp)('say the same in Node', async () => {
    expectOurs(parsed(await printed(process.execPath, [at('model_predict.mjs'), ...PHOTOS])));
  });

  it('say the same with graft itself', async () => {
    const { code } = graftProgram({ architecture: 'resnet18', ...rest, file: at('torch.safetensors') });
    await writeFile(at('use-it.ts'), code.replaceAll("'./src/", `'${ROOT}src/`));
    const tsx = import.meta.resolve('tsx');
    const out = await printed(process.execPath, ['--import', tsx, at('use-it.ts'), ...PHOTOS]);
    const lines = out.trimEnd().split('\n');
    const each = rest.classes.length;
    expectOurs(
      parsed(
        PHOTOS.map((photo, i) =>
          [photo, ...lines.slice(i * each, (i + 1) * each).map((line) => `  ${line}`)].join('\n'),
        ).join('\n'),
      ),
    );
  });

  it.skipIf(!ortWeb || !hasPage)('say the same in a page', async () => {
    const site = await listen((request, response) =>
      send({ contents: new Map(), folders: [at('')] }, request.url ?? '/', response),
    );
    const { folder: profile, context } = await launch();
    try {
      // The page's import map names a server of packages; here the same files come from the disk.
      await context.route('https://cdn.jsdelivr.net/**', (route, request) => {
        const [, name = ''] =
          /^\/npm\/onnxruntime-web@[\d.]+\/dist\/([\w.-]+)$/.exec(new URL(request.url()).pathname) ?? [];
        return route.fulfill({
          path: join(ortWeb ?? '', 'dist', name),
          headers: { 'access-control-allow-origin': '*' },
        });
      });
      const page = await context.newPage();
      await page.goto(`${site.url}model_predict.html`);
      const output = page.locator('output');
      let text = '';
      for (const photo of PHOTOS) {
        await output.evaluate((element) => (element.textContent = ''));
        await page.getByLabel('Photo').setInputFiles(join(home, photo));
        await expect.poll(() => output.innerText()).toMatch(/\d\.\d{4} |rror/);
        text += `${photo}\n${(await output.innerText()).replace(/^/gm, '  ')}\n`;
      }
      expectOurs(parsed(text));
    } finally {
      await context.close();
      site.close();
      await rm(profile, { recursive: true, force: true });
    }
  });
});

describe('programs for a MobileNet', () => {
  const PHOTO = 'wide.png';
  const at = (name: string) => join(home, 'mobile', name);
  let ours: Answers;

  beforeAll(async () => {
    const network = networks.mobilenet_v3_small;
    await network.ready();
    const model = network.create(await testGpu(), CLASSES.length);
    model.initialise(createRandom(1));
    const tensors = await model.stateDict();
    model.dispose();
    // A new network says the same of everything: on its way through so many layers a photo fades.
    for (const [name, { data }] of tensors) {
      if (name.endsWith('running_var')) data.fill(0.15);
      if (name === 'classifier.3.weight') data.set(data.map((value) => 400 * value));
    }
    await mkdir(at(''));
    const card: ModelCard = {
      ...{ architecture: 'mobilenet_v3_small', classes: CLASSES, loss: 'cross-entropy' },
      transform: { kind: 'resize', width: 64, height: 64 },
    };
    await writeFile(at('trained.safetensors'), encodeCheckpoint(tensors, card));
    const done = async (...words: string[]) => {
      const { code, out, err } = await graft(words, { cwd: home });
      expect({ code, err }).toEqual({ code: 0, err: '' });
      return out;
    };
    const trained = at('trained.safetensors');
    await done('export', trained, '--format', 'onnx', '--output', at('model.onnx'));
    await done('export', trained, '--format', 'safetensors', '--output', at('torch.safetensors'));
    const told = JSON.parse(
      await done('predict', '--json', '--top', '3', '--model', at('torch.safetensors'), PHOTO),
    ) as { readonly top: readonly { readonly class: string; readonly probability: number }[] };
    ours = { [PHOTO]: Object.fromEntries(told.top.map((one) => [one.class, one.probability])) };
  });

  function expectOurs(theirs: Answers): void {
    const close = Object.entries(ours[PHOTO] ?? {}).map(([name, share]) => [name, expect.closeTo(share, 3)]);
    expect(theirs).toEqual({ [PHOTO]: Object.fromEntries(close) as unknown });
    const shares = Object.values(theirs[PHOTO] ?? {});
    expect(Math.max(...shares) - Math.min(...shares)).toBeGreaterThan(0.05);
  }

  it.skipIf(!hasTorch)('say the same with PyTorch', async () => {
    const env = { PYTHONPATH: join(home, 'modules'), OPENBLAS_CORETYPE: '' };
    expectOurs(parsed(await printed(PYTHON, [at('torch_predict.py'), PHOTO], env)));
  });

  it.skipIf(!ortNode || !sharp)('say the same in Node', async () => {
    expectOurs(parsed(await printed(process.execPath, [at('model_predict.mjs'), PHOTO])));
  });
});

describe('a program that an export would write', () => {
  it('takes the place of an older one, and never that of a file of the user', async () => {
    const [model, program] = [join(home, 'again.safetensors'), join(home, 'again_predict.py')];
    const exported = () =>
      graft(['export', 'weights/resnet18-emoji.safetensors', '--format', 'safetensors', '--output', model], {
        cwd: ROOT,
      });
    expect(await exported()).toMatchObject({ code: 0, err: '' });
    const written = await readFile(program, 'utf8');
    await writeFile(program, `${written}older\n`);
    expect(await exported()).toMatchObject({ code: 0, err: '' });
    expect(await readFile(program, 'utf8')).toBe(written);
    await writeFile(program, 'mine');
    const { code, out } = await exported();
    expect({ code, kept: await readFile(program, 'utf8') }).toEqual({ code: 0, kept: 'mine' });
    expect(out).toContain(`Kept ${program}, which is not graft's`);
  });
});
