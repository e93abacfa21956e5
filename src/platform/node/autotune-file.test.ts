import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { AutotuneTable, AutotuneTableError } from '../../kernels/autotune/table.ts';
import { findAutotuned, forgetAutotuned, keepAutotuned, readAutotuned } from './autotune-file.ts';

const adapter = {
  vendor: 'mesa',
  architecture: '',
  device: 'llvmpipe (LLVM 19.1.7, 256 bits)',
  description: 'llvmpipe: Mesa 25.0.7',
};
const choice = { algorithm: 'a', rule: 'b', kernels: '00', milliseconds: 1, ruleMilliseconds: 2 };

let cache: string;
beforeEach(async () => {
  cache = await mkdtemp(join(tmpdir(), 'graft-tuning-'));
  vi.stubEnv('GRAFT_CACHE', cache);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(cache, { recursive: true, force: true });
});

function tableFor(owner = adapter): AutotuneTable {
  const table = new AutotuneTable(owner);
  table.set('problem', choice);
  return table;
}

it('keeps a table an adapter, and finds and forgets that one', async () => {
  const other = { ...adapter, description: 'llvmpipe: Mesa 26.0.0' };
  expect(await findAutotuned(adapter)).toBeUndefined();
  const path = await keepAutotuned(tableFor());
  await keepAutotuned(tableFor(other));
  expect(path).toMatch(/\/tuning\/llvmpipe-llvm-19-1-7-256-bits-[0-9a-f]{8}\.json$/);
  expect(await readdir(dirname(path))).toHaveLength(2);
  expect(await findAutotuned(adapter)).toEqual({ path, table: tableFor() });
  expect(await forgetAutotuned(adapter)).toEqual([path]);
  expect(await findAutotuned(adapter)).toBeUndefined();
  expect(await forgetAutotuned(adapter)).toEqual([]);
  expect((await findAutotuned(other))?.table.adapter).toEqual(other);
});

it('names the file in what it says of a bad one', async () => {
  const path = await keepAutotuned(tableFor());
  await writeFile(path, (await readFile(path, 'utf8')).slice(0, -20));
  await expect(findAutotuned(adapter)).rejects.toThrow(new AutotuneTableError(`${path} is no JSON`));
  await writeFile(path, Buffer.alloc(8 * 2 ** 20 + 1, ' '));
  await expect(findAutotuned(adapter)).rejects.toThrow(
    new AutotuneTableError(`${path} is not an autotune file of graft`),
  );
  await rm(path);
  await mkdir(path);
  await expect(findAutotuned(adapter)).rejects.toThrow(`${path} cannot be read: it is a folder`);
});

it('refuses a file of another adapter, and one that is not there', async () => {
  const path = await keepAutotuned(tableFor());
  await expect(readAutotuned(path, { ...adapter, vendor: 'amd' })).rejects.toThrow(
    `${path} was measured on another adapter: vendor "mesa", not amd`,
  );
  await expect(readAutotuned(join(cache, 'none'), adapter)).rejects.toThrow('none cannot be read: ENOENT');
});

it('goes to the temporary files where the cache cannot be written, and fails where neither can', async () => {
  await writeFile(join(cache, 'file'), '');
  vi.stubEnv('GRAFT_CACHE', join(cache, 'file'));
  vi.stubEnv('TMPDIR', cache);
  const path = await keepAutotuned(tableFor());
  expect(path.startsWith(join(cache, 'graft-tuning-'))).toBe(true);
  expect((await findAutotuned(adapter))?.path).toBe(path);
  vi.stubEnv('TMPDIR', join(cache, 'file'));
  await expect(keepAutotuned(tableFor())).rejects.toThrow(/ENOTDIR|EEXIST/);
});
