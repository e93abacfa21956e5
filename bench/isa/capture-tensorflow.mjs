// Prints, as JSON, the WGSL that TensorFlow.js makes for ResNet-18's second stage (batch 8 at 128 px) and for a matrix
// product of the same size. JavaScript, since its packages are there only once somebody has run `npm run bench:peers`.
import { createRequire } from 'node:module';
import { exitCleanly, openAdapter } from '../../src/platform/node/index.ts';

const { adapter } = await openAdapter();
// The backend looks for WebGPU where browsers have it, at the moment when it is loaded.
Object.defineProperty(globalThis, 'navigator', {
  value: { userAgent: 'Node', gpu: { requestAdapter: () => Promise.resolve(adapter) } },
  configurable: true,
});
const require = createRequire(new URL('../peers/package.json', import.meta.url));
const tf = require('@tensorflow/tfjs-core');
require('@tensorflow/tfjs-backend-webgpu');
if (!(await tf.setBackend('webgpu'))) throw new Error("TensorFlow.js' WebGPU backend did not start.");
await tf.ready();

const { device } = tf.backend();
let caught = [];
const { createShaderModule } = device;
device.createShaderModule = (descriptor) => {
  caught.push(descriptor);
  return createShaderModule.call(device, descriptor);
};

const [n, side, c] = [8, 16, 128];
const image = tf.ones([n, side, side, c]);
const filter = tf.ones([3, 3, c, c]);
const matrix = tf.ones([n * side * side, c]);
const passes = {
  'conv2d forward': () => tf.conv2d(image, filter, 1, 'same'),
  'conv2d backward-data': () => tf.conv2dTranspose(image, filter, [n, side, side, c], 1, 'same'),
  'conv2d backward-weight': () =>
    tf
      .engine()
      .runKernel(
        'Conv2DBackpropFilter',
        { x: image, dy: image },
        { strides: 1, pad: 'same', dataFormat: 'NHWC', filterShape: [3, 3, c, c] },
      ),
  matmul: () => tf.matMul(matrix, tf.ones([c, c])),
};
const kernels = [];
for (const [pass, call] of Object.entries(passes)) {
  caught = [];
  await call().data();
  for (const { label, code } of caught) kernels.push({ name: `TensorFlow.js ${pass}: ${label}`, code });
}
console.log(JSON.stringify(kernels));
await exitCleanly(0);
