import { describe, expect, it } from 'vitest';
import type { AutotunedChoice } from '../../gpu/index.ts';
import { AutotuneTable, AutotuneTableError } from './table.ts';

const adapter = { vendor: 'mesa', architecture: '', device: 'llvmpipe', description: 'Mesa 25.0.7' };
const choice: AutotunedChoice = {
  algorithm: 'tiled 64×64',
  rule: 'tiled 32×32',
  kernels: '0123456789abcdef',
  milliseconds: 1.5,
  ruleMilliseconds: 2,
};

function tableOf(entries: Readonly<Record<string, AutotunedChoice>>): AutotuneTable {
  const table = new AutotuneTable(adapter);
  for (const [problem, entry] of Object.entries(entries)) table.set(problem, entry);
  return table;
}

/** The text of a table with one entry, changed by hand. */
function changed(change: (file: Record<string, unknown>) => void): string {
  const file = JSON.parse(tableOf({ a: choice }).toString()) as Record<string, unknown>;
  change(file);
  return JSON.stringify(file);
}

describe('AutotuneTable', () => {
  it('comes back from its text, which is sorted and stays the same', () => {
    const text = tableOf({ b: choice, a: { ...choice, algorithm: 'other' } }).toString();
    const table = AutotuneTable.parse(text, adapter);
    expect(table.size).toBe(2);
    expect(table.get('b')).toEqual(choice);
    expect(table.get('a')?.algorithm).toBe('other');
    expect(table.get('c')).toBeUndefined();
    expect(table.toString()).toBe(text);
    expect(text.indexOf('"a"')).toBeLessThan(text.indexOf('"b"'));
  });

  it('forgets a problem whose rule was not beaten again, and takes over what another one knows', () => {
    const table = tableOf({ a: choice, b: choice });
    table.set('a', undefined);
    table.merge(tableOf({ b: { ...choice, algorithm: 'newer' }, c: choice }));
    expect(['a', 'b', 'c'].map((problem) => table.get(problem)?.algorithm)).toEqual([
      undefined,
      'newer',
      'tiled 64×64',
    ]);
  });

  it.each([
    ['', 'is no JSON'],
    ['{"format": "graft-tuning", "version": 1', 'is no JSON'],
    ['[]', 'is damaged: it is not an object'],
    ['null', 'is damaged: it is not an object'],
    ['{}', 'is not an autotune file of graft'],
    [changed((file) => (file['version'] = 2)), 'has version 2 where this graft reads 1'],
    [changed((file) => delete file['version']), 'has version missing where this graft reads 1'],
    [changed((file) => delete file['adapter']), 'its adapter is not an object'],
    [
      changed((file) => (file['adapter'] = { ...adapter, description: 'Mesa 26' })),
      'was measured on another adapter: description "Mesa 26", not Mesa 25.0.7',
    ],
    [changed((file) => (file['entries'] = [choice])), 'its entries is not an object'],
    [changed((file) => (file['entries'] = { a: 'fast' })), 'the entry "a" is not an object'],
    [
      changed((file) => (file['entries'] = { a: { ...choice, algorithm: 7 } })),
      'algorithm of the entry "a" is 7',
    ],
    [changed((file) => (file['entries'] = { a: { ...choice, rule: 'x'.repeat(201) } })), 'rule of the entry'],
    [changed((file) => (file['entries'] = { a: { ...choice, milliseconds: -1 } })), 'milliseconds of the'],
    [changed((file) => (file['entries'] = { a: { ...choice, milliseconds: null } })), 'is null'],
    [changed((file) => (file['entries'] = { ['x'.repeat(201)]: choice })), 'has too long a name'],
    [
      changed((file) => {
        file['entries'] = Object.fromEntries(Array.from({ length: 20_001 }, (_, i) => [String(i), choice]));
      }),
      'has 20001 entries',
    ],
  ])('refuses %.60s', (text, message) => {
    expect(() => AutotuneTable.parse(text, adapter)).toThrow(AutotuneTableError);
    expect(() => AutotuneTable.parse(text, adapter)).toThrow(message);
  });

  it('takes names of an object’s own parts for problems like any other', () => {
    const text = changed((file) => (file['entries'] = { constructor: choice })).replace(
      '"constructor"',
      '"__proto__"',
    );
    const table = AutotuneTable.parse(text, adapter);
    expect(table.get('__proto__')).toEqual(choice);
    expect(table.get('toString')).toBeUndefined();
  });
});
