import { defineConfig } from 'vitest/config';
import LongestFirst from './test/support/longest-first.ts';

/** They change the environment, globals and modules of their process. */
const OF_THE_SYSTEM = 'src/platform/**/*.test.ts';

// glibc reads it where a process starts. Networks' memory comes and goes, and what a test takes in pages of 4 KiB costs a virtual machine
// more than the test itself; Linux gives pages of 2 MiB to those that ask.
process.env.GLIBC_TUNABLES ??= 'glibc.malloc.hugetlb=1';

export default defineConfig({
  test: {
    // Two processes fill two cores.
    pool: 'forks',
    maxWorkers: 2,
    // SwiftShader is slow, and compiles slowly: what takes a second on lavapipe may take a minute there.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    expect: { poll: { timeout: 60_000 } },
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        extends: true,
        test: {
          name: 'units',
          include: ['src/**/*.test.ts', 'bench/**/*.test.ts'],
          exclude: [OF_THE_SYSTEM],
          // Files that follow one another in a process share its device, with the pipelines that it has compiled.
          isolate: false,
        },
      },
      {
        extends: true,
        test: { name: 'whole', include: [OF_THE_SYSTEM, 'test/**/*.test.ts'], exclude: ['test/web/**'] },
      },
      {
        extends: true,
        test: {
          name: 'pages',
          include: ['test/web/*.test.ts'],
          globalSetup: 'test/web/build.ts',
        },
      },
    ],
  },
});
