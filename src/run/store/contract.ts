/**
 * What every store promises, as stories with their endings: memory, folders and a browser's storage are each held to the same ones.
 * Endings are plain data, so that a worker of a browser can tell its own to a test elsewhere.
 */
import { RunError } from '../errors.ts';
import type { RunFiles, RunReader, RunStore } from './store.ts';

/** A store with no run in it. */
export interface EmptyStore {
  readonly store: RunStore;
  /** Takes a run away, whoever writes it. */
  remove(run: string): Promise<void>;
}

interface Story {
  tell(empty: EmptyStore): Promise<unknown>;
  readonly ending: unknown;
}

const bytesOf = (text: string) => new TextEncoder().encode(text);
const textIn = async (reader: RunReader, name: string) => new TextDecoder().decode(await reader.read(name));
/** What a promise is rejected with: the kind of the problem. */
const refusal = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'none',
    (error: unknown) => (error instanceof RunError ? error.problem.kind : 'another error'),
  );

async function begin(store: RunStore, name: string): Promise<RunFiles> {
  const run = store.place(name);
  await store.make(run);
  return store.lock(run);
}

export const contract: Readonly<Record<string, Story>> = {
  'writes, replaces, extends, lists and removes files': {
    async tell({ store }) {
      const files = await begin(store, 'run');
      await files.write('config.json', bytesOf('{"long": true}'));
      await files.write('config.json', bytesOf('{}'));
      await files.append('history.csv', bytesOf('one\n'));
      await files.append('history.csv', bytesOf('two\n'));
      await files.append('tensorboard/events', bytesOf('abc'));
      await files.write('gone', bytesOf('…'));
      await files.remove('gone');
      await files.remove('never-was');
      const told = {
        list: [...(await files.list())].sort(),
        config: await textIn(files, 'config.json'),
        history: await textIn(files, 'history.csv'),
        events: await textIn(files, 'tensorboard/events'),
        sizes: await Promise.all(['history.csv', 'gone', 'tensorboard'].map((name) => files.size(name))),
        missing: await refusal(files.read('gone')),
      };
      await files.close();
      return told;
    },
    ending: {
      ...{ list: ['config.json', 'history.csv', 'tensorboard'], config: '{}', history: 'one\ntwo\n' },
      ...{ events: 'abc', sizes: [8, undefined, 'no file'], missing: 'another error' },
    },
  },

  'keeps bytes of its own': {
    async tell({ store }) {
      const files = await begin(store, 'run');
      const bytes = bytesOf('before');
      await files.write('a', bytes);
      bytes.fill(0);
      (await files.read('a')).fill(0);
      const text = await textIn(files, 'a');
      await files.close();
      return text;
    },
    ending: 'before',
  },

  'makes a run once, also where many ask': {
    async tell({ store }) {
      const run = store.place('run');
      const made = await Promise.all([1, 2, 3].map(() => store.make(run)));
      return made.filter(Boolean).length;
    },
    ending: 1,
  },

  'lets one write at a time, and anybody read': {
    async tell({ store }) {
      const none = await refusal(store.lock(store.place('none')));
      const files = await begin(store, 'run');
      const busy = await refusal(store.lock(files.run));
      const reader = await store.look(files.run);
      await files.write('a', bytesOf('later'));
      const seen = reader && (await textIn(reader, 'a'));
      await files.close();
      const again = await store.lock(files.run);
      await again.close();
      return { none, busy, seen, isThere: (await store.look(files.run)) !== undefined };
    },
    ending: { none: 'no-run', busy: 'busy', seen: 'later', isThere: true },
  },

  'takes an empty run away where it is discarded, and leaves it where it is closed': {
    async tell({ store }) {
      const files = await begin(store, 'run');
      await files.discard();
      const [found, isFree] = [await store.look(files.run), await store.make(files.run)];
      await (await store.lock(files.run)).close();
      return { found, isFree, again: await store.make(files.run) };
    },
    ending: { found: undefined, isFree: true, again: false },
  },

  'makes no run anew that was removed while it was written': {
    async tell({ store, remove }) {
      const files = await begin(store, 'run');
      await files.write('a', bytesOf('a'));
      const reader = await store.look(files.run);
      await remove(files.run);
      const refusals = [
        await refusal(files.write('a', bytesOf('b'))),
        await refusal(files.append('tensorboard/events', bytesOf('b'))),
        await refusal(files.remove('a')),
      ];
      const size = await reader?.size('a');
      await files.close();
      return { refusals, size, there: await store.look(files.run) };
    },
    ending: { refusals: ['gone', 'gone', 'none'], size: undefined, there: undefined },
  },
};
