// The pool over real worker threads: order, failures, dying and stuck workers, and a process that ends by itself.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fixture } from '../../../test/golden/fixtures.ts';
import { type DecodeResult, inlineSource } from '../../data/source.ts';
import { nodeDecodePool, type NodeDecodePoolOptions } from './decode-pool.ts';
import { nodeFiles } from './files.ts';
import { decoderOf, decodersHere } from './photos/decoders.ts';

const golden = (name: string) => fileURLToPath(new URL(`../../../test/golden/data/${name}`, import.meta.url));
const transform = { kind: 'resize-short-crop', resize: 20, crop: 16 } as const;

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'graft-pool-'));
});
afterAll(() => rmSync(dir, { recursive: true }));

async function decodeAll(paths: readonly string[], options: NodeDecodePoolOptions): Promise<DecodeResult[]> {
  const pool = nodeDecodePool(options);
  const results: DecodeResult[] = [];
  try {
    for await (const result of pool.decode(paths, transform)) results.push(result);
  } finally {
    await pool.close();
  }
  return results;
}

/** A worker that answers with a blank pixel, but ends, throws or hangs at paths of that name. */
function fakeWorker(): URL {
  const script = join(dir, 'worker.mjs');
  writeFileSync(
    script,
    `import { parentPort } from 'node:worker_threads';
     parentPort.on('message', ({ path }) => {
       if (path === 'exit') process.exit(3);
       if (path === 'throw') throw new Error('out of paint');
       if (path === 'hang') for (;;);
       parentPort.postMessage({ kind: 'result', result: { ok: true, path, image: { width: 1, height: 1, data: new Uint8Array(3) } } });
     });
     parentPort.postMessage({ kind: 'ready' });`,
  );
  return pathToFileURL(script);
}

const outcome = (result: DecodeResult) => (result.ok ? result.path : `${result.path}: ${result.reason}`);

describe('nodeDecodePool', () => {
  it.each(decodersHere())(
    'gives by %s what decoding in this thread gives, in order, and reports files that fail',
    async (decoder) => {
      writeFileSync(join(dir, 'empty.jpg'), '');
      writeFileSync(join(dir, 'cut.jpg'), fixture('grey.jpg').subarray(0, 300));
      const good = ['rgb-8.png', 'grey.jpg', 'exif-6.jpg', 'cmyk.jpg', 'palette-4.png'].map(golden);
      const paths = [
        ...good,
        join(dir, 'empty.jpg'),
        ...good,
        join(dir, 'cut.jpg'),
        join(dir, 'gone.jpg'),
        ...good,
      ];
      const expected: DecodeResult[] = [];
      const inline = inlineSource(nodeFiles, decoderOf(decoder));
      for await (const result of inline.decode(paths, transform)) expected.push(result);
      for (const workers of [1, 3]) expect(await decodeAll(paths, { workers, decoder })).toEqual(expected);
      expect(expected.filter(({ ok }) => !ok).map(outcome)).toEqual([
        expect.stringMatching(/empty.jpg: is empty/),
        expect.stringMatching(/cut.jpg: is truncated/),
        expect.stringMatching(/gone.jpg: does not exist/),
      ]);
    },
  );

  it.each([1, 2])('replaces workers that die or hang, of %d', async (workers) => {
    const paths = ['a', 'exit', 'b', 'throw', 'c', 'hang', 'd', 'exit', 'e'];
    const results = await decodeAll(paths, { workers, timeoutMs: 4000, script: fakeWorker() });
    expect(results.map(outcome)).toEqual([
      'a',
      'exit: made the decoder fail (exit code 3)',
      'b',
      'throw: made the decoder fail (out of paint)',
      'c',
      'hang: made the decoder fail (no result after 4 s)',
      'd',
      'exit: made the decoder fail (exit code 3)',
      'e',
    ]);
  });

  it('does not run ahead of its consumer', async () => {
    const paths = Array.from({ length: 50 }, (_, i) => String(i));
    let started = 0;
    const counted = {
      *[Symbol.iterator]() {
        for (const path of paths) {
          started++;
          yield path;
        }
      },
    };
    const pool = nodeDecodePool({ workers: 2, script: fakeWorker() });
    for await (const result of pool.decode(counted, transform)) {
      if (result.path === '10') break;
    }
    await pool.close();
    expect(started).toBeLessThanOrEqual(11 + 2 * 2);
  });

  it('fails at once if its workers cannot start', async () => {
    writeFileSync(join(dir, 'bad.mjs'), 'throw new Error("no such library")');
    const script = pathToFileURL(join(dir, 'bad.mjs'));
    await expect(decodeAll(['a', 'b', 'c'], { workers: 2, script })).rejects.toThrow(
      /decoding thread cannot start: no such library/,
    );
  });

  it('refuses to work once closed, and senseless numbers of threads', async () => {
    const pool = nodeDecodePool({ workers: 1, script: fakeWorker() });
    await pool.close();
    await expect(pool.decode(['a'], transform)[Symbol.asyncIterator]().next()).rejects.toThrow(/closed/);
    for (const workers of [0, 1.5, NaN]) expect(() => nodeDecodePool({ workers })).toThrow(RangeError);
  });

  it('works under tsx from any folder, and lets the process end without close()', () => {
    const program = `
      import { nodeDecodePool } from ${JSON.stringify(new URL('./decode-pool.ts', import.meta.url).href)};
      for await (const result of nodeDecodePool({ workers: 2 }).decode(
        [${JSON.stringify(golden('grey.jpg'))}], { kind: 'resize', width: 2, height: 3 })) console.log(result.ok, result.image.data.length);`;
    writeFileSync(join(dir, 'program.mts'), program);
    const tsx = fileURLToPath(import.meta.resolve('tsx'));
    const cli = join(tsx, '..', 'cli.mjs');
    const output = execFileSync(process.execPath, [cli, join(dir, 'program.mts')], {
      cwd: dir,
      timeout: 30_000,
    });
    expect(output.toString().trim()).toBe('true 18');
  });
});
