// A process of its own that reads a network's weights, does one training step and ends: what somebody waits for who has just
// pressed Enter. As `graft train` does while it reads photos, it compiles while weights are on their way.
import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { createGpu, exitCleanly, openAdapter } from '../../platform/node/index.ts';
import { readSafetensors } from '../../weights/index.ts';
import type { NetworkSize } from '../../networks/resnet/activations.ts';
import { trainingStep } from '../../bench/models/network.ts';

/** Adds the hidden command by which `graft bench` starts it. */
export function addFirstStepCommand(program: Command): void {
  program
    .command('first-step <weights> <batch> <size>', { hidden: true })
    .action((weights: string, batch: string, size: string) =>
      firstStep(weights, { batch: Number(batch), size: Number(size) }),
    );
}

async function firstStep(weights: string, of: NetworkSize): Promise<never> {
  const gpu = await createGpu(await openAdapter());
  const compiled = gpu.prepare(() => trainingStep(gpu, of, 'all', () => undefined).record());
  const { tensors } = readSafetensors(await readFile(weights), weights);
  const step = trainingStep(gpu, of, 'all', (model) => model.loadStateDict(tensors));
  await compiled;
  await gpu.scope(() => step.record());
  await gpu.finish();
  console.log('done');
  return exitCleanly(0);
}
