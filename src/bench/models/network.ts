// ResNet-18 as training runs it: a forward pass, and a step of Adam with the head, the last stage or everything trained; and MobileNetV3-Small,
// all of it. Photos and labels lie on the GPU already, so that what is measured is the network.
import { backward, crossEntropy, Tensor } from '../../autograd/index.ts';
import type { Gpu } from '../../gpu/index.ts';
import { hasHalf } from '../../kernels/dtype.ts';
import { networks } from '../../networks/index.ts';
import type { Network as Model } from '../../nn/index.ts';
import { Adam } from '../../optim/index.ts';
import { createRandom } from '../../random.ts';
import { freeze } from '../../train/loop/freeze.ts';
import type { StateDict } from '../../weights/index.ts';
import type { NetworkSize } from '../../networks/resnet/activations.ts';
import type { Benchmark, ModelFacts, NeededMemory, Subject } from '../benchmark.ts';
import { Buffers } from '../buffers.ts';
import { RecordedSubject, type Recorded } from '../measure.ts';
import { headFlops, mobileNetFlops, resnet18Flops, type Trained } from './flops.ts';
import { neededMemory } from './memory.ts';

const CLASSES = 10;
/** The host's time counts once JavaScript is compiled, as it is in a run of hundreds of steps; a row has a few. */
const WARM_STEPS = 100;

/** The networks that are measured. */
type Measured = 'resnet18' | 'mobilenet_v3_small';

/** A recorded step, and what it needs in memory once it was recorded. */
export interface Step extends Recorded {
  needed(): NeededMemory;
}

/** All steps of one size, as one group. */
export function networkBenchmarks(gpu: Gpu, size: NetworkSize): Benchmark[] {
  const shape = `${size.batch}×${size.size}²`;
  const row = (operation: string, flops: number, prepare: (gpu: Gpu) => Step) =>
    networkBenchmark({ operation, shape, group: `network ${shape}` }, size.batch, flops, prepare);
  const steps = (['head', 'layer4', 'all'] as const).map((trained) =>
    row(`network.train-${trained}`, resnet18Flops(size, CLASSES, trained), (gpu) =>
      trainingStep(gpu, size, trained),
    ),
  );
  const forwardFlops = resnet18Flops(size, CLASSES, 'nothing');
  const half = row('network.forward-half', forwardFlops, (gpu) => forwardPass(gpu, size, { half: true }));
  return [
    row('network.forward', forwardFlops, (gpu) => forwardPass(gpu, size)),
    ...(hasHalf(gpu) ? [half] : []),
    ...steps,
    row('network.train-cached-head', headFlops(size.batch, CLASSES), (gpu) =>
      cachedHeadStep(gpu, size.batch),
    ),
  ];
}

/** A forward pass and a step of all of MobileNetV3-Small, whose code is loaded when a row is opened. */
export function mobileNetBenchmarks({ batch, size }: NetworkSize): Benchmark[] {
  const network = 'mobilenet_v3_small';
  const shape = `${batch}×${size}²`;
  const row = (operation: string, trained: 'nothing' | 'all', prepare: (gpu: Gpu) => Step): Benchmark => {
    const flops = mobileNetFlops({ batch, size }, CLASSES, trained);
    const about = { operation, shape, group: `mobilenet ${shape}`, when: 'not quick' } as const;
    return networkBenchmark(about, batch, flops, prepare, network);
  };
  return [
    row('mobilenet.forward', 'nothing', (gpu) => forwardPass(gpu, { batch, size }, { network })),
    row('mobilenet.train-all', 'all', (gpu) =>
      trainingStep(gpu, { batch, size }, 'all', initialise, network),
    ),
  ];
}

/** A new network's state, as training ends with it and begins from it. */
export function newNetwork(gpu: Gpu): Promise<StateDict> {
  const model = networks.resnet18.create(gpu, CLASSES);
  initialise(model);
  return model.stateDict().finally(() => model.dispose());
}

/** A row whose facts (dispatches, memory) are taken before its first sample, so that they cost no time in it. */
export function networkBenchmark(
  about: Pick<Benchmark, 'operation' | 'shape' | 'group' | 'when'>,
  images: number,
  flops: number,
  prepare: (gpu: Gpu) => Step,
  network: Measured = 'resnet18',
): Benchmark {
  return {
    ...{ ...about, variant: networks[network].title, images },
    work: { flops, bytes: 0 }, // bytes are the kernels' affair: what lies between them need not exist
    open: async (gpu, timing): Promise<Subject> => {
      await networks[network].ready();
      await settle(gpu);
      const before = gpu.statistics.bytes;
      const step = prepare(gpu);
      try {
        const subject = await RecordedSubject.open(gpu, step, timing);
        for (let i = 0; i < WARM_STEPS; i++) gpu.rehearse(() => step.record());
        const facts = await factsOf(gpu, step, before);
        return Object.assign(subject, { facts: () => Promise.resolve(facts) });
      } catch (error) {
        step.close(); // there may be no room for it, but for the next
        throw error;
      }
    },
  };
}

