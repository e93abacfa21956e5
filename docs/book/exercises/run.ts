/**
 * `npm run exercise -- 2`: checks what a reader made of an exercise's `start.ts`, and says in words what is wrong.
 * `--hint` adds the hint of the step that fails.
 */
import { readdirSync } from 'node:fs';
import { createGpu, exitCleanly, openAdapter } from '../../../src/platform/node/index.ts';
import { judge, Unavailable, type Bench, type Exercise } from './exercise.ts';

const here = new URL('.', import.meta.url);
const names = readdirSync(here, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name)
  .sort();
const numberOf = (name: string) => Number.parseInt(name, 10);

async function openGpu(): ReturnType<Bench['gpu']> {
  try {
    return await createGpu(await openAdapter());
  } catch (error) {
    throw new Unavailable(`This exercise needs a GPU: ${String(error)}`);
  }
}

async function exercise(name: string, wantsHint: boolean): Promise<number> {
  const file = `docs/book/exercises/${name}/start.ts`;
  const { default: exercise } = (await import(`./${name}/check.ts`)) as { default: Exercise<unknown> };
  console.log(`${exercise.task}\nYour file: ${file}\n`);
  const yours: unknown = await import(`./${name}/start.ts`);
  let opened: ReturnType<Bench['gpu']> | undefined;
  const bench: Bench = { gpu: () => (opened ??= openGpu()) };
  const { passed, failed } = await judge(exercise, yours, bench);
  for (const holds of passed) console.log(`  right    ${holds}`);
  if (!failed) {
    const told = await exercise.afterwards?.(yours, bench);
    if (told !== undefined) console.log(`\n${told}`);
    console.log(`\nAll of it is right. Compare with solution.ts beside your file.`);
    return 0;
  }
  console.log(`  not yet  ${failed.holds}\n\n${failed.reason}`);
  console.log(
    wantsHint ? `\nHint: ${failed.hint}` : `\nFor a hint: npm run exercise -- ${numberOf(name)} --hint`,
  );
  return 1;
}

async function main(): Promise<number> {
  const given = process.argv.slice(2);
  const wantsHint = given.includes('--hint');
  const [asked] = given.filter((argument) => argument !== '--hint');
  const name = names.find((name) => name === asked || numberOf(name) === Number(asked));
  if (name !== undefined) return exercise(name, wantsHint);
  if (asked !== undefined) console.error(`There is no exercise ${asked}.\n`);
  console.log(`npm run exercise -- NUMBER [--hint]\n\n${names.map((name) => `  ${name}`).join('\n')}`);
  return asked === undefined ? 0 : 2;
}

await exitCleanly(
  await main().catch((error: unknown) => {
    console.error(
      error instanceof Unavailable ? error.message : `Your file does not load:\n${String(error)}`,
    );
    return 1;
  }),
);
