/**
 * Which calls change the open project: where another tab writes it they are refused. The table is complete by its type, so that no call
 * is forgotten.
 */
import type { Opened } from './opened.ts';
import type { Answering, EngineCalls } from './protocol.ts';

const changesProject: Readonly<Record<keyof EngineCalls, boolean>> = {
  ...{ openProject: false, projects: false, projectSize: false },
  // These take the lock of the project that they are about.
  ...{ createProject: false, renameProject: false, removeProject: false },
  ...{ photos: false, photosOf: false, photoWith: false, photo: false, thumbnails: false },
  ...{ offerPhotos: true, addPhotos: true, cancelAdding: false, removePhotos: true, movePhotos: true },
  ...{ markPhotos: true, undoPhotos: true, forgetPhotos: true },
  ...{ makeClass: true, removeClass: true, renameClass: true },
  ...{ adapter: false, run: false, stop: false, hold: false, train: true },
  ...{ predict: false, take: false, see: false, endLive: false, programs: false },
  // Answers that were not kept are kept once they are made.
  ...{ answers: false, judge: true, looked: false },
  ...{ choices: false, keepChoices: true },
  ...{ settings: false, plan: false, speed: false },
  ...{ runs: false, removeRun: true, takeRun: false, takeProject: false },
  ...{ whatIs: false, bringRuns: true, bringProject: false },
  // Networks are kept for all projects.
  ...{ networks: false, addNetwork: false, forgetNetwork: false },
  ...{ fetchNetwork: false, cancelFetching: false },
};

/**
 * The same calls; those that change the open project reject with `ProjectError` where it may only be looked at. While a project is being
 * opened all others wait: what is dropped on a page that has hardly appeared belongs into it.
 */
export function withAccess(calls: Answering<EngineCalls>, opened: Opened): Answering<EngineCalls> {
  let opening: Promise<unknown> = Promise.resolve();
  const openProject: EngineCallOf<'openProject'> = (id) => {
    const answer = calls.openProject(id);
    opening = answer.catch(() => undefined); // told where it was asked for
    return answer;
  };
  const guarded = Object.entries(calls).map(([name, call]) => [
    name,
    async (...args: readonly never[]) => {
      await opening;
      if (changesProject[name as keyof EngineCalls]) opened.checkWritable();
      return (call as (...args: readonly never[]) => unknown)(...args);
    },
  ]);
  return { ...(Object.fromEntries(guarded) as Answering<EngineCalls>), openProject };
}

type EngineCallOf<Name extends keyof EngineCalls> = Answering<EngineCalls>[Name];
