/**
 * The networks that can be looked into: the one that comes with the site, those that are kept in this browser, the models of its
 * projects' runs, and files that were brought to this page.
 */
import { pickedFiles } from '../../../../src/platform/web/files.ts';
import { sha256 } from '../../../../src/platform/web/host.ts';
import type { FolderStorage } from '../../../../src/platform/web/folder.ts';
import { opfsStore } from '../../../../src/platform/web/run-store.ts';
import type { RunHost } from '../../../../src/run/host.ts';
import { readModelFile } from '../../../../src/run/model/model-file.ts';
import type { NamedWeights } from '../../../../src/run/model/named-weights.ts';
import { parseWeights } from '../../../../src/run/model/weights-file.ts';
import { runFiles } from '../../../../src/run/store/folder.ts';
import { runsOf } from '../../engine/project.ts';
import { Projects } from '../../engine/projects.ts';
import { inOrder } from '../../engine/run-names.ts';
import { SHIPPED } from '../../engine/shipped.ts';
import { WeightsShelf } from '../../engine/weights.ts';
import type { AtHand, Source } from './protocol.ts';

/** A run's id is this and its place. */
const RUN = 'run:';

export class Sources {
  private readonly brought = new Map<string, { readonly source: Source; readonly weights: NamedWeights }>();
  private readonly shelf: WeightsShelf;
  private readonly projects: Projects;

  constructor(private readonly storage: FolderStorage) {
    this.shelf = new WeightsShelf(storage);
    this.projects = new Projects(storage);
  }

  async list(): Promise<readonly Source[]> {
    const known = (await this.shelf.list()).filter(({ place }) => place !== 'server');
    return [
      ...known.map(({ name, note, place }): Source => ({
        ...{ id: name, title: note, kind: place === 'site' ? 'site' : 'kept' },
      })),
      ...(await this.runs()),
      ...Array.from(this.brought.values(), ({ source }) => source),
    ];
  }

  /** The projects that have photos. */
  async withPhotos(): Promise<AtHand['projects']> {
    const found = [];
    for (const { id, name, trouble } of await this.projects.list()) {
      const folder = trouble ? undefined : await this.storage.find(`${this.projects.root(id)}/photos`);
      if (folder && (await folder.list()).length > 1) found.push({ id, name: name || 'a project' });
    }
    return found;
  }

  /** Takes a file in for as long as the page is open. Throws `WeightsError` where it holds no weights. */
  async bring(file: Blob, name: string): Promise<Source> {
    const bytes = new Uint8Array(await file.arrayBuffer());
    const weights = await parseWeights({ bytes, source: name });
    const source: Source = { id: `file:${this.brought.size}`, title: `Your file ${name}`, kind: 'file' };
    this.brought.set(source.id, { source, weights });
    return source;
  }

  /** Throws `RunError` or `WeightsError` where it is not there or cannot be read. */
  async weights(id: string): Promise<NamedWeights> {
    const brought = this.brought.get(id);
    if (brought) return brought.weights;
    if (!id.startsWith(RUN)) {
      const silent = { isQuick: false, signal: new AbortController().signal, onProgress: () => undefined };
      return parseWeights(await this.shelf.find(id, silent));
    }
    const run = id.slice(RUN.length);
    const host: Pick<RunHost, 'files' | 'store' | 'sha256'> = {
      ...{ files: pickedFiles([]), sha256, store: opfsStore(run.replace(/\/[^/]*$/, ''), this.storage) },
    };
    return readModelFile(host, run);
  }

  private async runs(): Promise<readonly Source[]> {
    const found: Source[] = [];
    for (const { id, name, trouble } of await this.projects.list()) {
      if (trouble) continue;
      const root = runsOf(this.projects.root(id));
      const names = (await (await this.storage.find(root))?.list()) ?? [];
      for (const run of inOrder(names, () => 0)) {
        const folder = await this.storage.find(`${root}/${run}`);
        if (typeof (await folder?.size(runFiles.best)) !== 'number') continue;
        const { weights, tune } = settingsIn(await folder?.read(runFiles.config));
        found.push({
          ...{ id: `${RUN}${root}/${run}`, kind: 'run', startedFrom: weights },
          title: `${name || 'Project'}: run ${run}${tune === undefined ? '' : `, trained ${tune}`}`,
        });
      }
    }
    return found;
  }
}

/** What a run began with and what of it was trained, where its settings say so. */
function settingsIn(bytes: Uint8Array | undefined): {
  readonly weights?: string | undefined;
  readonly tune?: string | undefined;
} {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(bytes));
    if (typeof value !== 'object' || value === null) return {};
    const { weights = SHIPPED, tune } = value as { readonly weights?: unknown; readonly tune?: unknown };
    return {
      weights: typeof weights === 'string' ? weights : undefined,
      tune: typeof tune === 'string' ? tune : undefined,
    };
  } catch {
    return {};
  }
}
