/** Projects: listed, opened, made, renamed and removed. */
import { sizeBelow } from '../../../../src/platform/web/folder.ts';
import type { Opened } from '../opened.ts';
import { PhotoStore } from '../photo-store.ts';
import { runsOf } from '../project.ts';
import type { ProjectFacts } from '../projects.ts';
import type { Answering } from '../protocol.ts';

/** The project that a page shows. */
export interface OpenedProject {
  readonly id: string;
  readonly name: string;
  /** Another tab writes it: this one may only look. */
  readonly isReadOnly: boolean;
  /** Whether it outlives the tab. */
  readonly isKept: boolean;
}

/** A project as a list shows it. */
export interface ProjectSummary extends ProjectFacts {
  readonly photos: number;
  readonly runs: number;
}

export interface ProjectCalls {
  /** Opens a project, by default the one that was opened last, or a new one. */
  openProject(id?: string): OpenedProject;
  projects(): readonly ProjectSummary[];
  /** The bytes that a project takes; counting takes a moment where there are many photos. */
  projectSize(id: string): number;
  /** Makes a project, to be opened next. */
  createProject(name: string): ProjectFacts;
  renameProject(id: string, name: string): void;
  /** Removes a project with all that is in it; if it is the open one, none is open then. */
  removeProject(id: string): void;
}

export function projectCalls(opened: Opened): Answering<ProjectCalls> {
  const { projects } = opened;
  const countIn = async (id: string) => {
    const { storage } = projects;
    const root = projects.root(id);
    const photos = await storage.find(`${root}/photos`);
    const classes = photos ? (await PhotoStore.open(photos)).set.classes : [];
    return {
      photos: classes.reduce((sum, one) => sum + one.count, 0),
      runs: ((await (await storage.find(runsOf(root)))?.list()) ?? []).length,
    };
  };
  return {
    async openProject(id) {
      const all = await projects.list();
      // Of memory nothing is left after a reload, and an address that names a project of then says nothing.
      const isMeant = id !== undefined && (projects.storage.isKept || all.some((one) => one.id === id));
      if (isMeant) return opened.open(id);
      const last = all.find(({ trouble }) => trouble === undefined);
      return opened.open((last ?? (await projects.create(''))).id);
    },
    async projects() {
      const summaries = [];
      for (const facts of await projects.list()) {
        // What a later version made may be laid out in any way.
        const counts = facts.trouble ? { photos: 0, runs: 0 } : await countIn(facts.id);
        summaries.push({ ...facts, ...counts });
      }
      return summaries;
    },
    projectSize: (id) => sizeBelow(projects.storage, projects.root(id)),
    createProject: (name) => projects.create(name),
    renameProject: (id, name) => projects.rename(id, name, opened.lockOf(id)),
    async removeProject(id) {
      await projects.remove(id, opened.lockOf(id));
      if (opened.id === id) opened.close();
    },
  };
}
