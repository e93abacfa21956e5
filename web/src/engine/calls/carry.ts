/** Runs and whole projects on their way out of the browser and in, as zips that the terminal takes once they are unpacked. */
import type { LeftOut } from '../brought.ts';
import type { Opened } from '../opened.ts';
import type { SharedHost } from '../project.ts';
import type { ProjectFacts } from '../projects.ts';
import type { Answering } from '../protocol.ts';
import type { PickedPhoto } from './photos.ts';

/** A file to be saved. It names the storage's own files: it lasts until one of them changes. */
export interface Taken {
  readonly name: string;
  readonly file: Blob;
}

/** A run as a list shows it. */
export interface RunSummary {
  readonly name: string;
  readonly bytes: number;
}

export interface CarryCalls {
  /** The project's runs, the one that was begun first at the top. */
  runs(): readonly RunSummary[];
  /** Removes a run with its models. */
  removeRun(name: string): void;
  /** The last run as a zip of its folder. */
  takeRun(): Taken;
  /** The whole project as a zip: photos by class, and runs. */
  takeProject(): Taken;
  /** What picked or dropped files are: a project or runs to bring in, or something else. */
  whatIs(picked: readonly PickedPhoto[]): 'project' | 'runs' | 'other';
  /** Takes in the runs that are among these files. */
  bringRuns(picked: readonly PickedPhoto[]): { readonly runs: number; readonly leftOut: readonly LeftOut[] };
  /** Makes a project of a file that was taken away, to be opened next. */
  bringProject(picked: readonly PickedPhoto[]): ProjectFacts & { readonly leftOut: readonly LeftOut[] };
}

export interface CarryOptions {
  readonly startIntakeWorker: () => Worker;
  /** Hears how far it is. */
  readonly tell: (done: number, total: number) => void;
}

/** The calls; what does them is loaded with the first, since few visitors carry anything. */
export function carryCalls(opened: Opened, shared: SharedHost, options: CarryOptions): Answering<CarryCalls> {
  let loaded: Promise<Answering<CarryCalls>> | undefined;
  const calls = () =>
    (loaded ??= import('../carry.ts').then(
      ({ carrier }) => carrier(opened, shared, options),
      (error: unknown) => {
        loaded = undefined;
        throw error;
      },
    ));
  return {
    runs: async () => (await calls()).runs(),
    removeRun: async (name) => (await calls()).removeRun(name),
    takeRun: async () => (await calls()).takeRun(),
    takeProject: async () => (await calls()).takeProject(),
    whatIs: async (picked) => (await calls()).whatIs(picked),
    bringRuns: async (picked) => (await calls()).bringRuns(picked),
    bringProject: async (picked) => (await calls()).bringProject(picked),
  };
}
