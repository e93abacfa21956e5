/** The files of a run, to be taken from one store to another. Neutral, as the story is. */
import type { RunHost } from '../../src/run/host.ts';

/** Files by name; those in folders below are left behind, as a run goes on without them. */
export async function filesOf(
  { store }: Pick<RunHost, 'store'>,
  name: string,
): Promise<Map<string, Uint8Array<ArrayBuffer>>> {
  const run = await store.look(store.place(name));
  if (!run) throw new Error(`There is no run ${name}.`);
  const files = new Map<string, Uint8Array<ArrayBuffer>>();
  for (const file of await run.list())
    if (typeof (await run.size(file)) === 'number') files.set(file, new Uint8Array(await run.read(file)));
  return files;
}

/** Makes a run of these files. */
export async function keepFiles(
  { store }: Pick<RunHost, 'store'>,
  name: string,
  files: ReadonlyMap<string, Uint8Array>,
): Promise<void> {
  const run = store.place(name);
  await store.make(run);
  const locked = await store.lock(run);
  for (const [file, bytes] of files) await locked.write(file, bytes);
  await locked.close();
}
