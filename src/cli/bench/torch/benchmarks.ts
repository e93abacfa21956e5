// PyTorch's rows beside graft's: the same network, batches and steps, as benchmarks of the same groups, so that the loop that measures
// takes one's sample after the other's and a machine that slows down slows both.
import { resnet18Flops } from '../../../bench/models/flops.ts';
import type { Benchmark, Subject } from '../../../bench/benchmark.ts';
import type { TorchFacts } from '../../../bench/results.ts';
import type { NetworkSize } from '../../../networks/resnet/activations.ts';
import { TorchProcess, type Way } from './process.ts';

const CLASSES = 10;
const TASKS = [
  { operation: 'torch.forward', task: 'forward', trained: 'nothing' },
  { operation: 'torch.train-all', task: 'train', trained: 'all' },
] as const;

/** To compile a network takes a minute: it is done for these alone. */
const COMPILED = ['8×128²', '32×128²', '32×224²'];

export interface Torch {
  readonly facts: TorchFacts;
  readonly benchmarks: readonly Benchmark[];
}

/**
 * PyTorch's rows for networks of `sizes`; on the CPU where graft's adapter is one. Starts a process to ask what there is. Rejects with
 * `BenchError` where it does not answer.
 */
export async function openTorch(
  python: string,
  sizes: readonly NetworkSize[],
  { onlyCpu }: { readonly onlyCpu: boolean },
): Promise<Torch> {
  const { process, hello } = await TorchProcess.start(python, { onlyCpu });
  process.stop(); // until its turn comes it would hold memory of the card
  const benchmarks = sizes.flatMap((size) => {
    const shape = `${size.batch}×${size.size}²`;
    const ways = hello.ways.filter((way) => !way.startsWith('compile') || COMPILED.includes(shape));
    const shared = new SharedProcess(python, onlyCpu);
    return TASKS.flatMap(({ operation, task, trained }) =>
      ways.map((way): Benchmark => ({
        ...{ operation, shape, asked: way, variant: `PyTorch ${way}`, group: `network ${shape}` },
        ...{ images: size.batch, work: { flops: resnet18Flops(size, CLASSES, trained), bytes: 0 } },
        open: (_gpu, { minMilliseconds }) => open(shared, { task, ...size, way }, minMilliseconds),
      })),
    );
  });
  return { facts: hello.facts, benchmarks };
}

/** What the Python program is asked to open. */
interface Request extends NetworkSize {
  readonly task: string;
  readonly way: Way;
}

let next = 0;

async function open(shared: SharedProcess, request: Request, milliseconds: number): Promise<Subject> {
  const torch = await shared.take();
  const id = next++;
  try {
    const firstCall = await torch.ask({ do: 'open', id, ...request, milliseconds }, 'first');
    return {
      firstCall,
      sample: async () => ({ wall: await torch.ask({ do: 'sample', id }, 'ms') }),
      close: () => shared.release(),
    };
  } catch (error) {
    shared.release();
    throw error;
  }
}

/** The process of a group: it starts with the first row that opens, and ends with the last that closes, whose memory it gives back. */
class SharedProcess {
  private process: Promise<TorchProcess> | undefined;
  private users = 0;

  constructor(
    private readonly python: string,
    private readonly onlyCpu: boolean,
  ) {}

  take(): Promise<TorchProcess> {
    this.users++;
    this.process ??= TorchProcess.start(this.python, { onlyCpu: this.onlyCpu }).then(
      ({ process }) => process,
    );
    return this.process.catch((error: unknown) => {
      this.release();
      throw error;
    });
  }

  release(): void {
    if (--this.users > 0) return;
    void this.process?.then((process) => process.stop()).catch(() => undefined);
    this.process = undefined;
  }
}
