/**
 * Folders in memory, for pages that may store nothing: a private window, blocked site data. Contents are Blobs, which a browser may
 * move out of the tab's own memory.
 */
import { segmentsOf, type Folder, type FolderStorage } from './folder.ts';
import { OpfsError } from './opfs.ts';

/** A folder's entries; `isGone` once it was removed, so that whoever still has it writes into nothing. */
interface Node {
  readonly entries: Map<string, Node | Blob>;
  isGone: boolean;
}

const emptyNode = (): Node => ({ entries: new Map(), isGone: false });

/** A storage with nothing in it, for as long as it is held. */
export function memoryStorage(): FolderStorage {
  const root = emptyNode();
  const top = new MemoryFolder('', root);
  return {
    isKept: false,
    async make(path) {
      return Promise.resolve(new MemoryFolder(path, walk(root, segmentsOf(path), true) ?? root));
    },
    async find(path) {
      const node = walk(root, segmentsOf(path), false);
      return Promise.resolve(node && new MemoryFolder(path, node));
    },
    remove: (path) => top.remove(path),
  };
}

/** The folder that the segments lead to. Throws `OpfsError` where a file is in the way. */
function walk(from: Node, segments: readonly string[], create: boolean): Node | undefined {
  let node = from;
  for (const segment of segments) {
    let next = node.entries.get(segment);
    if (!next && !create) return undefined;
    if (!next) node.entries.set(segment, (next = emptyNode()));
    if (next instanceof Blob) throw new OpfsError('failed', segment, new Error('it is a file, not a folder'));
    node = next;
  }
  return node;
}

class MemoryFolder implements Folder {
  private turn: Promise<unknown> = Promise.resolve();

  constructor(
    readonly path: string,
    private readonly node: Node,
  ) {}

  async read(name: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const file = await this.file(name);
    return file && new Uint8Array(await file.arrayBuffer());
  }

  async file(name: string): Promise<Blob | undefined> {
    await this.turn;
    const found = this.entry(name);
    return found instanceof Blob ? found : undefined;
  }

  size(name: string): Promise<number | undefined | 'no file'> {
    const found = this.entry(name);
    return Promise.resolve(found instanceof Blob ? found.size : found && 'no file');
  }

  write(name: string, bytes: Uint8Array): Promise<void> {
    return this.put(name, () => new Blob([new Uint8Array(bytes)]));
  }

  append(name: string, bytes: Uint8Array): Promise<void> {
    const added = new Uint8Array(bytes);
    return this.put(name, (before) => new Blob(before ? [before, added] : [added]));
  }

  list(): Promise<readonly string[]> {
    if (this.node.isGone) return Promise.reject(this.gone());
    return Promise.resolve([...this.node.entries.keys()].sort());
  }

  remove(name: string): Promise<void> {
    return this.inTurn(() => {
      const { folder, last } = this.locate(name, false);
      const found = folder?.entries.get(last);
      folder?.entries.delete(last);
      if (found && !(found instanceof Blob)) bury(found);
    });
  }

  tidy(): Promise<void> {
    return Promise.resolve(); // nothing is ever half-written
  }

  private entry(name: string): Node | Blob | undefined {
    const { folder, last } = this.locate(name, false);
    return folder?.entries.get(last);
  }

  private locate(name: string, create: boolean) {
    const segments = segmentsOf(name);
    const last = segments.pop() ?? '';
    return { folder: walk(this.node, segments, create), last };
  }

  private put(name: string, content: (before: Blob | undefined) => Blob): Promise<void> {
    return this.inTurn(() => {
      if (this.node.isGone) throw this.gone();
      const { folder, last } = this.locate(name, true);
      const before = folder?.entries.get(last);
      if (before && !(before instanceof Blob))
        throw new OpfsError('failed', name, new Error('it is a folder, not a file'));
      folder?.entries.set(last, content(before));
    });
  }

  private inTurn(work: () => void): Promise<void> {
    const result = this.turn.then(work);
    this.turn = result.catch(() => undefined);
    return result;
  }

  private gone(): OpfsError {
    return new OpfsError('gone', this.path, new Error('the folder was removed'));
  }
}

function bury(node: Node): void {
  node.isGone = true;
  for (const entry of node.entries.values()) if (!(entry instanceof Blob)) bury(entry);
  node.entries.clear();
}
