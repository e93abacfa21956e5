/** Runs and projects, taken away as files and brought in again; and the project's runs, removed to make room. */
import { signal } from '@preact/signals';
import { plural } from '../../../../src/format.ts';
import type { LeftOut } from '../../engine/brought.ts';
import type { RunSummary } from '../../engine/calls/carry.ts';
import type { PickedPhoto } from '../../engine/calls/photos.ts';
import { isPhotoName } from '../../engine/photos/formats.ts';
import { asking, fail } from './asking.ts';
import { engine } from './engine.ts';
import { addPhotos } from './photos.ts';
import { project } from './project.ts';
import { listProjects, show } from './projects.ts';
import { showRun } from './run.ts';
import { pickPlace, saveFile, writeTo } from './save.ts';
import { measureStorage } from './storage.ts';

/** The runs of the project, with their sizes. */
export const runs = signal<readonly RunSummary[]>([]);
/** How the last bringing in ended, and what was left out of it. */
export const brought = signal<{ readonly text: string; readonly leftOut: readonly LeftOut[] } | undefined>(
  undefined,
);

export async function takeRun(): Promise<void> {
  const taken = await asking('Packing the run', () => engine.takeRun());
  if (taken) saveFile(taken);
}

/** Saves the whole project as a file, which may be far larger than memory. */
export async function takeProject(): Promise<void> {
  const place = await pickPlace(`${project.value?.name ?? 'project'}.graft.zip`);
  if (place === 'closed') return;
  await asking('Packing the project', async () => {
    const taken = await engine.takeProject();
    if (place) await writeTo(place, taken.file);
    else saveFile(taken);
  });
}

/** Takes in what a visitor drops among the photos or chooses there: photos, or a run or project that was taken away. */
export const takeIn = (given: Promise<readonly PickedPhoto[]>): Promise<void> =>
  addPhotos(
    given.then(async (picked) => (mayBeCarried(picked) && (await bringIfCarried(picked)) ? [] : picked)),
  );

/** By names alone: thousands of photos need not be asked about. A run has a picture of its own. */
const mayBeCarried = (picked: readonly PickedPhoto[]): boolean =>
  (picked.length === 1 && /\.zip$/i.test(picked[0]?.path ?? '')) ||
  (picked.some(({ path }) => path.endsWith('.safetensors')) &&
    !picked.some(({ path }) => isPhotoName(path) && !path.endsWith('batch.png')));

/** Takes in what a visitor chose as a project's or run's file or folder. */
export async function bring(given: Promise<readonly PickedPhoto[]>): Promise<void> {
  await asking('Opening', async () => {
    const picked = await given;
    if (picked.length > 0 && !(await bringIfCarried(picked))) await bringRuns(picked); // which says what is missing
  });
}

/** Takes in a project or runs if that is what was picked; false where it is something else. Rejects where it cannot be read. */
async function bringIfCarried(picked: readonly PickedPhoto[]): Promise<boolean> {
  const what = await engine.whatIs(picked);
  if (what === 'project') await bringProject(picked);
  if (what === 'runs') await bringRuns(picked);
  return what !== 'other';
}

async function bringRuns(picked: readonly PickedPhoto[]): Promise<void> {
  const { runs: count, leftOut } = await engine.bringRuns(picked);
  await showRun(await engine.run());
  brought.value = { text: `${plural(count, 'run')} taken in.`, leftOut };
  await Promise.all([listRuns(), listProjects()]);
}

async function bringProject(picked: readonly PickedPhoto[]): Promise<void> {
  const { id, name, leftOut } = await engine.bringProject(picked);
  if (leftOut.length === 0) return show(id);
  brought.value = { text: `The project “${name}” was taken in.`, leftOut }; // to be read before it is opened
}

export async function listRuns(): Promise<void> {
  runs.value = await engine.runs().catch(() => []);
  await measureStorage();
}

/** Removes a run of the project, and shows the one before it. */
export async function removeRun(name: string): Promise<void> {
  const isDone = await asking('Removing the run', async () => {
    await engine.removeRun(name);
    return true;
  });
  await Promise.all([listRuns(), listProjects()]);
  if (isDone) await showRun(await engine.run().catch((error: unknown) => void fail(error)));
}
