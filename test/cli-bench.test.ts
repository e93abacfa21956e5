// `graft bench` as people run it, on one small row.
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packageFile } from '../src/platform/node/package.ts';
import { decodeResults, encodeResults } from '../src/bench/results.ts';

const launcher = packageFile('bin/graft.mjs');

function bench(...args: readonly string[]): Promise<{ code: number | null; out: string; err: string }> {
  const child = spawn(process.execPath, [launcher, 'bench', ...args], {
    env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: undefined },
  });
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk) => (out += String(chunk)));
  child.stderr.on('data', (chunk) => (err += String(chunk)));
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, out, err })));
}

describe('graft bench', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'graft-bench-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('measures one row, writes it, and compares it with itself', async () => {
    const [json, html] = [join(folder, 'now.json'), join(folder, 'now.html')];
    const args = ['--quick', '--rounds', '2', '--filter', 'linear.forward → 10', '--batch', '3'];
    const { code, out, err } = await bench(...args, '--json', json, '--html', html);
    expect(err.replace(/^Warning: .*\n/gm, '')).toBe('');
    expect(code).toBe(0);
    expect(out).toMatch(/^ceiling.multiply-add .* GFLOP\/s/m);
    expect(out).toMatch(/^linear.forward +3×512 → 10 .* % (FMA|copy) .* kB$/m);

    const results = decodeResults(await readFile(json, 'utf8'), json);
    const rows = results.rows.filter(({ group }) => !group.startsWith('ceiling'));
    expect(rows.map(({ operation, shape }) => `${operation} ${shape}`)).toEqual([
      'linear.forward 3×512 → 10',
      'linear.forward 3×512 → 1000',
    ]);
    expect(rows[0]?.wall).toHaveLength(2);
    expect(rows[0]?.work).toEqual({ flops: 2 * 3 * 512 * 10, bytes: (3 * 512 + 5120 + 10 + 30) * 4 });

    const page = await readFile(html, 'utf8');
    expect(page).toContain('<svg class="roofline"');
    expect(page).toContain('3×512 → 10');
    expect(page).not.toMatch(/(src|href)=|@import|url\(/); // whole in itself

    const slow = {
      ...results,
      rows: results.rows.map((row) => ({ ...row, wall: row.wall.map((ms) => ms * 1e4) })),
    };
    const old = join(folder, 'old.json');
    await writeFile(old, encodeResults(slow));
    const compared = await bench(...args, '--rounds', '4', '--compare', old);
    expect(compared.out).toMatch(/linear.forward 3×512 → 10 +×0.00 .*too few samples/);
  });

  it('lists rows without measuring', async () => {
    const { out, code } = await bench('--list', 'adam');
    expect(out).toBe('adam head, 5,184\nadam layer4, 8,398,912\nadam all, 11,181,696\n');
    expect(code).toBe(0);
  });

  it('says what is wrong with a call', async () => {
    const unknown = await bench('conv3d');
    expect(unknown).toMatchObject({ code: 2, out: '' });
    expect(unknown.err).toContain('error: No benchmark has "conv3d" in its name.');
    const damaged = join(folder, 'damaged.json');
    await writeFile(damaged, '{"format": "graft-bench", "version": 9}');
    expect((await bench('--compare', damaged)).err).toContain(
      'it has version 9, but this graft reads version 1',
    );
    expect((await bench('--compare', join(folder, 'none.json'))).err).toMatch(/^error: --compare: ENOENT/m);
    expect(await bench('--rounds', '0')).toMatchObject({ code: 2 });
  });
});
