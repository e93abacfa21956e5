/** How runs and projects are packed and unpacked; loaded where the first one is. */
import { messageOf } from '../../../src/format.ts';
import { OpfsError } from '../../../src/platform/web/opfs.ts';
import { sizeBelow, type FolderStorage } from '../../../src/platform/web/folder.ts';
import {
  broughtFiles,
  isRefusal,
  keepRun,
  ownName,
  runsAmong,
  type BroughtFile,
  type LeftOut,
} from './brought.ts';
import { forgetLog } from './kept-log.ts';
import type { CarryCalls, CarryOptions } from './calls/carry.ts';
import type { Opened } from './opened.ts';
import { ProjectError } from './project-error.ts';
import { projectName } from './project-file.ts';
import { openProject, runsOf, type Project, type SharedHost } from './project.ts';
import { addPhotos } from './photos/adding.ts';
import { inOrder, runNames } from './run-names.ts';
import type { Answering } from './protocol.ts';
import { zipped, type FileToZip } from './zip-writer.ts';
import type { PickedPhoto } from './calls/photos.ts';
import { latestRun } from './calls/runs.ts';

export function carrier(opened: Opened, shared: SharedHost, options: CarryOptions): Answering<CarryCalls> {
  const { tell } = options;
  const { projects, project } = opened;
  const zip = async (files: AsyncIterable<FileToZip>, total: number) =>
    zipped(files, { onProgress: (done) => tell(done, total) });
  return {
    async runs() {
      const { storage, root } = project();
      return Promise.all(
        (await runNames(project())).map(async (name) => ({
          name,
          bytes: await sizeBelow(storage, `${runsOf(root)}/${name}`),
        })),
      );
    },
    async removeRun(name) {
      const { storage, root, host } = project();
      const run = await host.store.lock(host.store.place(name)); // nobody writes it
      try {
        await storage.remove(`${runsOf(root)}/${name}`);
        await forgetLog({ storage, root }, name);
      } finally {
        await run.close();
      }
    },
    async takeRun() {
      const { storage } = project();
      const path = (await latestRun(project()))?.name;
      const name = path?.split('/').at(-1);
      if (path === undefined || name === undefined) throw new Error('There is no run yet.');
      const file = await zip(filesBelow(storage, path, name), await sizeBelow(storage, path));
      return { name: `${name}.zip`, file };
    },
    async takeProject() {
      const { name } = await projects.facts(opened.id ?? '');
      const folder = fileName(name);
      const total = await sizeBelow(projects.storage, project().root);
      return { name: `${folder}.graft.zip`, file: await zip(filesOf(project(), name, folder), total) };
    },
    async whatIs(picked) {
      if (!picked.some(({ path }) => /\.(zip|safetensors)$/i.test(path))) return 'other';
      const files = await broughtFiles(picked);
      if (projectIn(files)) return 'project';
      return runsAmong(files).length > 0 ? 'runs' : 'other';
    },
    async bringRuns(picked) {
      const found = runsAmong(await broughtFiles(picked));
      if (found.length === 0)
        throw new ProjectError(
          'There is no run in it: a run is a folder that holds best.safetensors or last.safetensors.',
          { kind: 'refused' },
        );
      const { host, photos } = project();
      const leftOut: LeftOut[] = [];
      for (const [i, run] of found.entries()) {
        tell(i, found.length);
        try {
          await photos.remember(await keepRun(host, run, await ownName(host.store, run)));
        } catch (error) {
          if (!isRefusal(error) || found.length === 1) throw error;
          leftOut.push({ path: run.folder, reason: messageOf(error) });
        }
      }
      return { runs: found.length - leftOut.length, leftOut };
    },
    async bringProject(picked) {
      const files = await broughtFiles(picked);
      const top = projectIn(files);
      if (!top)
        throw new ProjectError('This is no project’s file: it holds no project.json.', { kind: 'refused' });
      const about = await aboutIn(top.file);
      const made = await projects.create(about.name);
      const lock = await projects.lock(made.id); // no tab opens it before all is there
      try {
        const inside = files.flatMap((file) =>
          file.path.startsWith(top.folder) ? [{ ...file, path: file.path.slice(top.folder.length) }] : [],
        );
        const project = await openProject(projects.storage, projects.root(made.id), shared);
        return { ...made, leftOut: await fill(project, inside, about, options) };
      } catch (error) {
        await projects.remove(made.id, lock).catch(() => undefined);
        throw error;
      } finally {
        lock?.release();
      }
    },
  };
}

const PROJECT_FILE = 'project.json';
/** The version of the layout of a project's archive. */
const ARCHIVE = 1;
const PHOTOS = 'photos/';
const RUNS = /^runs\/([^/]+)$/;
const LARGEST_PHOTO = 512 * 2 ** 20;

