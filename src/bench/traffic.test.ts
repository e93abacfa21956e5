// The numbers that docs/book/12-the-ladder.md tells, counted from the rungs' own tiles; and what bounds a rung.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { paperGpu } from '../gpu/index.ts';
import { packageFile } from '../platform/node/package.ts';
import { STORY } from './ladder.ts';
import { intensityOf, limitOf, rungFacts, trafficOf } from './traffic.ts';

/** Rungs with the FLOPs per memory byte of a table of the story, by the operation that it is of. */
function told(table: number): Map<string, number> {
  const text = readFileSync(packageFile('docs/book/12-the-ladder.md'), 'utf8');
  const [, ...tables] = text.split(/^\| rung .*$/m);
  const rows = [...(tables[table] ?? '').split('\n\n')[0]!.matchAll(/^\| (\d-[\w-]+) +\| ([\d.]+)/gm)]; // split gives one at least
  return new Map(rows.map(([, name = '', value]) => [name, Number(value)]));
}

describe('what a rung moves', () => {
  const facts = rungFacts(paperGpu({ software: true, subgroupSize: 8 }), STORY); // lavapipe's lanes, as in the story

  it.each([
    ['matmul', 0, 6],
    ['conv2d', 1, 5],
  ] as const)('is what the story of %s tells', (climb, table, count) => {
    const counted = facts[climb].flatMap(({ name, traffic }) => (traffic ? [[name, traffic] as const] : []));
    expect(counted).toHaveLength(count);
    for (const [name, traffic] of counted) {
      if (name === '5-winograd') continue; // the story counts its products alone
      expect(Number(intensityOf(traffic).toPrecision(2)), name).toBe(told(table).get(name));
    }
  });

  it('is fewer multiply-adds with Winograd, and more stores', () => {
    const [vec4, winograd] = ['4-vec4', '5-winograd'].map(
      (name) => facts.conv2d.find((rung) => rung.name === name)?.traffic,
    );
    expect((vec4?.multiplyAdds ?? 0) / (winograd?.multiplyAdds ?? 1)).toBe(36 / 16);
    expect(winograd?.stored).toBeGreaterThan(8 * (vec4?.stored ?? Infinity));
  });

  it('says what a rung needs that does not suit', () => {
    const gpu = rungFacts(paperGpu({ software: false, subgroupSize: 32 }), STORY);
    expect(gpu.matmul.flatMap(({ name, needs }) => (needs === undefined ? [] : [[name, needs]]))).toEqual([
      ['6-subgroup', expect.stringContaining('a software adapter')],
    ]);
    expect(facts.matmul.every(({ needs }) => needs === undefined)).toBe(true);
    const odd = rungFacts(paperGpu({ software: true, subgroupSize: 8 }), { ...STORY, side: 30 });
    expect(odd.matmul.filter(({ needs }) => needs !== undefined).map(({ name }) => name)).toEqual([
      '5-vec4',
      '6-subgroup',
    ]);
  });
});

it('bounds a rung by its bytes, by its loads, or by nothing but arithmetic', () => {
  const square = { rows: 1024, columns: 1024, depth: 1024 };
  const tile = (side: number, loads: number) =>
    trafficOf(square, { rows: side, columns: side, loads, from: 'workgroup memory' });
  const ceilings = { gflops: 100, copies: [{ bytes: 1, gbps: 10 }] };
  expect(limitOf(tile(1, 2), ceilings)).toEqual({ by: 'memory', fed: 2.5 });
  expect(limitOf(tile(64, 0.25), ceilings)).toEqual({ by: 'loads', fed: 160 });
  expect(limitOf(tile(64, 1 / 16), ceilings).by).toBe('arithmetic');
});
