// What read a run's photos is part of the run: it is resumed with it, or refused where another reads them otherwise. In memory, with a
// stand-in for a browser's decoder.
import { beforeAll, describe, expect, it } from 'vitest';
import { inlineSource, type DecoderName, type FileSystem } from '../../src/data/index.ts';
import { fileTree } from '../../src/data/file-tree.ts';
import type { Gpu } from '../../src/gpu/index.ts';
import type { RunHost } from '../../src/run/host.ts';
import { MemoryStore } from '../../src/run/store/memory.ts';
import { testGpu } from '../support/gpu.ts';
import { memoryHost } from './memory-host.ts';
import * as story from './story.ts';

describe('the decoder of a run', () => {
  let gpu: Gpu;
  let photos: FileSystem;
  const store = new MemoryStore();
  beforeAll(async () => {
    gpu = await testGpu();
    photos = await story.storyFiles(gpu);
  });

  /** A place with these decoders, which tells which it was asked for; others than graft's make pixels lighter by `levels`. */
  function place(decoders: RunHost['decoders'], { levels = 0, files = photos } = {}) {
    const asked: DecoderName[] = [];
    const host: RunHost = {
      ...memoryHost(gpu, files, store),
      decoders,
      decoder(_, name = decoders[0]) {
        asked.push(name);
        return {
          async *decode(paths, transform) {
            for await (const result of inlineSource(files).decode(paths, transform)) {
              if (result.ok && name !== 'graft')
                result.image.data.forEach((value, i, all) => (all[i] = Math.min(255, value + levels)));
              yield result;
            }
          },
          close: () => Promise.resolve(),
        };
      },
    };
    return { host, asked };
  }
  const recorded = async (host: RunHost, name: string) =>
    (JSON.parse(await story.textOf(host, name, 'data')) as { decoder?: string }).decoder;
  const begin = async (name: string, ...of: Parameters<typeof place>) => {
    const begun = place(...of);
    expect(await story.trainRun(begun.host, name, 1)).toMatchObject({ stopped: true });
    return recorded(begun.host, name);
  };

  it('is the first of the place that the run is begun in, and is written down', async () => {
    expect(await begin('by-graft', ['graft'])).toBe('graft');
    expect(await begin('by-browser', ['browser', 'graft'])).toBe('browser');
  });

  it('is the one that a run is resumed with, whichever the place prefers', async () => {
    await begin('resumed', ['graft']);
    const { host, asked } = place(['browser', 'graft'], { levels: 9 });
    expect(await story.resumeRun(host, 'resumed')).toMatchObject({ stopped: false });
    expect(asked).toEqual(['graft']);
  });

  it('was graft in older runs, which do not say', async () => {
    await begin('older', ['graft']);
    const run = await store.lock(store.place('older'));
    const { decoder: _, ...older } = JSON.parse(
      new TextDecoder().decode(await run.read('data.json')),
    ) as Record<string, unknown>;
    await run.write('data.json', new TextEncoder().encode(JSON.stringify(older)));
    await run.close();
    const { host, asked } = place(['browser', 'graft'], { levels: 9 });
    expect(await story.resumeRun(host, 'older')).toMatchObject({ stopped: false });
    expect(asked).toEqual(['graft']);
  });

  it('may be another where the pixels are the same, and stays the one that is written down', async () => {
    await begin('same', ['browser', 'graft']);
    const { host } = place(['graft']);
    expect(await story.resumeRun(host, 'same')).toMatchObject({ stopped: false });
    expect(await recorded(host, 'same')).toBe('browser');
  });

  it('is missed where the pixels are not the same, by its name', async () => {
    await begin('lighter', ['browser', 'graft'], { levels: 9 });
    await expect(story.resumeRun(place(['graft']).host, 'lighter')).rejects.toMatchObject({
      message: expect.stringMatching(
        /^The run lighter was started with photos read by a browser's decoders; graft's own decoders read them otherwise:\n {2}"blue" has \d+ training photos as before, but not the same/,
      ),
      problem: { kind: 'other-decoder', run: 'lighter', decoder: 'browser' },
    });
  });

  it('is missed by the name of a library, or of another version of it', async () => {
    await begin('by-sharp', ['sharp', 'graft'], { levels: 9 });
    await expect(story.resumeRun(place(['graft']).host, 'by-sharp')).rejects.toMatchObject({
      message: expect.stringContaining(
        "was started with photos read by the library sharp; graft's own decoders read them otherwise:",
      ),
      problem: { kind: 'other-decoder', decoder: 'sharp' },
    });
    await expect(
      story.resumeRun(place(['sharp', 'graft'], { levels: 8 }).host, 'by-sharp'),
    ).rejects.toMatchObject({
      message: expect.stringContaining(
        'or this version of sharp reads them otherwise than the one that it was started with:',
      ),
      problem: { kind: 'other-photos' },
    });
  });

  it('is not blamed for other photos, but a browser may read otherwise than another', async () => {
    await begin('elsewhere', ['browser', 'graft'], { levels: 9 });
    await expect(story.resumeRun(place(['browser'], { levels: 8 }).host, 'elsewhere')).rejects.toMatchObject({
      message: expect.stringContaining(
        'or this browser reads them otherwise than the one that it was started in:',
      ),
      problem: { kind: 'other-photos' },
    });
  });

  it('decides which files are photos, also where it is missed', async () => {
    // All of one class are files that graft does not look at; that they are PNGs the bytes say.
    const renamed = async (paths: readonly string[]) =>
      fileTree(
        await Promise.all(
          paths.map(async (path) => {
            const bytes = await photos.read(path);
            return [path.replace(/(blue.*)\.png/, '$1.WebP'), () => Promise.resolve(bytes)] as const;
          }),
        ),
      );
    const all = [0, 1, 2, 3, 4, 5].flatMap((i) => [`photos/red/${i}.png`, `photos/blue/${i}.png`]);
    const files = await renamed([...all, story.WEIGHTS]);
    await expect(story.trainRun(place(['graft'], { files }).host, 'none')).rejects.toThrow(
      'There are no photos (.jpg, .jpeg, .png) in photos/blue',
    );
    await begin('endings', ['browser', 'graft'], { files });
    expect(await story.resumeRun(place(['graft'], { files }).host, 'endings')).toMatchObject({
      stopped: false,
    });

    // In truth WebP: none of the class can be read here.
    await begin('webp', ['browser', 'graft'], { files });
    const webp = fileTree(
      [...all, story.WEIGHTS].map((path) => {
        const name = path.replace(/(blue.*)\.png/, '$1.WebP');
        const read = () =>
          name === path ? photos.read(path) : Promise.resolve(new TextEncoder().encode('RIFF....WEBPVP8 '));
        return [name, read] as const;
      }),
    );
    await expect(story.resumeRun(place(['graft'], { files: webp }).host, 'webp')).rejects.toMatchObject({
      message: expect.stringContaining('is a WebP image'),
      problem: { kind: 'other-decoder' },
    });
  });
});
