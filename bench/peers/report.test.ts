import { expect, it } from 'vitest';
import { summarise, table } from './report.ts';

it('shows medians, ends and ratios to the first engine', () => {
  const summaries = summarise([
    { engine: 'graft', firstCall: 3100, times: [80, 100, 90] },
    { engine: 'a peer', firstCall: 12_345, times: [800, 1500, 1800] },
  ]);
  expect(table(summaries).split('\n')).toEqual([
    "| engine | first call | median | min – max      | time / graft's | min – max |",
    '| ------ | ---------- | ------ | -------------- | -------------- | --------- |',
    '| graft  | 3.1 s      | 90 ms  | 80 ms – 100 ms | 1.0            | 1.0 – 1.0 |',
    '| a peer | 12.3 s     | 1.5 s  | 800 ms – 1.8 s | 15             | 10 – 20   |',
  ]);
});

it('shows accuracies of programs, which have no first call', () => {
  const text = table(
    summarise([
      { engine: 'graft', times: [50_000, 54_000], accuracies: [0.98, 0.98] },
      { engine: 'the program', times: [150_000, 108_000], accuracies: [0.885, 0.895] },
    ]),
  );
  expect(text).not.toContain('first call');
  expect(text).toContain('| 0.980');
  expect(text).toContain('| 0.885 – 0.895');
  expect(text).toContain('| 129 s  |');
});

it('refuses results that nothing was measured for', () => {
  expect(() => summarise([{ engine: 'graft', times: [] }])).toThrow('Nothing was measured');
});
