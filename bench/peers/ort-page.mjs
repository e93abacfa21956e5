// What runs in the browser: ONNX Runtime Web on its WebGPU backend. Whatever the model cannot do there would run on the CPU
// unseen, so that is forbidden. It asks for one call after the other and posts what came of it.
import * as ort from '/ort.webgpu.min.mjs';

const post = (message) => fetch('/said', { method: 'POST', body: JSON.stringify(message) });
const get = async (path) => (await fetch(path)).arrayBuffer();

try {
  ort.env.wasm.numThreads = 1;
  ort.env.wasm.wasmPaths = '/';
  const session = await ort.InferenceSession.create('/model.onnx', {
    executionProviders: ['webgpu'],
    extra: { session: { disable_cpu_ep_fallback: '1' } },
  });
  const shape = await (await fetch('/shape')).json();
  const input = new ort.Tensor('float32', new Float32Array(await get('/images')), shape);
  const { info } = await navigator.gpu.requestAdapter();
  await post({
    version: `ONNX Runtime Web ${ort.env.versions.web}`,
    adapter: `${info.description || info.device || info.architecture} in ${browser()}`,
  });
  for (;;) {
    await fetch('/next');
    const start = performance.now();
    const { logits } = await session.run({ input });
    const values = await logits.getData();
    const ms = performance.now() - start;
    await post({ ms, values: Array.from(values) });
  }
} catch (error) {
  await post({ error: `${error?.stack ?? error}` });
}

function browser() {
  return /Chrome\/[\d.]+/.exec(navigator.userAgent)?.[0] ?? 'a browser';
}
