/** The chapters of this folder, as their tests and figures see them: a chapter is a program, its ```ts blocks in order. */
import { readdirSync, readFileSync } from 'node:fs';
import { compile, fencedBlocks } from '../../test/support/snippets.ts';

export interface Chapter {
  readonly number: number;
  /** Its file in this folder. */
  readonly file: string;
  readonly text: string;
  readonly program: string;
}

export const book = new URL('.', import.meta.url);

/** What a number in front of a name says: 2 of `02-mul`. */
export const numberOf = (name: string): number => Number.parseInt(name, 10);

export const chapters: readonly Chapter[] = readdirSync(book)
  .filter((file) => /^\d\d-.*\.md$/.test(file))
  .sort()
  .map((file) => {
    const text = readFileSync(new URL(file, book), 'utf8');
    return { number: numberOf(file), file, text, program: fencedBlocks(text, 'ts').join('\n') };
  });

/** A chapter's program up to its first import: what it builds from nothing. Throws for a chapter that does not exist. */
export function beginningOf(number: number): string {
  const chapter = chapters.find((chapter) => chapter.number === number);
  if (!chapter) throw new RangeError(`The book has no chapter ${number}.`);
  return chapter.program.split(/^import /m)[0] ?? '';
}

/** What the names of a chapter's beginning stand for once it has run. Throws what it throws. */
export async function valuesOf<T>(number: number, names: readonly (keyof T & string)[]): Promise<T> {
  const quiet = { log: () => undefined };
  const run = compile(['console'], `${beginningOf(number)}\nreturn { ${names.join(', ')} };`);
  return (await run(quiet)) as T;
}
