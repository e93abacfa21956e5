/** The worker of the page of the ladders: tries every rung once at a small size, to say how long a race will take, and races them. */
import type { Row } from '../../../../src/bench/benchmark.ts';
import { ladderBenchmarks, type LadderSizes } from '../../../../src/bench/ladder.ts';
import { measureGroup } from '../../../../src/bench/measure.ts';
import { groupsOf } from '../../../../src/bench/plan.ts';
import { measureSession } from '../../../../src/bench/session.ts';
import { rungFacts } from '../../../../src/bench/traffic.ts';
import { openDevice, troubleOf, type Device } from '../bench/device.ts';
import { MIN_MILLISECONDS, secondsOf } from './estimate.ts';
import type { FromWorker, Race, ToWorker } from './protocol.ts';

/** Small, and no smaller than fills the adapter: a GPU wants more to do at once than a processor. */
const TRIED: Readonly<Record<'gpu' | 'processor', LadderSizes>> = {
  gpu: { side: 512, photos: { batch: 1, size: 128 } },
  processor: { side: 64, photos: { batch: 1, size: 32 } },
};
/** Seconds that the ceilings are expected to take, until they were measured. */
const CEILINGS_SECONDS = 3;

const send = (message: FromWorker) => (postMessage as (message: FromWorker) => void)(message);
const opened = open();
const tried = opened.then((device) => (device ? tryEach(device) : []));
let stop = new AbortController();
let ceilingsSeconds = CEILINGS_SECONDS;

onmessage = async ({ data }: MessageEvent<ToWorker>) => {
  if (data.kind === 'stop') return stop.abort();
  const device = await opened;
  if (!device) return;
  try {
    if (data.kind === 'look') await look(device, data.race);
    else await race(device, data.race);
  } catch (error) {
    send(troubleOf(error));
  }
};

async function open(): Promise<Device | undefined> {
  try {
    const device = await openDevice();
    const { gpu, where } = device;
    send({ kind: 'opened', where, traits: { software: gpu.software, subgroupSize: gpu.subgroupSize } });
    return device;
  } catch (error) {
    send(troubleOf(error));
    return undefined;
  }
}

const tryEach = ({ gpu, where }: Device): Promise<Row[]> =>
  measureGroup(gpu, ladderBenchmarks(gpu, TRIED[gpu.software ? 'processor' : 'gpu']), {
    ...{ rounds: 1, leastRounds: 1, minMilliseconds: MIN_MILLISECONDS, deadline: Infinity },
    ...(where.grain && { grain: where.grain }),
  });

/** Tells of the rungs at once, and of the time when they were tried. */
async function look({ gpu, where }: Device, { sizes, rounds }: Race): Promise<void> {
  const rungs = rungFacts(gpu, sizes);
  send({ kind: 'looked', rungs });
  const seconds = secondsOf(ladderBenchmarks(gpu, sizes), await tried, rounds, where.grain?.wall ?? 0);
  send({ kind: 'looked', rungs, seconds: ceilingsSeconds + seconds });
}

async function race({ gpu, where }: Device, { sizes, rounds }: Race): Promise<void> {
  await tried; // the device does one thing at a time
  stop = new AbortController();
  const { signal } = stop;
  const groups = groupsOf(ladderBenchmarks(gpu, sizes));
  const begin = performance.now();
  let areCeilings = true;
  await measureSession(
    gpu,
    groups,
    {
      ...{ quick: true, rounds, seconds: Infinity, signal },
      clocks: where.grain ? { grain: where.grain } : {},
    },
    {
      onSample: (row) => !areCeilings && send({ kind: 'sample', row }),
      onGroup: () => undefined,
      onCeilings: (ceilings) => {
        areCeilings = false;
        ceilingsSeconds = (performance.now() - begin) / 1000;
        send({ kind: 'ceilings', ceilings });
      },
    },
  );
  send({ kind: 'done', isStopped: signal.aborted });
}
