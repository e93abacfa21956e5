import { describe, expect, it } from 'vitest';
import { firstOfEach } from './photos.ts';
import { tables, withRow, withSpread, withTables, type Row } from './table.ts';

const model = (last: number, best = last) => ({ last, best, seconds: 10 });
const row = (set: string, last: number, torch: Row['torch'] = {}): Row => ({
  ...{ set, train: 20, valid: 10, classes: 2, tune: 'head', isChosen: true, size: 224, epochs: 30 },
  graft: [model(last - 0.1, last), model(last + 0.1)],
  torch,
});

describe('the tables of accuracies', () => {
  it('have the mean over seeds and how far one of them lies from another', () => {
    expect(withSpread([0.8])).toBe('.800');
    expect(withSpread([0.7, 0.9])).toBe('.800 ± .141'); // √((0.1² + 0.1²) / 1)
  });

  it('have a line a set, with its best epoch and each recipe of PyTorch, and the mean over sets', () => {
    const recipe = (last: number) => ({ 'squash 224': [model(last), model(last)] });
    const made = tables([row('cats', 0.8, recipe(0.6)), row('dogs', 0.6, recipe(0.8))]);
    const lines = made.trim().split('\n');
    expect(lines[0]).toContain('PyTorch, squash 224');
    expect(lines[2]).toBe(
      '| cats: 20 and 10 of 2 classes | head, 224 px, 30 epochs | **.800 ± .141** | .850 | 10 | .600 ± .000, 10 s |',
    );
    expect(lines.at(-1)).toBe('| mean |  | **.700** | .750 |  | .700 |');
    expect(tables([row('cats', 0.8), { ...row('cats', 0.6), tune: 'all' }])).not.toContain('mean');
  });

  it('keep what was measured of other sets and other trained parts', () => {
    const rows = [row('cats', 0.8), row('dogs', 0.6)];
    expect(withRow(rows, row('cats', 0.9)).map(({ graft }) => graft[1]?.last)).toEqual([1, 0.7]);
    expect(withRow(rows, { ...row('cats', 0.9), tune: 'all' })).toHaveLength(3);
  });

  it('stand between the marks of the page', () => {
    const page = 'a\n<!-- measured -->\nold\n<!-- /measured -->\nb\n';
    const once = withTables(page, '| x |\n');
    expect(once).toBe('a\n<!-- measured -->\n\n| x |\n\n<!-- /measured -->\nb\n');
    expect(withTables(once, '| x |\n')).toBe(once);
    expect(() => withTables('no marks', '')).toThrow('no <!-- measured -->');
  });
});

it('takes the first photos of each class by name', () => {
  const photos = ['b2', 'a2', 'b1', 'a1', 'a3'].map((path) => ({
    path,
    label: path.startsWith('a') ? 0 : 1,
  }));
  expect(firstOfEach(photos, 2).map(({ path }) => path)).toEqual(['a1', 'a2', 'b1', 'b2']);
  expect(firstOfEach(photos, 1).map(({ path }) => path)).toEqual(['a1', 'b1']);
});
