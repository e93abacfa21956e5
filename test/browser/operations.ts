// The operations' own tests in a worker: files that Node runs too are imported, and some of their tests run.
import { startTests, type Task, type VitestRunner } from '@vitest/runner';
import { sample } from './vitest.ts';
import { answer } from './worker.ts';

/** How one test went. */
export interface Outcome {
  readonly name: string;
  readonly state: 'passed' | 'failed';
  readonly milliseconds: number;
  /** What was found wrong; none if it passed. */
  readonly errors: readonly string[];
}

const runner: VitestRunner = {
  config: {
    ...{ root: '/', setupFiles: [], name: undefined, testNamePattern: undefined, allowOnly: false },
    ...{
      sequence: { seed: 0, hooks: 'stack', setupFiles: 'list' },
      passWithNoTests: false,
      maxConcurrency: 1,
    },
    ...{ testTimeout: 0, hookTimeout: 0, retry: 0, includeTaskLocation: undefined, chaiConfig: undefined },
    ...{ tags: [], tagsFilter: undefined, strictTags: false },
  },
  importFile: (path) => import(path),
};

answer({
  /** Runs the tests of a module, at most `rows` of each table. Files and hooks that fail are outcomes too. */
  async run(module: string, rows: number): Promise<Outcome[]> {
    sample.rows = rows;
    const [file] = await startTests([module], runner);
    return file ? outcomes(file) : [];
  },
});

function outcomes(task: Task, parents: readonly string[] = []): Outcome[] {
  const names = task.type === 'suite' && 'filepath' in task ? [] : [...parents, task.name];
  const own = task.result?.errors?.map(({ message, stack }) => stack ?? message) ?? [];
  const found = { name: names.join(' › '), milliseconds: task.result?.duration ?? 0, errors: own };
  if (task.type === 'test') {
    const { state } = task.result ?? {};
    return state === 'pass' || state === 'fail' ? [{ ...found, state: `${state}ed` as const }] : [];
  }
  return [
    ...(own.length > 0 ? [{ ...found, state: 'failed' as const }] : []),
    ...task.tasks.flatMap((inner) => outcomes(inner, names)),
  ];
}