/** A project's own file among these, and the folder that it stands in, which ends in a slash or is none. */
function projectIn(files: readonly BroughtFile[]) {
  const file = files.find(({ path }) => /^([^/]+\/)?project\.json$/.test(path));
  return file && { file, folder: file.path.slice(0, -PROJECT_FILE.length) };
}

/** What a project's archive says of it. */
interface About {
  readonly name: string;
  /** By run, what classes are called now by what they were called when it began. */
  readonly renamed: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Its runs in the order in which they were begun; early versions of the site did not say. */
  readonly runs: readonly unknown[];
}

async function aboutIn(file: BroughtFile): Promise<About> {
  try {
    if (file.size > 2 ** 20) throw new Error('it is too large');
    const { archive, name, renamed, runs } = JSON.parse(await (await file.read()).text()) as Record<
      string,
      unknown
    >;
    if (typeof archive !== 'number' || archive < 1) throw new Error('it is not that of a project');
    if (archive > ARCHIVE)
      throw new Error('it is of a later version of this site: reload the page to get it');
    const names = typeof renamed === 'object' && renamed !== null ? renamed : {};
    return {
      name: projectName(typeof name === 'string' ? name : ''),
      renamed: names as About['renamed'],
      runs: Array.isArray(runs) ? runs : [],
    };
  } catch (error) {
    throw new ProjectError(`The project cannot be opened. Of its project.json: ${messageOf(error)}.`, {
      kind: 'refused',
    });
  }
}

/** Puts photos and runs into a new project. Throws `OpfsError` where there is no room for all. */
async function fill(
  project: Project,
  files: readonly BroughtFile[],
  about: About,
  { startIntakeWorker: startWorker, tell }: CarryOptions,
): Promise<readonly LeftOut[]> {
  const leftOut: LeftOut[] = [];
  const photos: PickedPhoto[] = [];
  for (const { path, size, read } of files) {
    if (!path.startsWith(PHOTOS)) continue;
    try {
      if (size > LARGEST_PHOTO) throw new ProjectError('is too large for a photo', { kind: 'refused' });
      photos.push({ path: path.slice(PHOTOS.length), file: await read() });
    } catch (error) {
      if (!isRefusal(error)) throw error;
      leftOut.push({ path, reason: messageOf(error) });
    }
  }
  const report = await addPhotos(project.photos, photos, {
    ...{ startWorker, signal: new AbortController().signal, isOpen: () => true },
    tell: ({ done, total }) => tell(done, total),
  });
  if (report.stopped) throw new OpfsError('full', 'The project', new Error(report.stopped.message));
  leftOut.push(...report.leftOut);
  const runs = new Map(runsAmong(files).map((run) => [RUNS.exec(run.folder)?.[1] ?? '', run]));
  for (const name of inOrder([...runs.keys()], (name) => about.runs.indexOf(name))) {
    const run = runs.get(name);
    if (name === '' || !run) continue; // it stands among the photos
    try {
      const kept = await keepRun(project.host, run, name);
      await project.photos.remember(kept, about.renamed[name]);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      leftOut.push({ path: run.folder, reason: messageOf(error) });
    }
  }
  return leftOut;
}

/** A project's files as an archive has them: what a terminal finds once it is unpacked. */
async function* filesOf(project: Project, name: string, folder: string): AsyncGenerator<FileToZip> {
  const renamed = Object.entries(project.photos.set.renamed).map(([run, names]) => [
    run.split('/').at(-1),
    names,
  ]);
  const about = JSON.stringify(
    {
      ...{ archive: ARCHIVE, name, renamed: Object.fromEntries(renamed) as unknown },
      runs: await runNames(project),
    },
    null,
    2,
  );
  yield { name: `${folder}/${PROJECT_FILE}`, content: new Blob([`${about}\n`]) };
  for (const [path, file] of project.photos.entries)
    yield { name: `${folder}/${path.split('/').map(inArchive).join('/')}`, content: await file() };
  yield* filesBelow(project.storage, runsOf(project.root), `${folder}/runs`);
}

async function* filesBelow(storage: FolderStorage, path: string, prefix: string): AsyncGenerator<FileToZip> {
  const folder = await storage.find(path);
  for (const name of (await folder?.list()) ?? []) {
    const content = (await folder?.size(name)) === 'no file' ? undefined : await folder?.file(name);
    if (content) yield { name: `${prefix}/${name}`, content };
    else yield* filesBelow(storage, `${path}/${name}`, `${prefix}/${name}`);
  }
}

/** A part of a path, such that no program that unpacks it is led elsewhere. */
const inArchive = (part: string): string => (/^\.*$/.test(part) ? `_${part}` : part.replaceAll('\\', '_'));

/** A name as file systems take it. */
function fileName(name: string): string {
  const plain = name.replace(/[\\/:*?"<>|\p{Cc}]/gu, '-').replace(/^[. ]+|[. ]+$/g, '');
  return plain === '' ? 'project' : plain;
}
