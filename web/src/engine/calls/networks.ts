/** Networks to start from: listed, dropped, fetched and forgotten. */
import type { Answering } from '../protocol.ts';
import type { KnownNetwork, WeightsShelf } from '../weights.ts';
import type { PageEvent } from './runs.ts';

export interface NetworkCalls {
  networks(): readonly KnownNetwork[];
  /** Keeps a file of weights; rejects with what is wrong with it. Returns its name, as `networks` has it. */
  addNetwork(file: Blob, fileName: string): string;
  /** Fetches a network of the catalogue once; its progress is told. Nothing is kept of one that is cancelled. */
  fetchNetwork(name: string): void;
  cancelFetching(): void;
  forgetNetwork(name: string): void;
}

export function networkCalls(shelf: WeightsShelf, tell: (event: PageEvent) => void): Answering<NetworkCalls> {
  let fetching: AbortController | undefined;
  return {
    networks: () => shelf.list(),
    addNetwork: (file, fileName) => shelf.add(file, fileName),
    async fetchNetwork(name) {
      const onProgress = (bytes: number, total: number) =>
        tell({ kind: 'downloading', what: name, bytes, total });
      const { signal } = (fetching = new AbortController());
      try {
        await shelf.fetch(name, { signal, onProgress });
      } catch (error) {
        if (!signal.aborted) throw error;
      }
    },
    cancelFetching() {
      fetching?.abort();
      return Promise.resolve();
    },
    forgetNetwork: (name) => shelf.remove(name),
  };
}
