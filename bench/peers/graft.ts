// graft itself, as a program that uses it would: one scope a call, so one submission.
import { readFileSync } from 'node:fs';
import { backward, crossEntropy, Tensor } from '../../src/autograd/index.ts';
import { Gpu } from '../../src/gpu/index.ts';
import { resnet18 } from '../../src/nn/index.ts';
import { Adam } from '../../src/optim/index.ts';
import { openAdapter, requestDevice, waiterFor } from '../../src/platform/node.ts';
import type { HostTensor } from '../../src/weights/index.ts';
import { CLASSES, IMAGES, LABELS } from './inputs.ts';
import { LEARNING_RATE, serve } from './serve.ts';

await serve(async (inputs) => {
  const { adapter, choice } = await openAdapter();
  const device = await requestDevice(adapter);
  const gpu = new Gpu(device, { wait: waiterFor(choice) });
  const model = resnet18(gpu, CLASSES);
  model.loadStateDict(inputs);
  const images = new Tensor(gpu, input(IMAGES).shape, upload(input(IMAGES).data, IMAGES));
  const labels = upload(Uint32Array.from(input(LABELS).data), LABELS);
  const optimizer = new Adam(model.parameters(), { learningRate: LEARNING_RATE });
  await gpu.finish();

  function input(name: string): HostTensor {
    const tensor = inputs.get(name);
    if (!tensor) throw new Error(`The inputs have no tensor "${name}".`);
    return tensor;
  }

  function upload(data: Float32Array | Uint32Array, label: string) {
    const storage = gpu.persistent(data.byteLength, label);
    gpu.write(storage, data);
    return storage;
  }

  return {
    version: `graft ${graftVersion()}`,
    device,
    forward() {
      model.eval();
      return gpu.scope(() => model.forward(images).read());
    },
    train() {
      model.train();
      return gpu.scope(() => {
        const { loss } = crossEntropy(model.forward(images), labels);
        optimizer.zeroGrad();
        backward(loss);
        optimizer.step();
        return loss.read();
      });
    },
  };
});

function graftVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
