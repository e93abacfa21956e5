/**
 * The networks that a page can start from: the one that comes with the site, those of the catalogue, fetched once where their server
 * allows it, and files that were dropped. All but the first are kept in the origin's storage, for all projects, under names that
 * contain the beginning of their SHA-256, which is checked whenever one is used.
 */
import type { Folder, FolderStorage } from '../../../src/platform/web/folder.ts';
import type { FoundWeights, RunHost } from '../../../src/run/host.ts';
import {
  architectureOf,
  catalogue,
  fileNameOf,
  findInCatalogue,
  type CatalogueEntry,
} from '../../../src/weights/catalogue.ts';
import { WeightsError } from '../../../src/weights/errors.ts';
import { findShipped, SHIPPED, shippedNetwork } from './shipped.ts';

/** A network by the name that the setting `weights` has for it. */
export interface KnownNetwork {
  readonly name: string;
  /** As graft's registry calls what is in it. */
  readonly architecture: string;
  /** The height and width of the photos that it learned from, where its file says so. */
  readonly learnedSize?: number | undefined;
  /** For people. */
  readonly note: string;
  readonly bytes: number;
  /** What of the file was left out or read under other names, in clauses. */
  readonly notes?: readonly string[] | undefined;
  /** Where it is: part of the site, kept in this browser, or on a server still. */
  readonly place: 'site' | 'kept' | 'server';
  /** Where its authors publish it, and on what terms. */
  readonly published?: { readonly url: string; readonly licence: string };
}

/** A file of the shelf, as its index has it. */
interface Kept {
  readonly name: string;
  readonly file: string;
  readonly sha256: string;
  readonly bytes: number;
  readonly architecture: string;
  readonly learnedSize?: number | undefined;
  readonly note: string;
  readonly notes?: readonly string[] | undefined;
}

type FetchOptions = Pick<Parameters<RunHost['weights']['find']>[1], 'signal' | 'onProgress'>;

const FOLDER = 'weights';
const INDEX = 'index.json';
/** More than any network here has, and less than an array may. */
const MOST_BYTES = 2 ** 31 - 1;

/** Told what network a file holds; throws `WeightsError` where it is none. Loaded when it is needed: it reads all formats. */
const inspect = async (found: FoundWeights) =>
  (await import('../../../src/run/model/inspect.ts')).inspectWeights(found);

/** Where a network of the catalogue is fetched from: its official address, or a mirror that the site was built for. */
export const addressOf = (entry: CatalogueEntry): string =>
  __WEIGHTS_URL__ === '' ? entry.url : `${__WEIGHTS_URL__.replace(/\/+$/, '')}/${fileNameOf(entry)}`;

export class WeightsShelf {
  private opened: Promise<Folder> | undefined;

  constructor(private readonly storage: FolderStorage) {}

  /** All that can be started from. */
  async list(): Promise<readonly KnownNetwork[]> {
    const kept = await this.index();
    const names = new Set(kept.map(({ name }) => name));
    return [
      shippedNetwork,
      ...kept.map((one): KnownNetwork => ({ ...known(one.name), ...publicOf(one), place: 'kept' })),
      ...catalogue.filter(({ name }) => !names.has(name)).map((entry) => ofCatalogue(entry)),
    ];
  }

  /** Keeps a file that training can begin with, and returns its name. Throws `WeightsError` for every other file. */
  async add(file: Blob, fileName: string): Promise<string> {
    if (file.size > MOST_BYTES)
      throw new WeightsError(fileName, 'it is larger than 2 GiB', 'Give the weights of one network');
    const bytes = new Uint8Array(await file.arrayBuffer());
    const { title, format, ...told } = await inspect({ bytes, source: fileName });
    const sha256 = await sha256Of(bytes);
    const entry = catalogue.find(({ sha256Prefix }) => sha256.startsWith(sha256Prefix));
    if (entry) return this.keep({ ...entryOf(entry, sha256, bytes.length), notes: told.notes }, bytes);
    const name = nameOf(fileName, sha256, format);
    const note = `${title}, from your file ${fileName}`;
    return this.keep({ name, file: name, sha256, bytes: bytes.length, note, ...told }, bytes);
  }

  /** Fetches a network of the catalogue from its server and keeps it. Throws `WeightsError`, or the signal's reason. */
  async fetch(name: string, options: FetchOptions): Promise<Uint8Array> {
    const entry = findInCatalogue(name);
    if (!entry) throw new WeightsError(name, 'no network has this name', 'Choose one of the list');
    const bytes = await download(entry, options);
    const sha256 = await sha256Of(bytes);
    if (!sha256.startsWith(entry.sha256Prefix))
      throw new WeightsError(
        addressOf(entry),
        `what came has the SHA-256 ${sha256.slice(0, 8)}… and not ${entry.sha256Prefix}…, and was thrown away`,
        'Try again; if it happens twice, something between here and the server changes files',
      );
    const { notes } = await inspect({ bytes, source: fileNameOf(entry) });
    await this.keep({ ...entryOf(entry, sha256, bytes.length), notes }, bytes);
    return bytes;
  }

