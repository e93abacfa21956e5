// TensorFlow.js' WebGPU backend in Node, on the adapter that graft would take. With `--nap` it waits for the GPU as graft
// does, without which Dawn's binding spins one of the cores that a software adapter computes on: the difference between
// engines is then one of kernels alone. JavaScript, since its packages are there only once somebody has run the benchmark.
import { createRequire } from 'node:module';
import { exitCleanly, openAdapter, waiterFor } from '../../src/platform/node/index.ts';
import { serve, timed } from './serve.ts';
import { createResNet18 } from './tfjs-resnet18.mjs';

const { adapter, choice } = await openAdapter();
// The backend looks for WebGPU where browsers have it, at the moment when it is loaded.
Object.defineProperty(globalThis, 'navigator', {
  value: { userAgent: 'Node', gpu: { requestAdapter: () => Promise.resolve(adapter) } },
  configurable: true,
});
if (process.argv.includes('--nap')) napWhileMapping(waiterFor(choice));

const require = createRequire(import.meta.url);
const tf = require('@tensorflow/tfjs-core');
require('@tensorflow/tfjs-backend-webgpu');
// Gradients come with the bundle of all of TensorFlow.js only. They register with the engine that is loaded already.
require('@tensorflow/tfjs-core/dist/register_all_gradients.js');

await serve(async (inputs, task) => {
  if (!(await tf.setBackend('webgpu'))) throw new Error("TensorFlow.js' WebGPU backend did not start.");
  await tf.ready();
  const { device } = tf.backend();
  const work = createResNet18(tf, inputs)[task];
  if (!work) throw new Error(`The task ${task} is not written for TensorFlow.js.`);
  return {
    version: `TensorFlow.js ${tf.version_core}`,
    adapter: device.adapterInfo.description,
    call: () => timed(work),
    close: () => exitCleanly(0, device),
  };
});

/**
 * Makes every read-back wait by `wait`: mapping a buffer is the one thing that the backend waits for.
 * @param {import('../../src/platform/node/index.ts').Waiter} wait
 */
function napWhileMapping(wait) {
  const { mapAsync } = GPUBuffer.prototype;
  GPUBuffer.prototype.mapAsync = function (...range) {
    return wait(mapAsync.apply(this, range));
  };
}
