// The worker in which the page's step is taken: on this browser's adapter, with the network and the drawings that come with the site.
import { createGpu } from '../../../../src/platform/web/gpu.ts';
import { openAdapter } from '../../../../src/platform/web/adapter.ts';
import { measureCeilings } from '../../../../src/bench/ceilings.ts';
import { gpuGrain } from '../../../../src/bench/grain.ts';
import type { Ceilings } from '../../../../src/bench/roofline.ts';
import { messageOf } from '../../../../src/format.ts';
import { Gpu, type AdapterInfo } from '../../../../src/gpu/index.ts';
import { networks } from '../../../../src/networks/index.ts';
import { createRandom } from '../../../../src/random.ts';
import { loadWithFreshHead } from '../../../../src/train/files/load-network.ts';
import { measureStep } from '../../../../src/train/rehearse/step-measure.ts';
import { readSafetensors } from '../../../../src/weights/safetensors.ts';
import { findShipped, SHIPPED, shippedNetwork } from '../../engine/shipped.ts';
import { withoutOf } from './choice.ts';
import { drawnBatch } from './drawings.ts';
import type { FromStepWorker, ToStepWorker } from './measure.ts';

const post = (message: FromStepWorker) => (postMessage as (message: FromStepWorker) => void)(message);

/** What the adapter can do at best, and how coarse its clock is: both measured once. */
interface Yardstick {
  readonly ceilings: Ceilings;
  /** In milliseconds; undefined where it has no timestamps. */
  readonly clock: number | undefined;
}

let opened: Promise<{ readonly gpu: Gpu; readonly info: AdapterInfo }> | undefined;
let direct: Gpu | undefined;
let yardstick: Yardstick | undefined;
let shipped: Promise<Uint8Array> | undefined;

/** The engine with all of its algorithms or without Winograd's, each kept, since it keeps what it has compiled. */
async function gpuFor(withWinograd: boolean): Promise<Gpu> {
  opened ??= openAdapter().then(async (adapter) => ({ gpu: await createGpu(adapter), info: adapter.info }));
  const { gpu, info } = await opened;
  if (withWinograd) return gpu;
  return (direct ??= new Gpu(gpu.device, { adapterInfo: info, without: withoutOf(withWinograd) }));
}

async function measure({ choice, config, classes, site }: ToStepWorker): Promise<FromStepWorker> {
  const { network, withWinograd, fused } = choice;
  const gpu = await gpuFor(withWinograd);
  const pretrained = network === shippedNetwork.architecture;
  post({ kind: 'doing', what: pretrained ? 'Loading the network' : 'Making the network' });
  const loaded = async () => {
    shipped ??= findShipped(SHIPPED, {
      isQuick: false,
      signal: new AbortController().signal,
      onProgress: () => undefined,
    }).then(({ bytes }) => bytes);
    const file = readSafetensors(await shipped, SHIPPED);
    return (await loadWithFreshHead(gpu, file, { source: SHIPPED, outputs: classes, seed: config.seed }))
      .model;
  };
  const made = async () => {
    await networks[network].ready();
    const model = networks[network].create(gpu, classes);
    model.initialise(createRandom(config.seed));
    return model;
  };
  const model = await (pretrained ? loaded() : made());
  try {
    const images = await drawnBatch(
      new URL('drawings.zip', site),
      config.batchSize,
      config.size,
      config.augment,
    );
    post({ kind: 'doing', what: 'Compiling kernels and taking a step' });
    const step = await measureStep(model, config, images, { fused });
    if (!yardstick) post({ kind: 'doing', what: 'Measuring what the adapter can do at best' });
    yardstick ??= { ceilings: await measureCeilings(gpu), clock: await gpuGrain(gpu) };
    return { kind: 'measured', step, pretrained, ...yardstick };
  } finally {
    model.dispose();
    await gpu.finish().catch(() => undefined);
    gpu.trim();
  }
}

onmessage = ({ data }: MessageEvent<ToStepWorker>) => {
  measure(data).then(post, (error: unknown) => post({ kind: 'failed', message: messageOf(error) }));
};
