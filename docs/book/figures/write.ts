/** `npm run book:figures`: draws the figures again and writes their .svg files, those whose names begin as asked or all. */
import { writeFileSync } from 'node:fs';
import { createGpu, exitCleanly, openAdapter } from '../../../src/platform/node/index.ts';
import type { Bench } from '../exercises/exercise.ts';
import { figureNames } from './names.ts';

let opened: ReturnType<Bench['gpu']> | undefined;
const bench: Bench = { gpu: () => (opened ??= openAdapter().then((adapter) => createGpu(adapter))) };

const asked = process.argv.slice(2);
for (const name of figureNames.filter(
  (name) => asked.length === 0 || asked.some((start) => name.startsWith(start)),
)) {
  const { default: draw } = (await import(`./${name}.ts`)) as { default: (bench: Bench) => Promise<string> };
  writeFileSync(new URL(`${name}.svg`, import.meta.url), await draw(bench));
  console.log(`docs/book/figures/${name}.svg`);
}
await exitCleanly(0);
