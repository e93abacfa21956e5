/** The same training steps in Node and in a tab, both on SwiftShader, in turns; ratios within a round. */
import { createGpu, openAdapter } from '../../src/platform/node/index.ts';
import { TestBrowser } from '../../test/browser/harness.ts';
import { ratios, spread } from '../peers/statistics.ts';
import { median } from '../../src/bench/statistics.ts';
import { Stepper, type StepShape } from './steps.ts';

const SHAPES: readonly StepShape[] = [
  { batch: 8, size: 64, trained: 'all' },
  { batch: 16, size: 64, trained: 'layer4' },
  { batch: 8, size: 128, trained: 'layer4' },
];
/** Steps of a turn; its median counts. */
const STEPS = 3;

/** Prints, per shape, the medians and how many times as long a step in the tab takes. */
export async function measureSteps(rounds: number): Promise<void> {
  const gpu = await createGpu(await openAdapter({ want: 'swiftshader' }));
  const browser = await TestBrowser.open({ worker: 'bench/web/worker.ts' });
  try {
    for (const shape of SHAPES) {
      const stepper = new Stepper(gpu, shape);
      await browser.call('open', shape);
      await stepper.time(2); // compiles
      await browser.call('time', 2);
      const [terminal, tab]: [number[], number[]] = [[], []];
      for (let round = 0; round < rounds; round++) {
        const turns = [
          async () => terminal.push(median(await stepper.time(STEPS))),
          async () => tab.push(median(await browser.call<number[]>('time', STEPS))),
        ];
        if (round % 2 === 1) turns.reverse();
        for (const turn of turns) await turn();
      }
      stepper.close();
      const { median: ratio, min, max } = spread(ratios(tab, terminal));
      const name = `${shape.batch}×${shape.size}² ${shape.trained}`;
      const times = [terminal, tab].map((list) => `${Math.round(median(list))} ms`);
      console.log(
        `step ${name}: terminal ${times[0] ?? ''}, tab ${times[1] ?? ''}, ×${ratio.toFixed(3)} (${min.toFixed(3)}–${max.toFixed(3)})`,
      );
    }
  } finally {
    await browser.close();
  }
}
