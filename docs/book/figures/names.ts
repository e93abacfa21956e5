/** The figures of this folder: each is a file that begins with its chapter's number and exports how to draw it. */
import { readdirSync } from 'node:fs';

export const figureNames: readonly string[] = readdirSync(new URL('.', import.meta.url))
  .filter((file) => /^\d\d-.*\.ts$/.test(file))
  .map((file) => file.slice(0, -3))
  .sort();
