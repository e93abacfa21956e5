import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { format } from 'prettier';
import { expect, it } from 'vitest';
import type { Row } from '../../src/bench/benchmark.ts';
import { encodeResults, type Results } from '../../src/bench/results.ts';
import { exampleResults } from '../../src/bench/testing.ts';
import { packageFile } from '../../src/platform/node/package.ts';
import { plain, withReports } from './page.ts';
import { readReports } from './read.ts';

const PAGE = '<!-- measured -->\n<!-- /measured -->\n';

const network = (operation: string, shape: string, wall: number[], asked?: string): Row => ({
  ...{ operation, shape, variant: 'ResNet-18', group: `network ${shape}`, wall },
  ...{ images: Number(shape.split('×')[0]), work: { flops: 1e9, bytes: 0 } },
  ...(asked !== undefined && { asked }),
});
const report = (change: Partial<Results> = {}): Results => {
  const example = exampleResults({ adam: [3, 4, 5], slow: [300, 400, 500] });
  const rows = [
    network('network.forward', '8×128²', [10, 20, 40]),
    network('torch.forward', '8×128²', [5, 10, 80], 'eager'),
    network('torch.forward', '8×128²', [1, 2, 4], 'eager TF32'),
  ];
  return { ...example, rows: [...example.rows, ...rows], report: 'whole', ...change };
};
const pageOf = (results: Results) => withReports(PAGE, [{ name: 'one.json', results }]);

it('is what the reports come to', async () => {
  const page = readFileSync(packageFile('docs/gpus.md'), 'utf8');
  const reports = readReports();
  expect(reports.length).toBeGreaterThan(1);
  // npm run gpus writes it.
  expect(await format(withReports(page, reports), { parser: 'markdown' })).toBe(page);
});

it('names no machine: neither its folders nor the hosts of networks', () => {
  for (const { name } of readReports()) {
    const text = readFileSync(packageFile(`bench/reports/${name}`), 'utf8');
    expect(text).not.toMatch(/\/(home|root|Users|tmp|work)\b|\\\\Users|\.local\b|@/);
  }
});

it('has images a second beside PyTorch’s in f32, and every way below', () => {
  const page = pageOf(
    report({ torch: { version: '2.5', kind: 'cuda', device: 'a card', runtime: 'CUDA 12', threads: 4 } }),
  );
  const row = page.split('\n').find((line) => line.startsWith('| an adapter'));
  // 8 images in 20 ms, and in 10 ms; the rounds' ratios are ½, ½ and 2.
  expect(row).toContain('| 400 | 800 | 0.50 |  |  |  | 2026-01-02 |');
  expect(page).toContain('PyTorch 2.5 on a card, CUDA 12.');
  expect(page).toContain('| 800 (×0.50) | 4000 (×0.10) |');
  // 10⁶ bytes at 10 GB/s are 0.1 ms: of 400 ms 0.025 %, of 4 ms 2.5 %.
  expect(page.indexOf('| slow, vec4 |')).toBeLessThan(page.indexOf('| adam, vec4 |'));
  expect(page).toContain('2.5 % copy');
});

it('puts GPUs before CPUs', () => {
  const { adapter } = report();
  const named = (name: string, software: boolean) => ({
    name: `${software}.json`,
    results: report({ adapter: { ...adapter, name, software, kind: software ? 'lavapipe' : 'gpu' } }),
  });
  const page = withReports(PAGE, [named('a processor', true), named('a card', false)]);
  expect(page.indexOf('| a card')).toBeLessThan(page.indexOf('| a processor'));
});

it('shows what strangers wrote, and lets it do nothing', () => {
  expect(plain('a|b\n# c <img src=x> [d](https://e.f) `g` @h')).toBe(
    'a\\|b \\# c &lt;img src=x&gt; \\[d\\](https:/&#47;e.f) \\`g\\` &#64;h',
  );
  const page = pageOf(
    report({ by: '</td><script>', adapter: { ...report().adapter, driver: '![x](http://y)' } }),
  );
  expect(page).not.toMatch(/<script|!\[x\]\(|http:\/\//);
});

it('says of a part that it is one', () => {
  expect(pageOf(report({ report: 'part' }))).toContain('| a part, 2026-01-02 |');
});

it('refuses files that are no reports', () => {
  const folder = mkdtempSync(join(tmpdir(), 'graft-reports-'));
  const read = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
    try {
      return readReports(folder);
    } finally {
      rmSync(join(folder, name));
    }
  };
  expect(read('a-card.json', encodeResults(report()))).toMatchObject([{ name: 'a-card.json' }]);
  const { report: _, ...run } = report();
  expect(() => read('run.json', encodeResults(run))).toThrow('run.json: it is no report');
  expect(() => read('A b.json', encodeResults(report()))).toThrow('named in small letters');
  expect(() => read('large.json', ' '.repeat(2e6 + 1))).toThrow('large.json: it is larger than 2 MB.');
  rmSync(folder, { recursive: true });
});
