/** What a run is called if nobody names it: after its photos, `photos`, `photos-2`, … */
import { partNamed } from '../../data/parts.ts';
import { printable } from '../../format.ts';
import { RunError } from '../errors.ts';
import type { RunStore } from './store.ts';

/** Of runs whose photos have no name. */
const PLAIN = 'train';
/** Of the run on the drawings that come with graft. */
const DRAWINGS = 'emoji';
const LONGEST = 60;

/** The name for a run on the photos in a folder, by its path; null is for the drawings that come with graft. */
export function nameAfter(data: string | null): string {
  if (data === null) return DRAWINGS;
  const folders = data.split(/[/\\]/).filter((part) => part !== '' && part !== '.');
  const name = folders.findLast((part) => partNamed(part) === undefined) ?? '';
  const plain = printable(name.normalize('NFC')).replace(/^[.\s]+/, '');
  const short = [...plain].slice(0, LONGEST).join('').trim();
  return problemOf(short) === undefined ? short : PLAIN;
}

/** Throws `RunError` for what cannot be the name of a run. */
export function checkName(name: string): void {
  const problem = problemOf(name);
  if (problem)
    throw new RunError(`The name ${printable(JSON.stringify(name))} ${problem}.`, { kind: 'bad-name', name });
}

function problemOf(name: string): string | undefined {
  if (name.trim() === '') return 'is empty';
  if (/[/\\]/.test(name)) return 'is a path';
  if (printable(name) !== name) return 'holds characters that cannot be typed';
  if (name.startsWith('.')) return 'begins with a dot, which would hide the folder';
  return new TextEncoder().encode(name).length > 200 ? 'is too long for a folder' : undefined;
}

/** Makes the first of NAME, NAME-2, NAME-3, … that is not there; making it is what claims it. */
export async function makeNext(store: RunStore, name = PLAIN): Promise<string> {
  for (let number = 1; ; number++) {
    const run = store.place(number === 1 ? name : `${name}-${number}`);
    if (await store.make(run)) return run;
  }
}
