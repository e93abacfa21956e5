import { describe, expect, it } from 'vitest';
import { decodeResults, encodeResults, placeOf, type Results } from './results.ts';
import { exampleResults } from './testing.ts';

const results = exampleResults({ adam: [3, 4, 5] });

/** The file with one thing changed, as it would be read. */
const damaged = (change: (file: Record<string, unknown>) => void) => () => {
  const file = JSON.parse(encodeResults(results)) as Record<string, unknown>;
  change(file);
  return decodeResults(JSON.stringify(file), 'old.json');
};
const row = (change: Record<string, unknown>) =>
  damaged((file) => (file['rows'] = [{ ...results.rows[0], ...change }]));

describe('decodeResults', () => {
  it('reads what encodeResults wrote', () => {
    expect(decodeResults(encodeResults(results), 'old.json')).toMatchObject(results);
  });

  it('reads the file of a tab', () => {
    const { node: _, ...anywhere } = results;
    const tab = { ...anywhere, browser: 'Chrome 147', grain: { wall: 0.1 } };
    expect([placeOf(decodeResults(encodeResults(tab), 'tab.json')), placeOf(results)]).toEqual([
      'Chrome 147',
      'Node 20.0.0',
    ]);
  });

  it('refuses what is no file of benchmarks', () => {
    expect(() => decodeResults('{', 'old.json')).toThrow(/^old.json: this is no JSON/);
    expect(() => decodeResults('[1]', 'old.json')).toThrow('old.json: this is not a benchmark file.');
    expect(() => decodeResults('{"rows": []}', 'old.json')).toThrow('not a benchmark file');
    expect(damaged((file) => (file['version'] = 2))).toThrow(
      'it has version 2, but this graft reads version 1.',
    );
  });

  it('says what is damaged', () => {
    expect(damaged((file) => delete file['date'])).toThrow('it lacks date.');
    expect(damaged((file) => delete file['node'])).toThrow('it lacks node or browser.');
    expect(damaged((file) => delete file['adapter'])).toThrow('names no adapter');
    expect(damaged((file) => (file['ceilings'] = { gflops: 0, copies: [] }))).toThrow(
      'its ceilings are damaged',
    );
    expect(damaged((file) => (file['ceilingsAfter'] = 1))).toThrow('its ceilingsAfter are damaged');
    expect(damaged((file) => (file['rows'] = {}))).toThrow('it has no rows');
    expect(row({ operation: 1 })).toThrow('row 1: its operation is no text.');
    expect(row({ wall: [] })).toThrow('row 1: its times "wall" are damaged.');
    expect(row({ wall: [1, null] })).toThrow('its times "wall" are damaged');
    expect(row({ gpu: ['fast'] })).toThrow('its times "gpu" are damaged');
    expect(row({ work: { flops: -1, bytes: 0 } })).toThrow('its work is damaged');
  });

  it('reads a report, and says what of it is damaged', () => {
    const { adapter } = results;
    const matrices = [{ componentType: 'f16', resultComponentType: 'f32', M: 8, N: 8, K: 8 }];
    const facts = {
      software: false,
      backend: 'Metal',
      features: ['shader-f16'],
      limits: { maxBufferSize: 1 },
    };
    const report: Results = {
      ...{ ...results, report: 'whole', by: 'Ada', system: 'a system' },
      adapter: { ...adapter, ...facts, subgroups: [4, 64], matrices },
      torch: { version: '2', kind: 'rocm', device: 'a card', runtime: 'ROCm 6', threads: 2 },
      lost: [{ row: 'network.train-all 32×224²', why: 'memory' }],
    };
    expect(decodeResults(encodeResults(report), 'r.json')).toEqual({
      ...report,
      format: 'graft-bench',
      version: 1,
    });
    const change = (part: object) => damaged((file) => Object.assign(file, part));
    expect(change({ report: 'most' })).toThrow('old.json: its report is damaged.');
    expect(change({ date: 'yesterday' })).toThrow('its date is damaged');
    expect(change({ by: 'x'.repeat(401) })).toThrow('its by is too long');
    expect(change({ cpus: -1 })).toThrow('its cpus is damaged');
    expect(change({ lost: [{ row: 'a', why: '/home/ada' }] })).toThrow('its lost is damaged');
    expect(change({ torch: { ...report.torch, kind: 'tpu' } })).toThrow('its torch is damaged');
    for (const bad of [
      { subgroups: [1] },
      { limits: { a: '1' } },
      { features: 'all' },
      { matrices: [{}] },
      { driver: 1 },
    ])
      expect(change({ adapter: { ...adapter, ...bad } })).toThrow('its adapter is damaged');
  });

  it('takes no more than a file can have', () => {
    expect(damaged((file) => (file['rows'] = Array(5001).fill(results.rows[0])))).toThrow(
      'more than 5000 rows',
    );
    expect(row({ wall: Array(1001).fill(1) })).toThrow('its times "wall" are damaged');
    expect(row({ variant: 'x'.repeat(401) })).toThrow('row 1: its variant is too long.');
    expect(row({ facts: { dispatches: 1 } })).toThrow('its facts is damaged');
    expect(() => decodeResults(' '.repeat(32e6 + 1), 'old.json')).toThrow('it is larger than 32 MB');
  });

  it('is written with a row a line', () => {
    const lines = encodeResults(results).split('\n');
    expect(lines.filter((line) => line.startsWith('  {"operation"'))).toHaveLength(results.rows.length);
  });
});
