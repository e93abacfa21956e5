// A run that fails while its history is being written: the folder is given free only once nobody writes into it.
import { setTimeout } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { MemoryStore } from '../../src/run/store/memory.ts';
import type { RunFiles } from '../../src/run/store/store.ts';
import { train } from '../../src/run/train.ts';
import { testGpu } from '../support/gpu.ts';
import { memoryHost } from './memory-host.ts';
import * as story from './story.ts';

/** On a disk that takes its time to make a file longer. */
class SlowStore extends MemoryStore {
  writing = 0;
  writingAtClose: number | undefined;

  override async lock(run: string): Promise<RunFiles> {
    const files = await super.lock(run);
    return {
      ...files,
      append: async (name, bytes) => {
        this.writing++;
        await setTimeout(200);
        await files.append(name, bytes);
        this.writing--;
      },
      discard: () => {
        this.writingAtClose = this.writing;
        return files.discard();
      },
    };
  }
}

it('waits for what is being written before it lets others write', async () => {
  const gpu = await testGpu();
  const files = await story.storyFiles(gpu);
  const store = new SlowStore();
  const host = memoryHost(gpu, files, store);
  let epochs = 0;
  const failing = train(host, story.request({ name: 'failed' }), {
    signal: new AbortController().signal,
    tell({ kind }) {
      if (kind === 'epoch') epochs++;
      if (kind === 'step' && epochs > 0) throw new Error('the face failed');
    },
  });
  await expect(failing).rejects.toThrow('the face failed');
  expect(store.writingAtClose).toBe(0);
});
