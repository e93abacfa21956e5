// ONNX Runtime Web on its WebGPU backend, where it is at home: in a browser, on the model that `graft export` writes. This
// process opens Chromium on a page (ort-page.mjs) that does the work and takes the time.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { networks } from '../../src/networks/index.ts';
import { writeOnnx, type HostTensor, type StateDict } from '../../src/weights/index.ts';
import { openChromium } from '../../test/browser/chromium.ts';
import { CLASSES, IMAGES, LABELS } from './inputs.ts';
import { Page } from './page.ts';
import { serve, type Call, type Hello } from './serve.ts';

/** Chromium needs seconds to come up; longer than this, and it has not. */
const START_MS = 120_000;
const HTML =
  '<!doctype html><title>ONNX Runtime Web</title><script type="module" src="/ort-page.mjs"></script>';
const here = fileURLToPath(new URL('.', import.meta.url));

await serve(async (inputs, task) => {
  if (task !== 'forward') throw new Error(`ONNX Runtime Web only infers; ${task} is training.`);
  const page = await Page.serve({
    contents: contents(inputs),
    folders: [here, join(here, 'node_modules/onnxruntime-web/dist')],
  });
  await browse(page);
  const waiting = setTimeout(() => page.fail(new Error('Chromium did not open the page.')), START_MS);
  const hello = await heard<Hello>(page);
  clearTimeout(waiting);
  return {
    ...hello,
    call() {
      const call = heard<Call>(page);
      page.next();
      return call;
    },
    close: () => process.exit(),
  };
});

/** Opens a browser on the page; however this process ends, that ends too, and leaves nothing. */
async function browse(page: Page): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'graft-chromium-'));
  const chromium = await openChromium(page.url, folder);
  chromium.once('error', (error) => page.fail(error));
  chromium.once('exit', (code) => page.fail(new Error(`Chromium ended with code ${code}.`)));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
  process.once('exit', () => {
    try {
      if (chromium.pid !== undefined) process.kill(-chromium.pid, 'SIGKILL'); // its whole group
    } catch {
      // it has ended already
    }
    rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
  });
}

/** What the page says next; throws if it says that it cannot go on. */
async function heard<T extends Hello | Call>(page: Page): Promise<T> {
  const said = (await page.hear()) as T | { readonly error: string };
  if ('error' in said) throw new Error(said.error);
  return said;
}

function contents(inputs: StateDict): Map<string, string | Uint8Array> {
  const images = inputs.get(IMAGES);
  if (!images) throw new Error(`The inputs have no tensor "${IMAGES}".`);
  const [batch = 0, height = 0, width = 0] = images.shape;
  // The model as `graft export --format onnx` writes it.
  const model = writeOnnx(new Map([...inputs].filter(([name]) => name !== IMAGES && name !== LABELS)), {
    network: networks.resnet18,
    outputs: CLASSES,
    dtype: 'f32',
    version: '',
    source: 'inputs',
  });
  return new Map<string, string | Uint8Array>([
    ['/', HTML],
    ['/model.onnx', model],
    ['/images', new Uint8Array(channelsFirst(images).buffer)],
    ['/shape', JSON.stringify([batch, 3, height, width])],
  ]);
}

/** [N, H, W, C] → the values of [N, C, H, W]. */
function channelsFirst({ shape, data }: HostTensor): Float32Array<ArrayBuffer> {
  const [batch = 0, height = 0, width = 0, channels = 0] = shape;
  const area = height * width;
  return Float32Array.from({ length: batch * channels * area }, (_, index) => {
    const [plane, pixel] = [Math.floor(index / area), index % area];
    const [n, c] = [Math.floor(plane / channels), plane % channels];
    return data[(n * area + pixel) * channels + c] ?? NaN;
  });
}
