// What can be timed: workloads, which are a task with the size of its batch and the engines that can be compared at it.
// Their names are those of the command line: `layer4:32x128`.
import type { EngineName } from './engines.ts';
import { TASKS, type Task } from './tasks.ts';

export interface Workload {
  readonly name: string;
  readonly task: Task;
  /** Images a call. */
  readonly batch: number;
  /** Side of the images in pixels. */
  readonly size: number;
  /** Where the engines run, if not on the machine's best adapter: a name as $GRAFT_ADAPTER takes it. */
  readonly adapter?: string;
  /** Who can be compared at it, besides graft. */
  readonly peers: readonly EngineName[];
  /** Those of `peers` that take so long that they take part only where they are named. */
  readonly slow: readonly EngineName[];
}

/** A browser and Node have an adapter in common where neither has a GPU: SwiftShader, which comes with both. */
const browser: Workload = {
  name: 'browser',
  task: 'forward',
  batch: 8,
  size: 64,
  adapter: 'swiftshader',
  peers: ['ort'],
  slow: [],
};

/** The workloads that are timed unless others are named, in this order. */
export const DEFAULT_WORKLOADS = [
  ...['forward:8x64', 'train:8x64', 'forward:8x128', 'train:8x128'],
  ...['train:32x128', 'layer4:32x128', 'head:32x128', browser.name],
];

/** The workload `TASK:BATCHxSIZE`, or `browser`; throws an error that says what there is for anything else. */
export function parseWorkload(name: string): Workload {
  if (name === browser.name) return browser;
  const [, word, batch, size] = /^(\w+):(\d{1,4})x(\d{1,4})$/.exec(name) ?? [];
  const task = TASKS.find((known) => known === word);
  const workload = { name, batch: Number(batch), size: Number(size) };
  if (!task || !(workload.batch >= 1) || !(workload.size >= 32)) {
    throw new Error(
      `"${name}" is no workload. Give TASK:BATCHxSIZE, such as train:8x64, with ${TASKS.join(', ')} and images of at least ` +
        `32 pixels; or ${browser.name}.`,
    );
  }
  const tensorFlow: EngineName[] = ['tfjs', 'tfjs-nap'];
  switch (task) {
    case 'forward':
    case 'train':
      // TensorFlow.js needs a minute for a step on 32 images of 128 px on a software adapter.
      return {
        ...workload,
        task,
        peers: [...tensorFlow, 'torch'],
        slow: pixels(workload) > 8 * 128 ** 2 ? tensorFlow : [],
      };
    case 'layer4':
      return { ...workload, task, peers: ['torch'], slow: [] };
    case 'head':
      return { ...workload, task, peers: ['torch', 'torch-cached'], slow: [] };
  }
}

const pixels = ({ batch, size }: Pick<Workload, 'batch' | 'size'>): number => batch * size ** 2;
