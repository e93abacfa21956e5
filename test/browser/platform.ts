// What src/platform/web gives a worker, for platform.test.ts: an adapter, files and locks. Contents are told as texts, or by what
// they are filled with.
import { factsOf, openAdapter, WebGpuError } from '../../src/platform/web/adapter.ts';
import { createGpu } from '../../src/platform/web/gpu.ts';
import { lockFolder, type WebLock } from '../../src/platform/web/lock.ts';
import { memoryStorage } from '../../src/platform/web/memory-folder.ts';
import { OpfsError, OpfsFolder } from '../../src/platform/web/opfs.ts';
import { opfsStore } from '../../src/platform/web/run-store.ts';
import { contract } from '../../src/run/store/contract.ts';
import { answer } from './worker.ts';

const utf8 = new TextEncoder();
const textOf = (bytes: Uint8Array | undefined) =>
  bytes && new TextDecoder().decode(bytes.subarray(0, LONGEST));
/** Texts are told up to here; longer ones are a fault. */
const LONGEST = 10_000;
const problemOf = (error: unknown) => (error instanceof OpfsError ? error.problem : String(error));
let lock: WebLock | undefined;

answer({
  /** Files by name, or the problem. */
  async contents(path: string): Promise<Record<string, string | undefined> | undefined> {
    const folder = await OpfsFolder.find(path);
    if (!folder) return undefined;
    const files: Record<string, string | undefined> = {};
    for (const name of await folder.list())
      files[name] = (await folder.size(name)) === 'no file' ? 'folder' : textOf(await folder.read(name));
    return files;
  },

  async write(path: string, name: string, text: string) {
    await (await OpfsFolder.make(path)).write(name, utf8.encode(text));
  },
  async append(path: string, name: string, text: string) {
    await (await OpfsFolder.make(path)).append(name, utf8.encode(text));
  },
  async remove(path: string, name: string) {
    await (await OpfsFolder.make(path)).remove(name);
  },
  async size(path: string, name: string) {
    return (await OpfsFolder.make(path)).size(name);
  },
  async read(path: string, name: string) {
    return textOf(await (await OpfsFolder.make(path)).read(name));
  },

  /** Calls that are not waited for: they take turns. */
  async atOnce(path: string, texts: readonly string[]) {
    const folder = await OpfsFolder.make(path);
    await Promise.all(
      texts.flatMap((text) => [
        folder.append('log', utf8.encode(text)),
        folder.write('last', utf8.encode(text)),
      ]),
    );
  },

  /** Writes files of `size` bytes that are filled with one value each, until the worker is gone; answers after the first. */
  async hammer(path: string, size: number) {
    const folder = await OpfsFolder.make(path);
    const write = async (value: number) => {
      await folder.write('a', new Uint8Array(size + value).fill(value));
      await folder.append('log', utf8.encode(`line ${value}\n`));
    };
    await write(0);
    void (async () => {
      for (let value = 1; ; value++) await write(value);
    })();
  },
  /** What is left of it: whether the file is whole, and the names that are there in truth before and after tidying up. */
  async remains(path: string, size: number) {
    const folder = await OpfsFolder.make(path);
    const whole = async () => {
      const bytes = await folder.read('a');
      return bytes !== undefined && bytes.every((byte) => byte === ((bytes.length - size) & 0xff));
    };
    const before = await whole();
    await folder.tidy();
    const lines = textOf(await folder.read('log'))?.split('\n') ?? [''];
    return {
      before,
      after: await whole(),
      names: await namesIn(path),
      logEnds: lines.pop() === '',
      lines: lines.length,
    };
  },
  names: (path: string) => namesIn(path),
  /** Makes files as they were when a writer was killed, by names that are not a folder's own. */
  async leave(path: string, files: Readonly<Record<string, string>>) {
    await OpfsFolder.make(path);
    for (const [name, text] of Object.entries(files)) {
      const handle = await (await folderAt(path)).getFileHandle(name, { create: true });
      const stream = await handle.createWritable();
      await stream.write(text);
      await stream.close();
    }
  },
  async tidy(path: string) {
    await (await OpfsFolder.make(path)).tidy();
  },

  /** From now on this worker is of a browser that cannot rename files. */
  withoutMove() {
    Object.defineProperty(FileSystemFileHandle.prototype, 'move', { value: undefined });
  },
  /** From now on it has no storage. */
  withoutStorage() {
    const refuse = () => Promise.reject(new DOMException('Blocked.', 'SecurityError'));
    Object.defineProperty(StorageManager.prototype, 'getDirectory', { value: refuse });
  },

  /** The problem of writing so many bytes, and what is there then. */
  async overfill(path: string, size: number) {
    const folder = await OpfsFolder.make(path);
    await folder.write('a', utf8.encode('before'));
    await folder.append('log', utf8.encode('before'));
    const problems = [];
    for (const method of ['write', 'append'] as const)
      problems.push(
        await folder[method](method === 'write' ? 'a' : 'log', new Uint8Array(size)).then(
          () => 'none',
          problemOf,
        ),
      );
    return {
      problems,
      a: textOf(await folder.read('a')),
      log: textOf(await folder.read('log')),
      names: await namesIn(path),
    };
  },
  /** The problem of writing into a folder that was removed since. */
  async writeIntoNothing() {
    const folder = await OpfsFolder.make('removed/inner');
    await (await OpfsFolder.make('removed')).remove('inner');
    return folder.write('a', utf8.encode('a')).then(() => 'none', problemOf);
  },
  problem: (path: string) => OpfsFolder.make(path).then(() => 'none', problemOf),

  /** The sum of a buffer that went to the adapter's device and back. */
  async adapterWorks() {
    const gpu = await createGpu(await openAdapter());
    const values = await gpu.scope(() => gpu.read(gpu.upload(Float32Array.of(1, 2, 3))));
    return values.reduce((sum, value) => sum + value, 0);
  },
  /** What the adapter is taken for if it says this of itself. */
  async adapterFacts(info?: Partial<GPUAdapterInfo>) {
    const adapter = await openAdapter();
    if (info) Object.defineProperty(adapter, 'info', { value: info });
    return factsOf(adapter);
  },
  /**
   * What is wrong with the adapter in a browser that has another navigator.gpu, in an insecure page or not, and draws with hardware or
   * not; `none` where only a fallback is to be had, which is taken.
   */
  async adapterProblem(gpu: 'none' | 'without' | 'fallback', isSecure: boolean, draws = false) {
    const requestAdapter = ({ forceFallbackAdapter = false }: GPURequestAdapterOptions) =>
      Promise.resolve(gpu === 'fallback' && forceFallbackAdapter ? {} : null);
    const value = gpu === 'none' ? undefined : { requestAdapter };
    Object.defineProperty(navigator, 'gpu', { value, configurable: true });
    OffscreenCanvas.prototype.getContext = (() => (draws ? {} : null)) as never;
    Object.defineProperty(globalThis, 'isSecureContext', { value: isSecure, configurable: true });
    return openAdapter().then(
      () => 'none',
      (error: unknown) => (error instanceof WebGpuError ? error.problem : String(error)),
    );
  },

  /** The ending of one of the stories that all stores of runs are held to. */
  async tell(story: string) {
    const runs = await OpfsFolder.make('runs');
    for (const name of await runs.list()) await runs.remove(name);
    const remove = (run: string) => runs.remove(run.replace('runs/', ''));
    return contract[story]?.tell({ store: opfsStore(), remove });
  },
  /** The same where nothing may be stored. */
  async tellInMemory(story: string) {
    const storage = memoryStorage();
    const remove = async (run: string) => (await storage.find('runs'))?.remove(run.replace('runs/', ''));
    return contract[story]?.tell({ store: opfsStore('runs', storage), remove });
  },

  async lock(name: string) {
    lock = await lockFolder(name);
    return lock !== undefined;
  },
  unlock: () => lock?.release(),
});

async function folderAt(path: string): Promise<FileSystemDirectoryHandle> {
  let folder = await navigator.storage.getDirectory();
  for (const part of path.split('/')) folder = await folder.getDirectoryHandle(part);
  return folder;
}

async function namesIn(path: string): Promise<string[]> {
  const names: string[] = [];
  const folder = (await folderAt(path)) as FileSystemDirectoryHandle & { keys(): AsyncIterable<string> };
  for await (const name of folder.keys()) names.push(name);
  return names.sort();
}
