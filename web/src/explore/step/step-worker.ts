// The worker in which the page's step is taken: on this browser's adapter, with the network and the drawings that come with the site.
import { createGpu } from '../../../../src/platform/web/gpu.ts';
import { openAdapter } from '../../../../src/platform/web/adapter.ts';
import { measureCeilings } from '../../../../src/bench/ceilings.ts';
import type { Ceilings } from '../../../../src/bench/roofline.ts';
import { messageOf } from '../../../../src/format.ts';
import { Gpu, type AdapterInfo } from '../../../../src/gpu/index.ts';
import { networks } from '../../../../src/networks/index.ts';
import { createRandom } from '../../../../src/random.ts';
import { loadWithFreshHead } from '../../../../src/train/files/load-network.ts';
import { measureStep } from '../../../../src/train/rehearse/step-measure.ts';
import { readSafetensors } from '../../../../src/weights/safetensors.ts';
import { findShipped, SHIPPED, shippedNetwork } from '../../engine/shipped.ts';
import { drawnBatch } from './drawings.ts';
import type { FromStepWorker, ToStepWorker } from './measure.ts';

const post = (message: FromStepWorker) => (postMessage as (message: FromStepWorker) => void)(message);

let device: Promise<GPUDevice> | undefined;
let info: AdapterInfo | undefined;
let ceilings: Ceilings | undefined;
let shipped: Promise<Uint8Array> | undefined;

async function measure({ choice, config, classes, site }: ToStepWorker): Promise<FromStepWorker> {
  const { network, withWinograd, fused } = choice;
  device ??= openAdapter().then(async (adapter) => {
    info = adapter.info;
    return (await createGpu(adapter)).device;
  });
  const gpu = new Gpu(await device, { adapterInfo: info, without: withWinograd ? [] : ['winograd'] });
  const pretrained = network === shippedNetwork.architecture;
  post({ kind: 'doing', what: pretrained ? 'Loading the network' : 'Making the network' });
  const loaded = async () => {
    shipped ??= findShipped(SHIPPED, {
      isQuick: false,
      signal: new AbortController().signal,
      onProgress: () => undefined,
    }).then(({ bytes }) => bytes);
    const file = readSafetensors(await shipped, SHIPPED);
    return loadWithFreshHead(gpu, file, { source: SHIPPED, outputs: classes, seed: config.seed }).model;
  };
  const made = () => {
    const model = networks[network].create(gpu, classes);
    model.initialise(createRandom(config.seed));
    return model;
  };
  const model = pretrained ? await loaded() : made();
  try {
    const images = await drawnBatch(
      new URL('drawings.zip', site),
      config.batchSize,
      config.size,
      config.augment,
    );
    post({ kind: 'doing', what: 'Compiling kernels and taking a step' });
    const step = await measureStep(model, config, images, { fused });
    if (!ceilings) post({ kind: 'doing', what: 'Measuring what the adapter can do at best' });
    ceilings ??= await measureCeilings(gpu);
    return { kind: 'measured', step, pretrained, ceilings };
  } finally {
    model.dispose();
    await gpu.finish().catch(() => undefined);
    gpu.trim();
  }
}

onmessage = ({ data }: MessageEvent<ToStepWorker>) => {
  measure(data).then(post, (error: unknown) => post({ kind: 'failed', message: messageOf(error) }));
};
