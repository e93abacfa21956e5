// The examples of graft/web in a worker, with the files that those of graft/node have.
import * as web from '../../src/api/web.ts';
import { answer } from './worker.ts';

const fetched = async (path: string): Promise<Blob> => (await fetch(`/${path}`)).blob();

answer({
  /** Runs an example that may read photos below `photos`, named by their paths; gives what it found of each value and what it should be. */
  async run(code: string, paths: readonly string[]): Promise<[unknown, unknown][]> {
    const checked: [unknown, unknown][] = [];
    const check = (actual: unknown, expected: unknown) => void checked.push([actual, expected]);
    const photo = new File([await fetched('pizza.png')], 'pizza.png');
    const photos = await Promise.all(paths.map(async (path) => [path, await fetched(path)] as const));
    const scope = { ...web, check, photo, photos };
    const { constructor: AsyncFunction } = Object.getPrototypeOf(async () => undefined) as {
      constructor: new (...parts: readonly string[]) => (...values: unknown[]) => Promise<void>;
    };
    await new AsyncFunction(...Object.keys(scope), code)(...Object.values(scope));
    return checked;
  },
});
