// A device that is lost in the middle of a run, through no doing of ours: the run goes on, on a new one, to the same bits.
import { beforeAll, expect, it } from 'vitest';
import type { FileSystem } from '../../src/data/index.ts';
import { Gpu } from '../../src/gpu/index.ts';
import { waiterFor } from '../../src/platform/node/index.ts';
import type { RunEvent } from '../../src/run/events.ts';
import type { RunHost } from '../../src/run/host.ts';
import { MemoryStore } from '../../src/run/store/memory.ts';
import { trainThroughLoss } from '../../src/run/through-loss.ts';
import { secondDevice, testAdapter, testGpu } from '../support/gpu.ts';
import { memoryHost } from './memory-host.ts';
import * as story from './story.ts';

/** A `Gpu` that can be lost as one is to whom a driver does so. */
async function breakable(): Promise<{ readonly gpu: Gpu; lose(reason: GPUDeviceLostReason): void }> {
  const device = await secondDevice();
  let told: (info: GPUDeviceLostInfo) => void = () => undefined;
  const lost = new Promise<GPUDeviceLostInfo>((resolve) => (told = resolve));
  const { choice } = await testAdapter();
  return {
    gpu: new Gpu(device, { wait: waiterFor(choice), lost }),
    lose(reason) {
      device.destroy();
      told({ __brand: 'GPUDeviceLostInfo', reason, message: 'A reset.' });
    },
  };
}

let files: FileSystem;
let whole: string;
beforeAll(async () => {
  const gpu = await testGpu();
  files = await story.storyFiles(gpu);
  const host = memoryHost(gpu, files, new MemoryStore());
  await story.trainRun(host, 'whole');
  whole = await story.modelOf(host, 'whole', 'last');
});

interface Loss {
  /** The kind of event at which the device is lost, and how many of them come first. */
  readonly at: RunEvent['kind'];
  readonly after?: number;
  readonly reason?: GPUDeviceLostReason;
}

/** A run that loses a device at each of `losses`; `seconds` of a pretended clock pass between them. */
async function run(losses: readonly Loss[], seconds = 0) {
  const store = new MemoryStore();
  const told: RunEvent[] = [];
  let devices = 0;
  let clock = 0;
  let current = await breakable();
  let isGone = false;
  const host: RunHost = {
    ...memoryHost(current.gpu, files, store),
    async openGpu() {
      if (isGone) current = await breakable();
      isGone = false;
      return { gpu: current.gpu, name: 'test adapter' };
    },
  };
  let count = 0;
  const result = trainThroughLoss(
    host,
    story.request({ checkpointSeconds: 0 }),
    {
      signal: new AbortController().signal,
      tell(event) {
        told.push(event);
        const loss = losses[devices];
        if (!loss || event.kind !== loss.at || count++ < (loss.after ?? 0)) return;
        [count, isGone, clock] = [0, true, clock + seconds * 1000];
        devices += 1;
        current.lose(loss.reason ?? 'unknown');
      },
    },
    () => clock,
  );
  await result.catch(() => undefined);
  return { result, host, store, told };
}

const modelOf = (host: RunHost, name = 'train') => story.modelOf(host, name, 'last');

it('goes on from the last checkpoint to the same bits, and says so', async () => {
  const { result, host, told } = await run([{ at: 'step', after: 3 }]);
  expect(await result).toMatchObject({ kind: 'trained', stopped: false });
  expect(await modelOf(host)).toBe(whole);
  const [loss] = told.filter(({ kind }) => kind === 'device-lost');
  expect(loss).toMatchObject({ run: host.store.place('train') });
  expect(loss).toMatchObject({ message: expect.stringContaining('A reset.') as string });
});

it('begins anew where there was no checkpoint yet, and leaves nothing of the first try', async () => {
  const { result, host, store, told } = await run([{ at: 'chosen' }]);
  expect(await result).toMatchObject({ kind: 'trained', run: host.store.place('train') });
  expect(await modelOf(host)).toBe(whole);
  expect(told).toContainEqual(expect.objectContaining({ kind: 'device-lost', run: undefined }));
  expect(await store.look(store.place('train-2'))).toBeUndefined();
});

it('does not go on where the device was closed on purpose', async () => {
  const { result, told } = await run([{ at: 'step', after: 2, reason: 'destroyed' }]);
  await expect(result).rejects.toMatchObject({ name: 'RunError', problem: { kind: 'device' } });
  expect(told.map(({ kind }) => kind)).not.toContain('device-lost');
});

it('gives up where the next device is lost soon after, with what can be resumed', async () => {
  const { result, host } = await run([{ at: 'step', after: 1 }, { at: 'step' }], 60);
  await expect(result).rejects.toMatchObject({
    problem: { kind: 'device', run: host.store.place('train') },
  });
});

it('goes on as often as it takes where losses are far apart', async () => {
  const { result, host } = await run([{ at: 'step', after: 1 }, { at: 'epoch' }], 600);
  expect(await result).toMatchObject({ kind: 'trained', stopped: false });
  expect(await modelOf(host)).toBe(whole);
});

it('tells of the loss where no other device is to be had', async () => {
  const device = await breakable();
  const host: RunHost = {
    ...memoryHost(device.gpu, files, new MemoryStore()),
    openGpu: () =>
      opened++ === 0
        ? Promise.resolve({ gpu: device.gpu, name: 'test adapter' })
        : Promise.reject(new Error('there is none')),
  };
  let opened = 0;
  const result = trainThroughLoss(host, story.request({}), {
    signal: new AbortController().signal,
    tell: ({ kind }) => kind === 'step' && device.lose('unknown'),
  });
  await expect(result).rejects.toMatchObject({ problem: { kind: 'device' } });
});
