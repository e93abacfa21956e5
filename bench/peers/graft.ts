// graft itself, as a program that uses it would: one scope a call, so one submission.
import { backward, crossEntropy, Tensor } from '../../src/autograd/index.ts';
import { graftVersion } from '../../src/platform/node/package.ts';
import { resnet18 } from '../../src/networks/index.ts';
import { Adam } from '../../src/optim/index.ts';
import { createGpu, exitCleanly, openAdapter } from '../../src/platform/node/index.ts';
import { freeze } from '../../src/train/index.ts';
import type { HostTensor } from '../../src/weights/index.ts';
import { CLASSES, IMAGES, LABELS } from './inputs.ts';
import { serve, timed } from './serve.ts';
import { LEARNING_RATE } from './tasks.ts';

await serve(async (inputs, task) => {
  const gpu = await createGpu(await openAdapter());
  const { device } = gpu;
  const model = resnet18(gpu, CLASSES);
  model.loadStateDict(inputs);
  const images = new Tensor(gpu, input(IMAGES).shape, upload(input(IMAGES).data, IMAGES));
  const labels = upload(Uint32Array.from(input(LABELS).data), LABELS);
  const work = task === 'forward' ? forward() : await train(task);
  await gpu.finish();
  return {
    version: `graft ${graftVersion()}`,
    adapter: device.adapterInfo.description,
    call: () => timed(work),
    close: () => exitCleanly(0),
  };

  function forward() {
    model.eval();
    return () => gpu.scope(() => model.forward(images).read());
  }

  /** A step as `graft train --tune` takes it; where only the head learns, that is on features computed before. */
  async function train(task: 'train' | 'layer4' | 'head') {
    freeze(model, task === 'train' ? 'all' : task, 'running');
    const features = task === 'head' ? await cachedFeatures() : undefined;
    const trained = model.parameters().filter(({ requiresGrad }) => requiresGrad);
    const optimizer = new Adam(trained, { learningRate: LEARNING_RATE });
    model.train();
    return () =>
      gpu.scope(() => {
        const logits = features ? model.head.forward(features) : model.forward(images);
        const { loss } = crossEntropy(logits, labels);
        optimizer.zeroGrad();
        backward(loss);
        optimizer.step();
        return loss.read();
      });
  }

  async function cachedFeatures(): Promise<Tensor> {
    model.eval();
    return gpu.scope(() => {
      const { shape, size, storage } = model.features(images);
      const kept = gpu.persistent(size * 4, 'features');
      gpu.copy(storage, kept);
      return new Tensor(gpu, shape, kept);
    });
  }

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
});
