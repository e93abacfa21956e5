import { defineConfig } from 'vitest/config';

const ALL = ['src/**/*.test.ts', 'test/**/*.test.ts', 'bench/**/*.test.ts'];
/** They count what a page's thread computes, which another test on the other core would lengthen. */
const ALONE = ['test/web/many-photos.test.ts'];

export default defineConfig({
  test: {
    // One GPU device a process (Dawn does not like to be re-initialised); two processes fill two cores.
    pool: 'forks',
    maxWorkers: 2,
    // SwiftShader is slow, and compiles slowly: what takes a second on lavapipe may take a minute there.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    expect: { poll: { timeout: 60_000 } },
    projects: [
      { extends: true, test: { name: 'all', include: ALL, exclude: ALONE, sequence: { groupOrder: 0 } } },
      { extends: true, test: { name: 'alone', include: ALONE, maxWorkers: 1, sequence: { groupOrder: 1 } } },
    ],
  },
});
