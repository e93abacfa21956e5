/**
 * All projects, and the way from one to the next. Which one a tab shows stands in its address, so that a reload and the back button find
 * it and two tabs may show two; another one is a page opened anew.
 */
import { signal } from '@preact/signals';
import type { ProjectSummary } from '../../engine/calls/projects.ts';
import { asking } from './asking.ts';
import { engine, onEngineEvent } from './engine.ts';
import { project } from './project.ts';
import { begin } from './run.ts';

export const projects = signal<readonly ProjectSummary[]>([]);
/** Bytes by project, as far as they are counted. */
export const sizes = signal<ReadonlyMap<string, number>>(new Map());
/** Whether the list of projects is shown. */
export const isMenuOpen = signal(false);

const addressOf = (id: string): string => `#project=${id}`;
const addressed = (): string | undefined => /^#project=(.+)$/.exec(location.hash)?.[1];

/** Opens the project of the address, or the one that was opened last. */
export async function start(): Promise<void> {
  addEventListener('hashchange', () => location.reload());
  await open(addressed());
}

async function open(id: string | undefined): Promise<void> {
  project.value = await asking('Opening', () => engine.openProject(id));
  if (!project.value) return;
  if (project.value.isKept) history.replaceState(null, '', addressOf(project.value.id));
  await begin();
}

/** Shows another project, by default the one that was opened last. */
export async function show(id?: string): Promise<void> {
  // What is only in memory would not outlive opening the page anew.
  if (project.value?.isKept === false) return open(id);
  const address = id === undefined ? '' : addressOf(id);
  if (location.hash === address) location.reload();
  else location.hash = address; // which reloads, as it does by the back button
}

/** Reads the list anew, and counts sizes one after the other. */
export async function listProjects(): Promise<void> {
  projects.value = await engine.projects().catch(() => projects.value);
  for (const { id } of projects.value) {
    const size = await engine.projectSize(id).catch(() => undefined);
    if (size !== undefined) sizes.value = new Map(sizes.value).set(id, size);
  }
}

export async function createProject(name: string): Promise<void> {
  const made = await asking('Making a project', () => engine.createProject(name));
  if (made) await show(made.id);
}

export async function renameProject(id: string, name: string): Promise<void> {
  await asking('Renaming', () => engine.renameProject(id, name));
  await listProjects();
  const renamed = projects.value.find((one) => one.id === id);
  if (project.value?.id === id && renamed) project.value = { ...project.value, name: renamed.name };
}

export async function removeProject(id: string): Promise<void> {
  const isDone = await asking('Removing the project', async () => {
    await engine.removeProject(id);
    return true;
  });
  if (isDone && project.value?.id === id) await show();
  else await listProjects();
}

onEngineEvent((event) => {
  if (event.kind !== 'project') return;
  project.value = event.project; // the other tab is gone
  void begin();
});
