/** What a project says about itself, `project.json` in its folder. */
import { messageOf } from '../../../src/format.ts';
import type { Folder } from '../../../src/platform/web/folder.ts';
import { ProjectError } from './project-error.ts';

export interface ProjectFile {
  /** Of the layout of the project's folder; 0 was before there were projects. */
  readonly version: number;
  readonly name: string;
  /** In milliseconds since 1970. */
  readonly created: number;
  /** When it was opened last. */
  readonly opened: number;
  /** Its folder is being removed: what is left of it is no project any more. */
  readonly isGone?: boolean;
}

const FILE = 'project.json';
const LONGEST_NAME = 100;

/**
 * Reads a project's file; of a folder without one the file of version 0. Of a later version of the site only what it is called is
 * believed. Throws `ProjectError` for one that is damaged.
 */
export async function readProjectFile(folder: Folder | undefined): Promise<ProjectFile> {
  const bytes = await folder?.read(FILE);
  if (!bytes) return { version: 0, name: 'My photos', created: 0, opened: 0 };
  try {
    return parsed(JSON.parse(new TextDecoder().decode(bytes)));
  } catch (error) {
    throw new ProjectError(`${folder?.path}/${FILE} is damaged: ${messageOf(error)}.`, { kind: 'damaged' });
  }
}

function parsed(value: unknown): ProjectFile {
  const { version, name, created, opened, isGone } = (value ?? {}) as Record<string, unknown>;
  if (typeof version !== 'number' || !Number.isInteger(version) || version < 1)
    throw new Error('it names no version');
  const time = (of: unknown) => (typeof of === 'number' && Number.isFinite(of) ? of : 0);
  return {
    version,
    name: projectName(typeof name === 'string' ? name : ''),
    ...{ created: time(created), opened: time(opened), isGone: isGone === true },
  };
}

export const writeProjectFile = (folder: Folder, file: ProjectFile): Promise<void> =>
  folder.write(FILE, new TextEncoder().encode(`${JSON.stringify(file, null, 2)}\n`));

/** What somebody calls a project, as it is kept: without what nobody can type. */
export function projectName(wanted: string): string {
  const plain = wanted.replace(/[\p{Cc}\p{Cf}]/gu, '').trim();
  return plain === '' ? 'My photos' : [...plain].slice(0, LONGEST_NAME).join('');
}