async function factsOf(gpu: Gpu, step: Step, bytesBefore: number): Promise<ModelFacts> {
  await settle(gpu);
  const before = gpu.statistics;
  await gpu.scope(() => step.record());
  await gpu.finish();
  const after = gpu.statistics;
  return {
    dispatches: after.dispatches - before.dispatches,
    submissions: after.submissions - before.submissions,
    bytesBetween: before.bytes - bytesBefore,
    bytesPeak: after.bytes - bytesBefore, // the workspace was empty, so it is what the step took
    needed: step.needed(),
  };
}

/** Waits, and leaves no workspace of earlier steps. */
async function settle(gpu: Gpu): Promise<void> {
  await gpu.finish();
  gpu.trim();
}

/** An evaluation; with `half` weights and activations are stored in f16, which the adapter must have. */
export function forwardPass(
  gpu: Gpu,
  { batch, size }: NetworkSize,
  { half = false, network = 'resnet18' }: { readonly half?: boolean; readonly network?: Measured } = {},
): Step {
  const { model, images, close } = openNetwork(gpu, batch, size, initialise, network);
  model.eval();
  for (const parameter of model.parameters()) parameter.requiresGrad = false; // nothing is learnt, and no moments are needed
  if (half) model.half();
  const forward = () => model.forward(images);
  return recorded(gpu, { model, images, close }, forward, () => undefined);
}

/** A step of Adam; `load` gives the network its parameters. */
export function trainingStep(
  gpu: Gpu,
  { batch, size }: NetworkSize,
  trained: Exclude<Trained, 'nothing'>,
  load: (model: Model) => void = initialise,
  architecture: Measured = 'resnet18',
): Step {
  const network = openNetwork(gpu, batch, size, load, architecture);
  freeze(network.model, trained, 'running');
  return learning(gpu, network, (images) => network.model.forward(images));
}

/** The trunk never changes, so that its features are computed once and only the head works. */
function cachedHeadStep(gpu: Gpu, batch: number): Step {
  const network = openNetwork(gpu, batch, 32);
  freeze(network.model, 'head', 'running');
  const { featureCount } = network.model;
  const images = new Tensor(gpu, [batch, featureCount], network.buffers.floats(batch * featureCount, [0, 2]));
  return learning(gpu, { ...network, images }, (x) => network.model.head.forward(x));
}

type Network = ReturnType<typeof openNetwork>;

const initialise = (model: Model) => model.initialise(createRandom(1));

function openNetwork(
  gpu: Gpu,
  batch: number,
  size: number,
  load = initialise,
  network: Measured = 'resnet18',
) {
  const model = networks[network].create(gpu, CLASSES);
  load(model);
  const buffers = new Buffers(gpu);
  const images = new Tensor(gpu, [batch, size, size, 3], buffers.floats(batch * size * size * 3));
  const labels = buffers.holding(Uint32Array.from({ length: batch }, (_, i) => i % CLASSES));
  const close = () => {
    model.dispose();
    buffers.release();
  };
  return { model, images, labels, buffers, close };
}

function learning(gpu: Gpu, network: Network, forward: (images: Tensor) => Tensor): Step {
  const { model, images, labels } = network;
  const optimizer = new Adam(model.parameters());
  const close = () => {
    optimizer.dispose();
    network.close();
  };
  return recorded(
    gpu,
    { model, images, close },
    () => crossEntropy(forward(images), labels).loss,
    (loss) => {
      optimizer.zeroGrad();
      backward(loss);
      optimizer.step();
    },
  );
}

/** Watches the first recording for what backward needs. */
function recorded(
  gpu: Gpu,
  { model, images, close }: Pick<Network, 'model' | 'images' | 'close'>,
  forward: () => Tensor,
  then: (result: Tensor) => void,
): Step {
  let needed: NeededMemory | undefined;
  return {
    record: () => {
      if (needed) then(forward());
      else needed = neededMemory(gpu, model, [images.storage], forward, then);
    },
    needed: () => {
      if (!needed) throw new Error('What a step needs is known once it was recorded.');
      return needed;
    },
    close,
  };
}
