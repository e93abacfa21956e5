// The steps in a dedicated worker of a browser.
import type { Gpu } from '../../src/gpu/index.ts';
import { openAdapter } from '../../src/platform/web/adapter.ts';
import { createGpu } from '../../src/platform/web/gpu.ts';
import { answer } from '../../test/browser/worker.ts';
import { Stepper, type StepShape } from './steps.ts';

let gpu: Promise<Gpu> | undefined;
let stepper: Stepper | undefined;

answer({
  async open(shape: StepShape) {
    stepper?.close();
    gpu ??= openAdapter().then((adapter) => createGpu(adapter));
    stepper = new Stepper(await gpu, shape);
  },
  time: (count: number) => stepper?.time(count),
});
