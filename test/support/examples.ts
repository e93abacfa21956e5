/** Where the examples of doc comments run: what they see, and the files that those of `graft/node` and `graft/web` read. */
import { cp, mkdir, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { expect } from 'vitest';
import { placeOf, type Api, type Entry } from '../../docs/api/exports.ts';
import { animalOrFood } from '../../src/data/index.ts';
import { openEmojiSet } from '../../src/platform/node/emoji.ts';
import { packageFile } from '../../src/platform/node/package.ts';
import { expectClose } from './kernels.ts';
import { docExamples, withChecks, withoutImports } from './snippets.ts';

export interface Example {
  readonly place: string;
  readonly entry: Entry;
  /** As it runs: its imports and its lines `x; // → value` are calls of what stands around it. */
  readonly code: string;
}

/** What several entries export is tried where a program would have it from. */
const BY_PREFERENCE: readonly Entry[] = ['node', 'web', 'graft', 'kernels'];

/** The examples of all that is exported and of its members, each once. */
export function examplesOf({ entries }: Api): Example[] {
  const found = new Map<string, Example>();
  for (const entry of BY_PREFERENCE)
    for (const statement of entries[entry].flatMap(({ statements }) => statements))
      for (const { line, code } of docExamples(statement.getFullText())) {
        const place = placeOf(statement.getSourceFile(), statement.getFullStart(), line);
        if (!found.has(place)) found.set(place, { place, entry, code: withoutImports(withChecks(code)) });
      }
  return [...found.values()];
}

/** A program for the compiler: the example among what it sees. */
export function programOf({ entry, code }: Example, { entries }: Api): string {
  const names = (isValue: boolean) =>
    entries[entry].filter((one) => one.isValue === isValue).map(({ name }) => name);
  const here = `./src/api/${entry}.ts`;
  const lines = [
    `import { ${names(true).join(', ')} } from '${here}';`,
    `import type { ${names(false).join(', ')} } from '${here}';`,
    `declare const entries: { ${Object.keys(entries)
      .map((name) => `'${importName(name)}': typeof import('./src/api/${name}.ts')`)
      .join('; ')} };`,
    'declare function check(actual: unknown, expected: unknown): void;',
    `export const example = async (${GIVEN[entry]}) => {`,
    `${code}};`,
  ];
  return lines.join('\n');
}

/** What an example has beside the exports of its entry. */
const GIVEN: Readonly<Record<Entry, string>> = {
  graft: "gpu: import('./src/api/graft.ts').Gpu",
  kernels: "gpu: import('./src/api/graft.ts').Gpu",
  node: '',
  web: 'photo: File, photos: readonly (readonly [string, Blob])[]',
};

/** By what programs import it: `graft/node`. */
export const importName = (entry: string): string => (entry === 'graft' ? entry : `graft/${entry}`);

/** Numbers agree to float32's last places; everything else exactly. */
export function check(actual: unknown, expected: unknown): void {
  const [found = [], wanted = []] = [actual, expected].map((value) =>
    value instanceof Float32Array ? [...value] : [value].flat(),
  );
  const areNumbers = (values: readonly unknown[]): values is readonly number[] =>
    [...found, ...values].every((value) => typeof value === 'number');
  if (areNumbers(wanted)) expectClose(found as number[], wanted, { relative: 1e-6 });
  else expect(found).toEqual(wanted);
}

/** A folder with `photos`, a folder for each of two classes, `pizza.png`, which is not among them, and weights to begin with. */
export async function examplesHome(): Promise<string> {
  const home = await mkdtemp(join(tmpdir(), 'graft-examples-'));
  const set = await openEmojiSet('google');
  const { classes, train } = animalOrFood({ train: set, valid: set });
  for (const [label, name] of classes.entries()) {
    await mkdir(join(home, 'photos', name), { recursive: true });
    const paths = train
      .filter((one) => one.label === label && !one.path.endsWith(PIZZA))
      .map(({ path }) => path);
    for (const path of paths.slice(0, 16)) await cp(path, join(home, 'photos', name, basename(path)));
  }
  await cp(join(set.dir, PIZZA), join(home, 'pizza.png'));
  await cp(packageFile(`weights/${WEIGHTS}`), join(home, WEIGHTS));
  return home;
}

const PIZZA = '1f355.png';
const WEIGHTS = 'resnet18-emoji.safetensors';
