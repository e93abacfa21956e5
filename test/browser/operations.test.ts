// The operations in a browser, on SwiftShader: a sample of their own tests, against plain loops, finite differences and
// PyTorch, at their own tolerances; and a whole network, MobileNetV3-Small, which has nearly all of them.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasBrowser, TestBrowser } from './harness.ts';
import type { Outcome } from './operations.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const KERNELS = 'src/kernels';
const operations = readdirSync(join(ROOT, KERNELS)).filter((name) =>
  existsSync(join(ROOT, KERNELS, name, 'cases.ts')),
);
/** Rows of each table of tests; fewer of convolutions, each of which compiles dozens of kernels: a minute on SwiftShader. */
const rowsOf = (operation: string) => (operation === 'conv2d' ? 2 : 3);

const there = hasBrowser('the operations in a browser');

describe.skipIf(!there)('operations in a browser', () => {
  let browser: TestBrowser;
  beforeAll(async () => {
    browser = await TestBrowser.open({
      worker: 'test/browser/operations.ts',
      modules: {
        ...Object.fromEntries(operations.map((name) => [name, `${KERNELS}/${name}/${name}.test.ts`])),
        mobilenet: 'test/browser/mobilenet.ts',
      },
      standIns: {
        vitest: 'test/browser/vitest.ts',
        'node:fs': 'test/browser/node-fs.ts',
        'test/support/gpu.ts': 'test/browser/gpu.ts',
      },
      folders: [join(ROOT, 'test/golden')],
    });
  });
  afterAll(() => browser.close());

  it.each([...operations, 'mobilenet'])('%s', async (name) => {
    const outcomes = await browser.call<Outcome[]>('run', `/${name}.mjs`, rowsOf(name));
    expect(outcomes.length, 'tests that ran').toBeGreaterThan(1);
    const failures = outcomes.filter(({ state }) => state === 'failed');
    const told = failures.map(({ name, errors }) => `${name}: ${errors.join('\n')}`).join('\n\n');
    if (failures.length > 0) expect.fail(`${failures.length} of ${outcomes.length} tests failed:\n${told}`);
  });
});
