import { expect, it } from 'vitest';
import { misses, spilled } from './check.ts';

const loop = { fmas: 80, operations: 100, lds: 4, memory: 0 };

it('holds at the bar itself', () => {
  expect(misses({ spills: 0, waves: 8 }, loop)).toEqual([]);
});

it('says each thing that is missed', () => {
  expect(misses({ spills: 2, waves: 7 }, { ...loop, operations: 101 })).toEqual([
    '2 registers spilled to memory',
    '7 waves, fewer than 8',
    'FMA share 0.792, under 0.8',
  ]);
});

it('counts a kernel without a hot loop as a miss', () => {
  expect(misses({ spills: 0, waves: 16 }, undefined)).toEqual(['FMA share 0.000, under 0.8']);
});

it('asks of other kernels that nothing spills', () => {
  expect(spilled({ spills: 0 })).toEqual([]);
  expect(spilled({ spills: 3 })).toEqual(['3 registers spilled to memory']);
});
