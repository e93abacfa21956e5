/**
 * docs/book holds what it says: chapters are programs that pass the compiler, run and print what they show; figures are what
 * their code draws; an exercise's start fails for the reason that it was made for, and its solution passes.
 */
import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { beginningOf, book, chapters, numberOf } from '../docs/book/chapter.ts';
import { judge, type Bench, type Exercise } from '../docs/book/exercises/exercise.ts';
import { figureNames } from '../docs/book/figures/names.ts';
import { testGpu } from './support/gpu.ts';
import { compile, fencedBlocks, ROOT, transpile, typeErrorsOf, withChecks } from './support/snippets.ts';

/** Why each exercise's start is not right yet. */
const faults: Readonly<Record<string, RegExp>> = {
  '01-choose': /^bread: you train "all", graft "head"\. It says: tune head for 240 training photos: .*\.$/,
  '02-mul':
    /^With a = 3, b = -2, .*: a\.grad is 0, but nudging a moves the result by -2\.000 for each unit\.$/,
  '03-bounds':
    /^With 10 columns and 8 rows, at column 10 of row 0, which lies outside of the picture, thread \(10, 0\) wrote\.$/,
  '04-dispatches': /^training: you say 6, and the GPU ran more\.$/,
  '05-tensor': /^1 × 1 pixels: red at column 0 of row 0 is 2\.2319 and should be 2\.2489\.$/,
  '06-dx':
    /^"3x3-even-stride-2", 8 × 6 pixels, a window of 3 × 3, stride 2: dx\[0, 0\] is 0\.0382 and should be -0\.0396\.$/,
  '07-norm': /^In use, 1 becomes -1\.0000 beside 9, and 1\.0000 beside −5\.$/,
  '08-loss':
    /^Logits \[0\.5, -1, 2\], right class 0: the slope of logit 0 is 0\.1753 and should be -0\.8247\.$/,
  '09-gelu': /^At x = 1: dx is 0\.841, but nudging x moves the result by 1\.083 for each unit\.$/,
  '10-boxes': /^They take 21 bytes, and the planner's 9\.$/,
  '11-adamw':
    /^In block 0, at 1 times the rate of 0\.01 and with a decay of 0, the first step moves a parameter by -0\.031623, and should by -0\.010000\.$/,
  '12-outputs': /^A thread makes 64 FMAs for each k, and not 16\.$/,
  '13-points':
    /^In f32 your points \[0, 1, 2, 3, 4\] are off by \d+\.\d\d times what \[0, 1, -1, 2, -2\] are; at most 1\.00 are allowed\.$/,
  '14-order':
    /^Backwards, 100 numbers are 27\.616230010986328, the same bits as forwards, and should be 27\.61623191833496\.$/,
  '15-mutants':
    /^A mutant that makes what is negative positive passes your test, whatever of your inputs it is run on\.$/,
  '16-threshold': /^Your test lets an accuracy pass that compares the logit with 0\.5\.$/,
};

const read = (file: string) => readFileSync(new URL(file, book), 'utf8');
const bench: Bench = { gpu: () => testGpu() };

/** A chapter's program with `x; // → value` as a check; its lines stay where they are. */
const checked = (program: string) =>
  `import { deepStrictEqual as check } from 'node:assert/strict'; ${withChecks(program)}`;

async function outputOf(program: string): Promise<string> {
  const args = ['--import', 'tsx', '--input-type=module', '-e', transpile(checked(program))];
  return (await promisify(execFile)(process.execPath, args, { cwd: ROOT })).stdout;
}

