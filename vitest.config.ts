import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts', 'bench/**/*.test.ts'],
    // One GPU device a process (Dawn does not like to be re-initialised); two processes fill two cores.
    pool: 'forks',
    maxWorkers: 2,
    // SwiftShader is slow, and compiles slowly: what takes a second on lavapipe may take a minute there.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    expect: { poll: { timeout: 60_000 } },
  },
});
