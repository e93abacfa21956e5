/** Results made up for tests. */
import type { Row } from './benchmark.ts';
import type { Ceilings } from './roofline.ts';
import type { Results } from './results.ts';

const CEILINGS: Ceilings = { gflops: 100, copies: [{ bytes: 1e6, gbps: 10 }] };

/** A run with a row for each operation, given its times in milliseconds. */
export function exampleResults(
  times: Readonly<Record<string, readonly number[]>>,
  ceilings: Ceilings = CEILINGS,
): Results {
  const row = ([operation, wall]: readonly [string, readonly number[]]): Row => ({
    ...{ operation, shape: 'all', variant: 'vec4', group: operation, wall },
    work: { flops: 1e6, bytes: 1e6 },
  });
  return {
    ...{
      date: '2026-01-02T03:04:05.678Z',
      graft: '0.1.0',
      revision: 'abc',
      node: '20.0.0',
      cpu: 'a CPU',
      cpus: 2,
    },
    adapter: {
      name: 'an adapter',
      kind: 'lavapipe',
      driver: 'a driver',
      vendor: 'someone',
      architecture: '',
    },
    ceilings,
    rows: Object.entries(times).map(row),
  };
}
