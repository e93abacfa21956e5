// ONNX Runtime Web on its WebGPU backend, where it is at home: in a browser, on the model that `graft export` writes. This
// process serves a page (ort-page.mjs) on 127.0.0.1, opens Chromium on it, and hands each call on: the page asks for the
// next one and is answered when there is one. Times are the page's own.
import { once } from 'node:events';
import { createReadStream, mkdtempSync, rmSync, statSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { writeOnnx, type HostTensor, type StateDict } from '../../src/weights/index.ts';
import { openChromium } from './chromium.ts';
import { CLASSES, IMAGES, LABELS } from './inputs.ts';
import { serve, type Call, type Hello } from './serve.ts';

/** What the page says: who it is, what a call gave, or why it cannot go on. */
type Said = Hello | Call | { readonly error: string };

const here = fileURLToPath(new URL('.', import.meta.url));
const runtime = join(here, 'node_modules/onnxruntime-web/dist');
const types: Readonly<Record<string, string>> = { '.mjs': 'text/javascript', '.wasm': 'application/wasm' };
const page =
  '<!doctype html><title>ONNX Runtime Web</title><script type="module" src="/ort-page.mjs"></script>';

/** Chromium needs seconds to come up; longer than this, and it has not. */
const START_MS = 120_000;

await serve(async (inputs, task) => {
  if (task !== 'forward') throw new Error(`ONNX Runtime Web only infers; ${task} is training.`);
  const images = tensor(inputs, IMAGES);
  const [batch = 0, height = 0, width = 0] = images.shape;
  const answers = new Map<string, Uint8Array | string>([
    ['/', page],
    ['/model.onnx', exported(inputs, [height, width])],
    ['/images', new Uint8Array(channelsFirst(images).buffer)],
    ['/shape', JSON.stringify([batch, 3, height, width])],
  ]);

  let next: (() => void) | undefined; // lets the page begin a call
  let heard: (said: Said) => void = () => undefined;
  let failed: (error: Error) => void = () => undefined;
  const server = createServer((request, response) => void answer(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // what a server that listens on a port has
  const folder = mkdtempSync(join(tmpdir(), 'graft-chromium-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }));
  const chromium = await openChromium(`http://127.0.0.1:${port}/`, folder);
  chromium.once('error', (error) => failed(error));
  chromium.once('exit', (code) => failed(new Error(`Chromium ended with code ${code}.`)));

  const waiting = setTimeout(() => failed(new Error('Chromium did not open the page.')), START_MS);
  const hello = await said<Hello>();
  clearTimeout(waiting);
  return {
    ...hello,
    call() {
      const call = said<Call>();
      next?.();
      return call;
    },
    async close() {
      failed = () => undefined;
      const ended = once(chromium, 'exit');
      if (chromium.pid !== undefined) process.kill(-chromium.pid, 'SIGKILL'); // its whole group
      await ended;
      process.exit();
    },
  };

  /** The next thing that the page says. */
  function said<T extends Hello | Call>(): Promise<T> {
    return new Promise((resolve, reject) => {
      failed = reject;
      heard = (said) => ('error' in said ? reject(new Error(said.error)) : resolve(said as T));
    });
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url ?? '/', 'http://127.0.0.1');
    if (request.method === 'POST') {
      heard(JSON.parse(await text(request)) as Said);
      response.end();
    } else if (pathname === '/next') {
      next = () => response.end();
    } else {
      const known = answers.get(pathname);
      if (known !== undefined)
        response
          .setHeader('content-type', pathname === '/' ? 'text/html' : 'application/octet-stream')
          .end(known);
      else sendFile(pathname, response);
    }
  }
});

/** The page's script, or a file of the runtime. */
function sendFile(pathname: string, response: ServerResponse): void {
  const name = pathname.slice(pathname.lastIndexOf('/') + 1);
  const path = join(name === 'ort-page.mjs' ? here : runtime, name);
  if (!statSync(path, { throwIfNoEntry: false })?.isFile()) {
    response.writeHead(404).end();
    return;
  }
  response.setHeader('content-type', types[extname(name)] ?? 'application/octet-stream');
  createReadStream(path).pipe(response);
}

/** The model as `graft export --format onnx` writes it. */
function exported(inputs: StateDict, size: readonly [height: number, width: number]): Uint8Array {
  const model = new Map([...inputs].filter(([name]) => name !== IMAGES && name !== LABELS));
  return writeOnnx(model, {
    network: 'resnet18',
    outputs: CLASSES,
    size,
    dtype: 'f32',
    metadata: {},
    version: '',
    source: 'inputs',
  });
}

/** [N, H, W, C] → the values of [N, C, H, W]. */
function channelsFirst({ shape, data }: HostTensor): Float32Array<ArrayBuffer> {
  const [batch = 0, height = 0, width = 0, channels = 0] = shape;
  const area = height * width;
  const out = new Float32Array(batch * channels * area);
  for (let n = 0; n < batch; n++)
    for (let c = 0; c < channels; c++)
      for (let i = 0; i < area; i++)
        out[(n * channels + c) * area + i] = data[(n * area + i) * channels + c] ?? NaN;
  return out;
}

function tensor(inputs: StateDict, name: string): HostTensor {
  const found = inputs.get(name);
  if (!found) throw new Error(`The inputs have no tensor "${name}".`);
  return found;
}
