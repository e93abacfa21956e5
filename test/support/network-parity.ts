/**
 * Networks against PyTorch: weights and images from a formula that both sides compute, results from
 * test/golden. Everything below the trainer meets here: kernels, tape, modules, optimizer. A function, so that it can be
 * run with other choices of kernels.
 */
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { backward, bceWithLogits, crossEntropy, Tensor } from '../../src/autograd/index.ts';
import type { Gpu } from '../../src/gpu/index.ts';
import { networkNames, networks, type NetworkName } from '../../src/networks/index.ts';
import { BatchNorm2d, Dropout, isWithin, type Network } from '../../src/nn/all.ts';
import { Adam } from '../../src/optim/index.ts';
import {
  expectClose,
  networkGolden,
  networkRuns,
  trainingGolden,
  trainingRuns,
  type NetworkRun,
  type TrainingName,
} from '../golden/golden.ts';
import { networkImages, networkLabels, networkTensor } from '../golden/inputs.ts';
import { testGpu } from './gpu.ts';

/** What the two engines may differ by: float32 sums in another order, through 18 to 50 layers and back. */
const FORWARD = 1e-4;
const GRADIENTS = 1e-3;

const PIXELS = 64;

/** What the runs of ten steps train. */
const partsTrained: Readonly<Record<TrainingName, readonly string[]>> = {
  head: ['fc'],
  layer4: ['layer4', 'fc'],
  all: [''],
  'resnet50/all': [''],
  'mobilenet_v3_small/all': [''],
};

/** What these biases add to MobileNetV3-Small's residual stream, the batch norms of all that read it take away: no gradient but rounding. */
const UNDONE = Array.from({ length: 11 }, (_, i) => `features.${i + 1}.block.${i < 3 ? 2 : 3}.1.bias`);

/** Declares the tests of these networks. */
export function describeNetworkParity(names: readonly NetworkName[]): void {
  let gpu: Gpu;
  let model: Network | undefined;

  beforeAll(async () => {
    gpu = await testGpu();
  });
  afterEach(() => {
    model?.dispose();
    model = undefined;
  });

  async function build(name: NetworkName, classes: number): Promise<Network> {
    await networks[name].ready();
    model = networks[name].create(gpu, classes);
    const state = [...model.stateShapes()]
      .filter(([name]) => !name.endsWith('num_batches_tracked'))
      .map(([name, shape]) => [name, { shape, data: networkTensor(name, shape) }] as const);
    model.loadStateDict(new Map(state));
    return model;
  }

  /**
   * Batch statistics everywhere, frozen or not, as PyTorch's `model.train()` does; without dropout, since which features that drops no two
   * engines agree on.
   */
  function trainLikeTorch(model: Network): void {
    model.train();
    for (const module of model.modules())
      if (module instanceof BatchNorm2d) module.frozenStatistics = 'batch';
      else if (module instanceof Dropout) module.eval();
  }

  const imagesOf = (input: string, batch: number) =>
    new Tensor(gpu, [batch, PIXELS, PIXELS, 3], gpu.upload(networkImages(input, batch)));

  /** A run of ten steps that names no network is ResNet-18's. */
  const networkOf = (run: NetworkRun | TrainingName) =>
    networkNames.find((name) => run.startsWith(`${name}/`)) ?? 'resnet18';
  const isAsked = (run: NetworkRun | TrainingName) => names.includes(networkOf(run));

  describe.each(networkRuns.filter(isAsked))('%s', (run) => {
    const classes = run.endsWith('one-logit') ? 1 : 10;

    it('equals PyTorch in logits, loss and every gradient', async () => {
      const golden = networkGolden(run);
      const { input, batch } = golden;
      const model = await build(networkOf(run), classes);
      if (run.endsWith('batch')) trainLikeTorch(model);
      else model.eval();
      const [logits, loss] = await gpu.scope(() => {
        const logits = model.forward(imagesOf(input, batch));
        const labels = networkLabels(input, batch, Math.max(classes, 2));
        const { loss } =
          classes === 1
            ? bceWithLogits(logits, gpu.upload(Float32Array.from(labels)))
            : crossEntropy(logits, gpu.upload(labels));
        backward(loss);
        return Promise.all([logits.read(), loss.read()]);
      });
      expectClose(logits, golden.get('logits'), FORWARD);
      expectClose(loss, golden.get('loss'), FORWARD);
      const parameters = model.namedParameters();
      const gradients = golden.names.filter((name) => name.startsWith('grad/'));
      // The trunk of the single logit's network is that of the run before: its golden holds the head's gradients alone.
      const undone = run === 'mobilenet_v3_small/batch' ? UNDONE : [];
      expect(gradients).toHaveLength(classes === 1 ? 2 : parameters.size - undone.length);
      for (const name of undone) {
        const gradient = await parameters.get(name)?.readGradient();
        expect(Math.max(...(gradient ?? [NaN]).map(Math.abs)), name).toBeLessThan(1e-6);
      }
      for (const name of gradients) {
        const gradient = await parameters.get(name.slice('grad/'.length))?.readGradient();
        expectClose(gradient ?? [], golden.get(name), GRADIENTS);
      }
      const state = await model.stateDict();
      const running = golden.names.filter((name) => name.includes('running'));
      expect(running.length > 0).toBe(run.endsWith('batch'));
      for (const name of running) {
        expectClose(state.get(name)?.data ?? [], golden.get(name), FORWARD);
      }
    });
  });

  describe('ten steps of Adam', () => {
    it.each(trainingRuns.filter(isAsked))('lose as PyTorch does, %s trained', async (run) => {
      const golden = trainingGolden(run);
      const model = await build(networkOf(run), 10);
      trainLikeTorch(model);
      const trained = partsTrained[run];
      for (const [name, parameter] of model.namedParameters()) {
        parameter.requiresGrad = trained.some((part) => isWithin(name, part));
      }
      const optimizer = new Adam(model.parameters(), { learningRate: golden.learningRate });
      const losses: number[] = [];
      for (let step = 0; step < golden.losses.length; step++) {
        const [loss = NaN] = await gpu.scope(() => {
          const logits = model.forward(imagesOf(`train/${step}`, 4));
          const { loss } = crossEntropy(logits, gpu.upload(networkLabels(`train/${step}`, 4, 10)));
          optimizer.zeroGrad();
          backward(loss);
          optimizer.step();
          return loss.read();
        });
        losses.push(loss);
      }
      optimizer.dispose();
      losses.forEach((loss, step) => {
        const expected = golden.losses[step]!; // as many as were run
        expect(
          Math.abs(loss - expected) / expected,
          `loss ${step + 1}: ${loss}, PyTorch ${expected}`,
        ).toBeLessThan(0.01);
      });
    });
  });
}
