/**
 * The project that a page shows: opened for writing if no other tab has it, else to be looked at until the other one is gone, and then
 * opened anew.
 */
import { lockOnceFree, type WebLock } from '../../../src/platform/web/lock.ts';
import type { OpenedProject } from './calls/projects.ts';
import { openProject, type Project, type SharedHost } from './project.ts';
import { ProjectError } from './project-error.ts';
import type { Projects } from './projects.ts';

/** How long a tab that was just reloaded may take to let go of the project. */
const RELOAD_MS = 1000;

export class Opened {
  private current: { readonly id: string; readonly project: Project } | undefined;
  private held: WebLock | undefined;
  private waiting = new AbortController();

  /** `tell` hears when the project that was only to be looked at may be written. */
  constructor(
    readonly projects: Projects,
    private readonly shared: SharedHost,
    private readonly tell: (opened: OpenedProject) => void,
  ) {}

  /** The open project. Throws `ProjectError` while none is. */
  readonly project = (): Project => {
    if (this.current) return this.current.project;
    throw new ProjectError('No project is open: choose one, or make one.', { kind: 'missing' });
  };

  get id(): string | undefined {
    return this.current?.id;
  }

  /** This tab's lock of the project, if it is the one that is open. */
  lockOf(id: string): WebLock | undefined {
    return this.current?.id === id ? this.held : undefined;
  }

  /** Throws `ProjectError` where the project may only be looked at. */
  checkWritable(): void {
    this.project();
    if (this.held) return;
    throw new ProjectError(
      'This project is open in another tab, and two would write over each other: nothing was changed.',
      { kind: 'read-only' },
    );
  }

  /** Opens a project in place of the one that is open. Throws `ProjectError`; then none is. */
  async open(id: string): Promise<OpenedProject> {
    this.close();
    const name = this.projects.lockName(id);
    const lock = (await this.projects.lock(id)) ?? (await lockOnceFree(name, AbortSignal.timeout(RELOAD_MS)));
    return this.openWith(id, lock).catch((error: unknown) => {
      lock?.release();
      throw error;
    });
  }

  /** Leaves no project open. */
  close(): void {
    this.waiting.abort();
    this.waiting = new AbortController();
    this.held?.release();
    [this.current, this.held] = [undefined, undefined];
  }

  private async openWith(id: string, lock: WebLock | undefined): Promise<OpenedProject> {
    const { projects, shared } = this;
    const { name } = await projects.prepare(id, lock !== undefined);
    const project = await openProject(projects.storage, projects.root(id), shared);
    [this.current, this.held] = [{ id, project }, lock];
    if (lock)
      void project.photos.sweep().catch(() => undefined); // a few files lie about until the next time
    else void this.takeOver(id, this.waiting.signal);
    return { id, name, isReadOnly: lock === undefined, isKept: projects.storage.isKept };
  }

  /** Waits until no other tab has the project, reads it as that one left it, and tells. */
  private async takeOver(id: string, signal: AbortSignal): Promise<void> {
    const lock = await lockOnceFree(this.projects.lockName(id), signal);
    if (!lock) return;
    try {
      this.tell(await this.openWith(id, lock));
    } catch {
      lock.release(); // the other tab removed it: what is shown stays, and every call says so
    }
  }
}
