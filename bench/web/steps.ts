/** Training steps timed, in whatever place there is a device: the same code in a terminal and in a tab. */
import type { Gpu } from '../../src/gpu/index.ts';
import { trainingStep, type Step } from '../../src/bench/models/network.ts';

export interface StepShape {
  readonly batch: number;
  readonly size: number;
  readonly trained: 'head' | 'layer4' | 'all';
}

export class Stepper {
  private readonly step: Step;

  constructor(
    private readonly gpu: Gpu,
    { trained, ...size }: StepShape,
  ) {
    this.step = trainingStep(gpu, size, trained);
  }

  /** Milliseconds of each of `count` steps, one after the other, each waited for. */
  async time(count: number): Promise<number[]> {
    const times: number[] = [];
    for (let i = 0; i < count; i++) {
      const start = performance.now();
      await this.gpu.scope(() => this.step.record());
      await this.gpu.finish();
      times.push(performance.now() - start);
    }
    return times;
  }

  close(): void {
    this.step.close();
  }
}
