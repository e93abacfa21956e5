// A process of its own that reads a network's weights, does one training step and ends: what somebody waits for who has just
// pressed Enter. As `graft train` does while it reads photos, it compiles while weights are on their way.
import { readFile } from 'node:fs/promises';
import { createGpu, exitCleanly, openAdapter } from '../../src/platform/node/index.ts';
import { readSafetensors } from '../../src/weights/index.ts';
import { trainingStep } from '../../src/bench/models/network.ts';

const [weights, batch, size] = process.argv.slice(2);
if (weights === undefined || !Number(batch) || !Number(size))
  throw new Error('Usage: first-step-child.ts WEIGHTS BATCH SIZE');
const gpu = await createGpu(await openAdapter());
const of = { batch: Number(batch), size: Number(size) };
const compiled = gpu.prepare(() => trainingStep(gpu, of, 'all', () => undefined).record());
const { tensors } = readSafetensors(await readFile(weights), weights);
const step = trainingStep(gpu, of, 'all', (model) => model.loadStateDict(tensors));
await compiled;
await gpu.scope(() => step.record());
await gpu.finish();
console.log('done');
await exitCleanly(0);