  /** Forgets a file that is kept. */
  async remove(name: string): Promise<void> {
    const kept = await this.index();
    const gone = kept.find((one) => one.name === name);
    if (!gone) return;
    await this.write(kept.filter((one) => one !== gone));
    await (await this.folder()).remove(gone.file);
  }

  /** For runs: what is kept is checked, and what is not is fetched. */
  readonly find: RunHost['weights']['find'] = async (name, options) => {
    if (name === SHIPPED) return findShipped(name, options);
    const kept = (await this.index()).find((one) => one.name === name);
    if (!kept) return { bytes: await this.fetch(name, options), source: name };
    const bytes = await (await this.folder()).read(kept.file);
    if (bytes && (await sha256Of(bytes)) === kept.sha256) return { bytes, source: kept.file };
    throw new WeightsError(
      kept.file,
      bytes ? 'it has changed since it was kept' : 'it is not in the storage any more',
      'Remove it from the list of networks, and fetch or drop it again',
    );
  };

  private async keep(one: Kept, bytes: Uint8Array): Promise<string> {
    await (await this.folder()).write(one.file, bytes);
    await this.write([...(await this.index()).filter(({ name }) => name !== one.name), one]);
    return one.name;
  }

  private async index(): Promise<readonly Kept[]> {
    const bytes = await (await this.folder()).read(INDEX);
    return bytes ? (JSON.parse(new TextDecoder().decode(bytes)) as Kept[]) : [];
  }

  private async write(kept: readonly Kept[]): Promise<void> {
    await (await this.folder()).write(INDEX, new TextEncoder().encode(JSON.stringify(kept)));
  }

  private folder(): Promise<Folder> {
    return (this.opened ??= this.storage.make(FOLDER).catch((error: unknown) => {
      this.opened = undefined;
      throw error;
    }));
  }
}

const publicOf = ({ name, architecture, learnedSize, note, bytes, notes }: Kept) => ({
  ...{ name, architecture, learnedSize, note, bytes, notes },
});

/** What the catalogue knows of a network of that name. */
function known(name: string): Pick<KnownNetwork, 'published'> {
  const entry = findInCatalogue(name);
  return entry ? { published: { url: addressOf(entry), licence: entry.licence } } : {};
}

const ofCatalogue = (entry: CatalogueEntry): KnownNetwork => ({
  ...known(entry.name),
  ...publicOf(entryOf(entry, '', entry.bytes)),
  place: 'server',
});

const entryOf = (entry: CatalogueEntry, sha256: string, bytes: number): Kept => ({
  ...{ name: entry.name, file: fileNameOf(entry), note: entry.note },
  ...{ architecture: architectureOf(entry), sha256, bytes },
});

/** `My net.pth` → `My-net-1a2b3c4d.pth`: a name for storage, settings and messages, that tells other files of the same name apart. */
export function nameOf(fileName: string, sha256: string, ending: string): string {
  const hash = sha256.slice(0, 8);
  const stem = fileName
    .replace(/\.[^.]*$/, '')
    .replaceAll(/[^\w.-]+/g, '-')
    .replace(/^[.-]+/, '')
    .slice(0, 60);
  return `${stem.endsWith(hash) ? stem : `${stem || 'weights'}-${hash}`}.${ending}`;
}

async function sha256Of(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

async function download(
  entry: CatalogueEntry,
  { signal, onProgress }: FetchOptions,
): Promise<Uint8Array<ArrayBuffer>> {
  const url = addressOf(entry);
  const fail = (problem: string) =>
    new WeightsError(
      url,
      problem,
      'Download it by its link in the list of networks, and drop the file there',
    );
  const refused = (error: unknown) => {
    signal.throwIfAborted();
    throw error instanceof WeightsError
      ? error
      : fail('the server does not let this page have it, or cannot be reached');
  };
  const response = await fetch(url, { signal, credentials: 'omit', referrerPolicy: 'no-referrer' }).catch(
    refused,
  );
  if (!response.ok || !response.body) throw fail(`the server answered ${response.status}`);
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  let bytes = 0;
  const reader = response.body.getReader();
  const next = () => reader.read().catch(() => refused(undefined));
  for (let piece = await next(); !piece.done; piece = await next()) {
    pieces.push(piece.value);
    bytes += piece.value.length;
    // A size that is only known to a kB, and no more: a server that sends on and on is not what was meant.
    if (bytes > entry.bytes + 2 ** 16) {
      await reader.cancel();
      throw fail(`the server sends more than the ${entry.bytes} bytes that it should`);
    }
    onProgress(bytes, Math.max(bytes, entry.bytes));
  }
  return new Uint8Array(await new Blob(pieces).arrayBuffer());
}
