// A process of its own that does one training step and ends: what somebody waits for who has just pressed Enter.
import { Gpu } from '../../src/gpu/index.ts';
import { exitCleanly, openAdapter, requestDevice, waiterFor } from '../../src/platform/node.ts';
import { trainingStep } from './network.ts';

const [batch, size] = process.argv.slice(2).map(Number);
if (!batch || !size) throw new Error('Usage: first-step-child.ts BATCH SIZE');
const { adapter, choice } = await openAdapter();
const gpu = new Gpu(await requestDevice(adapter), { wait: waiterFor(choice) });
const step = trainingStep(gpu, { batch, size }, 'all');
await gpu.scope(() => step.record());
await gpu.finish();
console.log('done');
await exitCleanly(0, gpu.device);
