/**
 * The projects of a page: each a folder of the storage with its photos, its runs and a file about it. One tab writes a project at a
 * time, which is decided by a lock that lasts as long as the tab's worker.
 */
import type { Folder, FolderStorage } from '../../../src/platform/web/folder.ts';
import { lockFolder, type WebLock } from '../../../src/platform/web/lock.ts';
import { EARLIER, FIRST, hasEarlier, migrations, PROJECT_VERSION } from './migrations.ts';
import { ProjectError } from './project-error.ts';
import { projectName, readProjectFile, writeProjectFile, type ProjectFile } from './project-file.ts';
import { PROJECTS } from './storage.ts';

/** A project as lists name it. */
export interface ProjectFacts extends Pick<ProjectFile, 'name' | 'created' | 'opened'> {
  /** Names it in addresses. */
  readonly id: string;
  /** Why it cannot be opened. */
  readonly trouble?: 'newer' | 'damaged' | undefined;
}

export class Projects {
  constructor(readonly storage: FolderStorage) {}

  /** The folder of a project. */
  root(id: string): string {
    return `${PROJECTS}/${id}`;
  }

  /** All projects, the one that was opened last first. What is left of one that was being removed is removed. */
  async list(): Promise<readonly ProjectFacts[]> {
    const folder = await this.storage.make(PROJECTS);
    const ids = new Set((await folder.list()).filter(isId));
    if (await hasEarlier(this.storage)) ids.add(FIRST);
    const found: ProjectFacts[] = [];
    for (const id of ids) {
      const facts = await this.listed(id);
      if (facts) found.push(facts);
    }
    return found.sort((a, b) => b.opened - a.opened || b.created - a.created);
  }

  /** A project by its identifier. Throws `ProjectError` where there is none of this version. */
  async facts(id: string): Promise<ProjectFacts> {
    return { id, ...(await this.existing(id)).file };
  }

  /** Makes a project; the name is what somebody typed. */
  async create(name: string): Promise<ProjectFacts> {
    const id = crypto.randomUUID().slice(0, 8);
    const now = Date.now();
    const file = { version: PROJECT_VERSION, name: projectName(name), created: now, opened: now };
    await writeProjectFile(await this.storage.make(this.root(id)), file);
    return { id, ...file };
  }

  /** Gives a project another name. Throws `ProjectError` as `alone` does, and where this site cannot change it. */
  rename(id: string, name: string, lock?: WebLock): Promise<void> {
    return this.alone(id, lock, async () => {
      const { folder, file } = await this.existing(id);
      await writeProjectFile(folder, { ...file, name: projectName(name) });
    });
  }

  /** Removes a project with its photos and runs. Throws `ProjectError` as `alone` does. */
  remove(id: string, lock?: WebLock): Promise<void> {
    return this.alone(id, lock, async () => {
      const folder = await this.storage.find(checkedRoot(id));
      // Removing takes a while: if it is cut off, the rest is removed when projects are listed next.
      if (folder) await writeProjectFile(folder, GONE).catch(() => undefined);
      await this.storage.remove(this.root(id));
      if (id === FIRST) for (const name of EARLIER) await this.storage.remove(name);
    });
  }

  /**
   * Prepares a project to be opened and notes when: with the lock it becomes one of this version, without it is left as it is. Throws
   * `ProjectError`.
   */
  async prepare(id: string, isLocked: boolean): Promise<ProjectFacts> {
    const { folder, file } = await this.existing(id);
    if (!isLocked) {
      if (file.version === PROJECT_VERSION) return { id, ...file };
      throw new ProjectError('Another tab is bringing this project up to date. Try again in a moment.', {
        kind: 'busy',
      });
    }
    for (let version = file.version; version < PROJECT_VERSION; version++)
      await migrations[version]?.(this.storage, this.root(id));
    const opened = { ...file, version: PROJECT_VERSION, opened: Date.now() };
    // A full disk keeps nobody from what is there, unless the layout changed.
    await writeProjectFile(folder, opened).catch((error: unknown) => {
      if (file.version !== PROJECT_VERSION) throw error;
    });
    return { id, ...opened };
  }

  /** Works on a project while no tab has it open, or this one by `lock`. Throws `ProjectError` where another has it. */
  private async alone(id: string, lock: WebLock | undefined, work: () => Promise<void>): Promise<void> {
    const own = lock ?? (await this.lock(id));
    if (!own) throw new ProjectError('This project is open in another tab.', { kind: 'busy' });
    try {
      await work();
    } finally {
      if (!lock) own.release();
    }
  }

  /** The right to write a project; undefined where another tab has it. */
  lock(id: string): Promise<WebLock | undefined> {
    return lockFolder(this.lockName(id));
  }

  lockName(id: string): string {
    return `graft:project:${id}`;
  }

  private async listed(id: string): Promise<ProjectFacts | undefined> {
    try {
      const file = await readProjectFile(await this.storage.find(this.root(id)));
      if (!file.isGone) return { id, ...file, trouble: file.version > PROJECT_VERSION ? 'newer' : undefined };
      const lock = await this.lock(id);
      if (lock) await this.storage.remove(this.root(id)).finally(() => lock.release());
      return undefined;
    } catch (error) {
      if (!(error instanceof ProjectError)) throw error;
      return { id, name: id, created: 0, opened: 0, trouble: 'damaged' };
    }
  }

  private async existing(id: string): Promise<{ readonly folder: Folder; readonly file: ProjectFile }> {
    const root = checkedRoot(id);
    const isEarlier = id === FIRST && (await hasEarlier(this.storage));
    const folder = isEarlier ? await this.storage.make(root) : await this.storage.find(root);
    const file = folder && (await readProjectFile(folder));
    if (!folder || !file || file.isGone)
      throw new ProjectError('There is no such project in this browser: it was removed, or made elsewhere.', {
        kind: 'missing',
      });
    if (file.version > PROJECT_VERSION)
      throw new ProjectError(
        `The project “${file.name}” was made by a later version of this site (${file.version}; this one knows ${PROJECT_VERSION}). It is left as it is: reload the page to get the later version.`,
        { kind: 'newer', version: file.version },
      );
    return { folder, file };
  }
}

const GONE: ProjectFile = { version: PROJECT_VERSION, name: '', created: 0, opened: 0, isGone: true };

/** Identifiers come from addresses, which anybody can write. */
const isId = (text: string): boolean => /^[\w-]{1,64}$/.test(text);

function checkedRoot(id: string): string {
  if (!isId(id)) throw new ProjectError('This address names no project.', { kind: 'missing' });
  return `${PROJECTS}/${id}`;
}
