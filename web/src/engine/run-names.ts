/** Which run was begun before which: a run may be called anything, since one that is brought in keeps its name. */
import { runsOf, type Project } from './project.ts';

/** The names of a project's runs, the one that was begun or taken in first at the beginning. */
export async function runNames({ storage, root, photos, host }: Project): Promise<readonly string[]> {
  const names = (await (await storage.find(runsOf(root)))?.list()) ?? [];
  const known = photos.begun;
  return inOrder(names, (name) => known.indexOf(host.store.place(name)));
}

/** Sorts runs by where they stood; those of which nobody knows come first, by the numbers that graft gives: train, train-2, … */
export function inOrder(names: readonly string[], standing: (name: string) => number): readonly string[] {
  const number = (name: string) => Number(/\d+$/.exec(name)?.[0] ?? 1);
  return [...names].sort((a, b) => standing(a) - standing(b) || number(a) - number(b));
}
