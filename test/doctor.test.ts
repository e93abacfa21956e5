// The doctor command as a user runs it: a process of its own, its output, its exit code.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { openSharp } from '../src/platform/node/photos/sharp.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

function doctor(args: readonly string[], env: Record<string, string> = {}) {
  return spawnSync(process.execPath, ['bin/graft.mjs', 'doctor', ...args], {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, GRAFT_ADAPTER: '', FORCE_COLOR: undefined, ...env },
  });
}

describe('doctor', () => {
  it('reports an adapter that computes right, as JSON', () => {
    const { status, stdout } = doctor(['--json']);
    const report = JSON.parse(stdout) as {
      check: unknown;
      operations: { compared: number; wrong: unknown };
      speed: Record<string, number>;
      adapter: { kind: string };
      photos: { decoder: string; formats: string[] };
    };
    expect(report.check).toEqual({ compared: 262_144, wrong: 0 });
    expect(report.operations.wrong).toEqual([]);
    expect(report.operations.compared).toBeGreaterThan(100_000);
    expect(report.speed['gflops']).toBeGreaterThan(0.1);
    expect(report.speed['copyGBps']).toBeGreaterThan(0.1);
    expect(report.photos).toEqual(
      openSharp().sharp
        ? {
            decoder: expect.stringMatching(/^sharp [\d.]+ \(libvips [\d.]+\)$/),
            formats: expect.arrayContaining(['JPEG', 'PNG', 'WebP', 'AVIF', 'GIF', 'TIFF', 'BMP']),
          }
        : { decoder: "graft's own decoders", formats: ['JPEG', 'PNG'], reason: expect.any(String) },
    );
    expect(['gpu', 'lavapipe', 'swiftshader', 'software']).toContain(report.adapter.kind);
    expect(status).toBe(0);
  });

  it('prints lines of at most 80 columns, plain when piped', () => {
    const { status, stdout } = doctor([]);
    expect(stdout).toContain("all 262,144 equal the host's");
    expect(stdout).toMatch(/operations +all [\d,]+ as plain loops have it\n/);
    expect(stdout).not.toContain('\u001b');
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(status).toBe(0);
  });

  it('says what reads photos where it is not sharp, and why', () => {
    const { stdout, status } = doctor([], { GRAFT_DECODER: 'graft' });
    expect(stdout).toMatch(
      /decoder +graft's own decoders\n +reads +JPEG and PNG\n +(GRAFT_DECODER=graft|sharp would)/,
    );
    expect(status).toBe(0);
  });

  it('says what is there, and fails, when the adapter asked for is not', () => {
    const { status, stdout, stderr } = doctor([], { GRAFT_ADAPTER: 'Voodoo 2' });
    expect(stderr).toContain("error: GRAFT_ADAPTER=Voodoo 2 matches none of this machine's adapters.");
    expect(stdout).toBe('');
    expect(status).toBe(1);
  });

  it.skipIf(process.platform === 'win32')('ends quietly when nobody reads its output to the end', () => {
    const pipeline = '{ "$0" bin/graft.mjs doctor; echo "code $?" >&2; } | head -n 1';
    const { stdout, stderr } = spawnSync('/bin/sh', ['-c', pipeline, process.execPath], {
      cwd: root,
      encoding: 'utf8',
    });
    expect(stdout).toMatch(/^graft \d+\.\d+\.\d+ on Node .*\n$/);
    expect(stderr).not.toContain('EPIPE');
    expect(stderr).toContain('code 0');
  });

  it('refuses an unknown option', () => {
    const { status, stderr } = doctor(['--loud']);
    expect(stderr).toContain("unknown option '--loud'");
    expect(status).toBe(2);
  });
});
