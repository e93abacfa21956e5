// Who may write: a lock that all tabs and workers of an origin share, and that the browser lets go when its holder is gone,
// however that ended.

export interface WebLock {
  /** Lets others have it; a second call does nothing. */
  release(): void;
}

/** The lock of a folder, by its name, for this worker alone; undefined if another one has it. */
export function lockFolder(name: string): Promise<WebLock | undefined> {
  return new Promise((resolve, reject) => {
    navigator.locks
      .request(name, { mode: 'exclusive', ifAvailable: true }, (lock) => {
        if (!lock) return resolve(undefined);
        // The browser holds it for as long as this promise is pending.
        return new Promise<void>((release) => resolve({ release }));
      })
      .catch(reject);
  });
}

/** The same, waiting for whoever has it until `signal` says to give up; then undefined. */
export function lockOnceFree(name: string, signal: AbortSignal): Promise<WebLock | undefined> {
  return new Promise((resolve, reject) => {
    navigator.locks
      .request(
        name,
        { mode: 'exclusive', signal },
        () => new Promise<void>((release) => resolve({ release })),
      )
      .catch((error: unknown) => (signal.aborted ? resolve(undefined) : reject(error)));
  });
}

/** Does `work` while no other tab or worker does work of that name, waiting for them. */
export const inTurn = <T>(name: string, work: () => Promise<T>): Promise<T> =>
  navigator.locks.request(name, work) as Promise<T>; // the DOM's types give a promise of the promise
