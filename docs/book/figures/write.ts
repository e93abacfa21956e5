/** `npm run book:figures`: draws the figures again and writes their .svg files, those whose names begin as asked or all. */
import { writeFileSync } from 'node:fs';
import { exitCleanly } from '../../../src/platform/node/index.ts';
import { figureNames } from './names.ts';

const asked = process.argv.slice(2);
for (const name of figureNames.filter(
  (name) => asked.length === 0 || asked.some((start) => name.startsWith(start)),
)) {
  const { default: draw } = (await import(`./${name}.ts`)) as { default: () => Promise<string> };
  writeFileSync(new URL(`${name}.svg`, import.meta.url), await draw());
  console.log(`docs/book/figures/${name}.svg`);
}
await exitCleanly(0);
