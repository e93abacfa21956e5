/** What the page may ask, over one device and two networks; what it asks first loads what only that needs. */
import { isZip } from '../../../../src/weights/archives.ts';
import { factsOf, openAdapter } from '../../../../src/platform/web/adapter.ts';
import { openZip } from '../../../../src/data/zip.ts';
import { openStorage } from '../../engine/storage.ts';
import { PhotoStore } from '../../engine/photo-store.ts';
import { fileOf } from '../../engine/photos/index-file.ts';
import { Projects } from '../../engine/projects.ts';
import type { Asking, SetPhoto } from './protocol.ts';

/** `tell` hears how far an occlusion is. */
export function photoCalls(tell: (done: number, total: number) => void): Asking {
  const storage = openStorage();
  const looker = (async () => {
    const [{ Looker }, { Sources }] = await Promise.all([import('./looker.ts'), import('./sources.ts')]);
    return new Looker(new Sources(await storage));
  })();
  looker.catch(() => undefined); // told where it is asked for
  let stopping = new AbortController();
  // One after the other: a device computes one thing at a time, and what is shown is of the last photo.
  let turn: Promise<unknown> = looker.catch(() => undefined);
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const result = turn.then(work);
    turn = result.catch(() => undefined);
    return result;
  };
  return {
    async atHand() {
      const { sources } = await looker;
      return { networks: await sources.list(), projects: await sources.withPhotos() };
    },
    adapter: async () => factsOf(await openAdapter()).name,
    prepared: async (wanted) => (await looker).prepared(wanted),
    bring: async (file, name) => (await looker).sources.bring(file, name),
    look(wanted) {
      stopping.abort(); // of the photo before
      return inTurn(async () => (await looker).look(wanted));
    },
    layer: (index) => inTurn(async () => (await looker).layer(index)),
    explain: (slot, index, place) => inTurn(async () => (await looker).explain(slot, index, place)),
    filters: async (a, b) => (await looker).filters(a, b),
    classMap: (slot, index) => inTurn(async () => (await looker).classMap(slot, index)),
    // Takes long, and no turn: between its batches the device answers other questions.
    async occlude(slot, index, patch) {
      stopping.abort();
      const { signal } = (stopping = new AbortController());
      try {
        return await (await looker).occlude(slot, index, patch, { signal, onProgress: tell });
      } catch (error) {
        if (signal.aborted) return undefined;
        throw error;
      }
    },
    stop() {
      stopping.abort();
      return Promise.resolve();
    },
    drawings,
    async projectPhotos(id) {
      const projects = new Projects(await storage);
      const folder = await (await storage).find(`${projects.root(id)}/photos`);
      if (!folder) return [];
      const store = await PhotoStore.open(folder);
      const { classes } = store.collection;
      const each = Math.ceil(MOST / Math.max(1, classes.length));
      const some = classes.flatMap(({ name, photos }) =>
        photos.slice(0, each).map((photo) => ({ photo, name: `${name}/${photo.name}` })),
      );
      const thumbnails = await store.thumbnails(some.map(({ photo }) => photo.id));
      const found = await Promise.all(
        some.map(async ({ photo, name }, i): Promise<SetPhoto | undefined> => {
          const file = await folder.file(fileOf(photo)); // by reference: photos are large
          const small = thumbnails[i] && new Blob([thumbnails[i]]);
          return file && { name, file, small };
        }),
      );
      return found.filter((one) => one !== undefined);
    },
  };
}

/** Photos of a set that are shown at once. */
const MOST = 60;

/** Drawings of all classes of the archive that comes with the site, in turns. Throws where the site does not have it. */
async function drawings(url: string): Promise<readonly SetPhoto[]> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`The drawings cannot be fetched: the site answered ${response.status}.`);
  const bytes = new Uint8Array(await response.arrayBuffer());
  if (!isZip(bytes)) throw new Error('The drawings cannot be read: what the site sent is no archive.');
  const { entries } = await openZip(
    { size: bytes.length, read: (from, to) => Promise.resolve(bytes.subarray(from, to)) },
    'drawings.zip',
  );
  const folders = new Map<string, typeof entries>();
  for (const entry of entries) {
    const folder = entry.path.replace(/\/[^/]*$/, '');
    folders.set(folder, [...(folders.get(folder) ?? []), entry]);
  }
  const each = Math.ceil(MOST / folders.size);
  const spread = [...folders.values()].flatMap((all) =>
    all.filter((_, i) => i % Math.max(1, Math.floor(all.length / each)) === 0).slice(0, each),
  );
  return Promise.all(
    spread.map(async (entry) => ({
      name: entry.path,
      isDrawing: true,
      file: new Blob([await entry.read()], { type: 'image/png' }),
    })),
  );
}
