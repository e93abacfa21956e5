import { expect, it } from 'vitest';
import type { Benchmark } from './benchmark.ts';
import { planGroups, secondsForFirst, sizesFor } from './plan.ts';

const benchmark = (operation: string, more: Partial<Benchmark> = {}): Benchmark => ({
  ...{ operation, shape: 's', variant: '', group: operation },
  open: () => Promise.reject(new Error('never opened')),
  ...more,
});
const all = [
  benchmark('adam'),
  benchmark('first-step', { when: 'not quick' }),
  benchmark('adam', { shape: 't' }),
  benchmark('scaling', { when: 'asked', images: 8 }),
  benchmark('ladder.adam', { when: 'asked', shape: 'naive' }),
];
const planned = (names: string[], options: Parameters<typeof planGroups>[2]) =>
  planGroups(all, names, options).map((group) =>
    group.map(({ operation, shape }) => `${operation} ${shape}`),
  );

it('leaves out what takes long unless it is asked for', () => {
  expect(planned([], {})).toEqual([['adam s', 'adam t'], ['first-step s']]);
  expect(planned([], { quick: true })).toEqual([['adam s', 'adam t']]);
  expect(planned(['scaling', 'first'], { quick: true })).toEqual([['first-step s'], ['scaling s']]);
});

it('takes a name for what begins with it, before what only contains it', () => {
  expect(planned(['adam'], {})).toEqual([['adam s', 'adam t']]);
  expect(planned(['ladder'], {})).toEqual([['ladder.adam naive']]);
  expect(planned(['naive'], {})).toEqual([['ladder.adam naive']]);
  expect(planned([], { filter: 'naive' })).toEqual([['ladder.adam naive']]);
});

it('measures networks at several sizes unless one is asked for', () => {
  expect(sizesFor({}).networks).toHaveLength(3);
  expect(sizesFor({ quick: true }).networks).toEqual([{ batch: 8, size: 64 }]);
  expect(sizesFor({ batch: 4 })).toEqual({
    kernels: { batch: 4, size: 128 },
    networks: [{ batch: 4, size: 128 }],
  });
});

it('shares out the time that is left, more of it to networks', () => {
  const [kernel, network] = [[benchmark('a')], [benchmark('b', { images: 8 })]];
  expect(secondsForFirst([kernel, network], 90)).toBe(10);
  expect(secondsForFirst([network], 90)).toBe(90);
  expect(secondsForFirst([network], -5)).toBe(0);
});