describe('chapters', () => {
  it('pass the compiler', () => {
    const programs = chapters.map(({ file, program }) => [file, checked(program)] as const);
    const errors = typeErrorsOf({ ...Object.fromEntries(programs), wrong: 'const x: number = "a text";' });
    expect(errors.wrong).toHaveLength(1); // the compiler does look
    for (const [file] of programs) expect(errors[file], file).toEqual([]);
  });

  it.concurrent.each(chapters)('$file runs and prints what it shows', async ({ text, program }) => {
    const output = await outputOf(program);
    let from = 0;
    for (const block of fencedBlocks(text, 'text')) {
      expect(output.slice(from)).toContain(block);
      from = output.indexOf(block, from) + block.length;
    }
  });

  it('fail where a value is not as they say', async () => {
    await expect(outputOf('const x = [1, 2];\nx; // → [1, 3]\n')).rejects.toThrow(/deep-equal/);
  });

  it.each(chapters)(
    '$file has a place in the contents, a figure and an exercise',
    ({ number, file, text }) => {
      expect(text).toMatch(new RegExp(`^# ${number}\\. `));
      expect(read('README.md')).toContain(`](${file})`);
      expect(figureNames.filter((name) => numberOf(name) === number && text.includes(`(figures/${name}.svg)`))).not.toEqual([]); // prettier-ignore
      expect(text).toContain(`npm run exercise -- ${number}`);
    },
  );

  it.each([...chapters.map(({ file }) => file), 'README.md'])('%s links to what is there', (file) => {
    const links = Array.from(read(file).matchAll(/\]\(([^)#:]+)(#[^)]*)?\)/g), ([, path = '']) => path);
    for (const path of links) expect(existsSync(new URL(path, book)), path).toBe(true);
  });
});

describe('figures', () => {
  it.each(figureNames)('%s is what its code draws', async (name) => {
    const { default: draw } = (await import(`../docs/book/figures/${name}.ts`)) as {
      default: (bench: Bench) => Promise<string>;
    };
    expect(await draw(bench)).toBe(read(`figures/${name}.svg`));
  });
});

describe('exercises', () => {
  const names = readdirSync(new URL('exercises/', book), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);
  const load = async (name: string, file: string) =>
    (await import(`../docs/book/exercises/${name}/${file}.ts`)) as { default: Exercise<unknown> };

  it.each(names)('%s fails as it is begun, for its reason, and passes as it is solved', async (name) => {
    const { default: exercise } = await load(name, 'check');
    const begun = await judge(exercise, await load(name, 'start'), bench);
    expect(begun.failed?.reason).toMatch(faults[name] ?? /^the test names the reason$/);
    const solved = await judge(exercise, await load(name, 'solution'), bench);
    expect(solved).toEqual({ passed: exercise.steps.map(({ holds }) => holds) });
    if (exercise.afterwards)
      expect(await exercise.afterwards(await load(name, 'solution'), bench)).toMatch(
        /^On this adapter .*\.$/,
      );
  });

  it('are checked by npm run exercise, which gives a hint when asked', async () => {
    const run = promisify(execFile)('npm', ['run', '-s', 'exercise', '--', '2', '--hint'], { cwd: ROOT });
    const { code, stdout } = (await run.catch((error: unknown) => error)) as { code: number; stdout: string };
    expect(code).toBe(1);
    expect(stdout).toMatch(
      /right +the product has its value\n +not yet +each factor gets its slope\n\nWith a = 3/,
    );
    expect(stdout).toMatch(/^Hint: Hold b still at −2\./m);
  });

  it('take what throws as a reason', async () => {
    const { default: exercise } = await load('02-mul', 'check');
    const yours = { mul: () => { throw new Error('no such thing'); } }; // prettier-ignore
    expect((await judge(exercise, yours, bench)).failed?.reason).toBe(
      'Your code threw: Error: no such thing',
    );
  });
});

describe('chapter 2', () => {
  it('shows the value that its exercise begins with', () => {
    const [, shown] = /^export (class Value \{.*\})\n$/ms.exec(read('exercises/02-mul/value.ts')) ?? [];
    expect(chapters.find(({ number }) => number === 2)?.program).toContain(shown);
  });

  // The same program, with other seeds and sizes, for longer.
  const program = beginningOf(2)
    .replace('let seed = 2', 'let seed = given.seed')
    .replace('step <= 100', 'step < 200')
    .replace(/\{ length: 8 \}(?=.*neuron\(2\))/, '{ length: given.neurons }')
    .replace('neuron(8)', 'neuron(given.neurons)');
  const run = compile(['console', 'given'], `${program}\nreturn { totalLoss, knobs, backward };`);

  async function trained(seed: number, neurons: number): Promise<{ loss: number; steepest: number }> {
    const { totalLoss, knobs, backward } = (await run({ log: () => undefined }, { seed, neurons })) as {
      totalLoss: () => { data: number };
      knobs: { grad: number }[];
      backward: (loss: object) => void;
    };
    const loss = totalLoss();
    for (const knob of knobs) knob.grad = 0;
    backward(loss);
    return { loss: loss.data, steepest: Math.max(...knobs.map(({ grad }) => Math.abs(grad))) };
  }

  it('says how many of 20 seeds learn, and where one comes to rest', async () => {
    const seeds = Array.from({ length: 20 }, (_, i) => i + 1);
    const learned = async (neurons: number) => {
      const runs = await Promise.all(seeds.map((seed) => trained(seed, neurons)));
      return runs.filter(({ loss }) => loss < 0.01).length;
    };
    expect([await learned(8), await learned(4), await learned(2)]).toEqual([19, 12, 1]);
    const stuck = await trained(14, 8);
    expect(stuck.loss).toBeCloseTo(0.5, 3);
    expect(stuck.steepest).toBeLessThan(1e-3);
  });
});
