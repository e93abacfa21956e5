// Vitest as far as the operations' tests use it, where there is no Node: its own runner and its own assertions. Of a table of
// tests only a sample is run, since a browser without a GPU takes a hundred times as long as they may.
import {
  ASYMMETRIC_MATCHERS_OBJECT,
  GLOBAL_EXPECT,
  JestAsymmetricMatchers,
  JestChaiExpect,
  JestExtend,
  customMatchers,
  setState,
} from '@vitest/expect';
import * as runner from '@vitest/runner';
import { spyOn } from '@vitest/spy';
import * as chai from 'chai';
import type { ExpectStatic } from 'vitest';

export { afterAll, afterEach, beforeAll, beforeEach } from '@vitest/runner';
export const describe = sampled(runner.describe);
export const it = sampled(runner.it);
export const vi = { spyOn };

for (const plugin of [JestExtend, JestChaiExpect, JestAsymmetricMatchers]) chai.use(plugin);

const withTest = (value: unknown, message?: string) => {
  const assertion = chai.expect(value, message) as Chai.Assertion & {
    withTest(test: unknown): Chai.Assertion;
  };
  const test = runner.getCurrentTest();
  return test ? assertion.withTest(test) : assertion;
};
const globals = globalThis as unknown as Record<symbol, unknown>;
export const expect = Object.assign(
  withTest,
  chai.expect,
  globals[ASYMMETRIC_MATCHERS_OBJECT],
) as unknown as ExpectStatic;
globals[GLOBAL_EXPECT] = expect;
setState({ assertionCalls: 0 }, expect);
(chai.expect as unknown as { extend(of: ExpectStatic, matchers: object): void }).extend(
  expect,
  customMatchers,
);

/** Rows of a table that are run, and the product of all the sizes of a case beyond which it takes too long. */
export const sample = { rows: 3, size: 2e5 };

/** Like `api`, with tables of which the small rows are kept, and of those a few, from the first to the last. */
function sampled<T extends typeof runner.describe | typeof runner.it>(api: T): T {
  const each = (rows: readonly unknown[], ...rest: readonly unknown[]) => {
    const small = rows.filter((row) => sizeOf(row) <= sample.size);
    const step = Math.max(1, (small.length - 1) / Math.max(1, sample.rows - 1));
    const kept = Array.from(
      { length: Math.min(small.length, sample.rows) },
      (_, i) => small[Math.round(i * step)],
    );
    return (api.each as (...args: readonly unknown[]) => unknown)(kept, ...rest);
  };
  return new Proxy(api, { get: (target, key) => (key === 'each' ? each : Reflect.get(target, key)) });
}

/** A count itself, or the product of a case's numbers. */
function sizeOf(row: unknown): number {
  if (typeof row === 'number') return row;
  if (typeof row !== 'object' || row === null) return 1;
  return Object.values(row).reduce(
    (product: number, n) => (typeof n === 'number' && n > 1 ? product * n : product),
    1,
  );
}
