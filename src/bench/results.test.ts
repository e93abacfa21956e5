import { describe, expect, it } from 'vitest';
import { decodeResults, encodeResults, placeOf } from './results.ts';
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
});
