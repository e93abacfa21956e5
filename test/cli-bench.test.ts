// `graft bench` as people run it, on one small row.
import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { homedir, hostname, tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packageFile } from '../src/platform/node/package.ts';
import { decodeResults, encodeResults } from '../src/bench/results.ts';
import { systemOf } from '../src/cli/bench/circumstances.ts';
import { headLines } from '../src/cli/bench/output/terminal.ts';
import { sentLines } from '../src/cli/bench/report.ts';
import { stubPython } from './support/stub-python.ts';

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

  it('measures a report beside the PyTorch on the PATH, which names nobody, and says how to send it in', async () => {
    const [bin, file] = [join(folder, 'bin'), join(folder, 'gpu.json')];
    await mkdir(bin);
    await writeFile(join(bin, 'python3'), stubPython(), { mode: 0o755 });
    const path = process.env['PATH'];
    process.env['PATH'] = `${bin}${delimiter}${path}`;
    const args = ['network.forward', 'torch', '--quick', '--rounds', '2', '--batch', '2', '--size', '32'];
    const { code, out } = await bench(...args, '--report', file, '--as', 'Ada').finally(() => {
      process.env['PATH'] = path;
    });
    expect(code).toBe(0);
    expect(out).toContain('In the same rounds: PyTorch 9.9.0 on Stub 9000, CUDA 99.1\n');
    expect(out).toMatch(/^torch.train-all +2×32² +PyTorch eager TF32 +2 ms /m);
    expect(out).toMatch(/network.forward 2×32²: PyTorch's time ÷ graft's: eager ×[\d.]+, eager TF32 ×/);
    expect(out).toMatch(/^Written: .*gpu.json, \d+ rows, \d+ kB.\n/m);
    expect(out).toContain('It is a part of a report.');

    const text = await readFile(file, 'utf8');
    const results = decodeResults(text, file);
    expect(results).toMatchObject({
      report: 'part',
      by: 'Ada',
      torch: { kind: 'cuda', device: 'Stub 9000' },
    });
    expect(results.adapter.features).toContain('timestamp-query');
    const torch = results.rows.filter(
      ({ group, operation }) => group === 'network 2×32²' && /torch/.test(operation),
    );
    expect(torch.map(({ asked, wall }) => [asked, wall])).toEqual(
      ['eager', 'eager TF32', 'eager', 'eager TF32'].map((way) => [way, [2, 2]]),
    );
    for (const secret of [homedir(), folder, process.cwd()]) expect(text).not.toContain(secret);
    expect(text.split(/[^\w.-]+/)).not.toContain(hostname());

    const whole = sentLines('my-gpu.json', text, { ...results, report: 'whole' }, 80);
    expect(whole.join(' ')).toContain('npm run gpus -- my-gpu.json');
    const driver = 'a driver with a long name, version 1.2.3 of the day before yesterday';
    const named = { ...results, adapter: { ...results.adapter, driver } };
    for (const line of [...whole, ...headLines(named, 80)]) expect(line.length).toBeLessThanOrEqual(80);
  });

  it('says of the system no more than its version', () => {
    const named = { platform: 'linux', release: { PRETTY_NAME: 'Debian 12' } } as const;
    expect(systemOf(named, '6.1.0-ada-laptop', 'x64')).toBe('Debian 12, x64');
    expect(systemOf({ platform: 'linux', release: {} }, '6.1.0-ada-laptop', 'x64')).toBe('linux 6.1.0, x64');
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
