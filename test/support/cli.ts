/** Commands as people run them: real processes, in a folder of their own with photos and weights that tests make. */
import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { PNG } from 'pngjs';
import { expect } from 'vitest';
import { resnet18 } from '../../src/networks/index.ts';
import { createRandom } from '../../src/random.ts';
import { writeSafetensors, type StateDict } from '../../src/weights/index.ts';
import { testGpu } from './gpu.ts';

export const GRAFT = new URL('../../bin/graft.mjs', import.meta.url).pathname;

export interface Run {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly out: string;
  readonly err: string;
}

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** The file that standard output is written to, instead of to `out`. */
  readonly to?: string;
  /** Sees the output as it comes and may send signals. */
  readonly onOut?: (out: string, kill: (signal: NodeJS.Signals) => void) => void;
}

/** Runs `graft ARGS` to its end. */
export function graft(args: readonly string[], { cwd, env, to, onOut }: RunOptions = {}): Promise<Run> {
  const file = to === undefined ? undefined : openSync(to, 'w');
  const child = spawn(process.execPath, [GRAFT, ...args], {
    cwd,
    // What vitest and npm set for themselves is not what a shell has.
    env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: undefined, npm_lifecycle_event: undefined, ...env },
    stdio: ['ignore', file ?? 'pipe', 'pipe'],
  });
  if (file !== undefined) closeSync(file); // the process has its own
  let [out, err] = ['', ''];
  child.stdout?.on('data', (chunk) => {
    out += String(chunk);
    onOut?.(out, (signal) => child.kill(signal));
  });
  child.stderr?.on('data', (chunk) => (err += String(chunk)));
  return new Promise((resolve) =>
    child.on('close', (code, signal) => resolve({ code, signal, out, err: driverless(err) })),
  );
}

/** Without what the native library says about drivers, which may go on with the places in its own source. */
const driverless = (err: string): string => err.replace(/^Warning: .*\n(?: {4}at .*\n)*\n?/gm, '');

/** Asserts that a command failed with one message and no stack; `code` 2 is for wrong calls. */
export function expectFailure(
  { code, signal, err }: Run,
  message: string | RegExp,
  expected: 1 | 2 = 1,
): void {
  expect(err).toMatch(message);
  expect(err).toMatch(/^error: /);
  expect(err).not.toMatch(/^\s+at /m);
  expect({ code, signal }).toEqual({ code: expected, signal: null });
}

/** A folder for one test file. */
export class Workshop {
  protected constructor(readonly home: string) {}

  static async open(): Promise<Workshop> {
    return new Workshop(await Workshop.makeHome());
  }

  protected static makeHome(): Promise<string> {
    return mkdtemp(join(tmpdir(), 'graft-cli-'));
  }

  close(): Promise<void> {
    return rm(this.home, { recursive: true, force: true });
  }

  async save(name: string, data: Uint8Array | string): Promise<string> {
    const path = join(this.home, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, data);
    return path;
  }

  /** A folder of classes with so many PNGs each, of which class 0 is red and the others blue. */
  async photos(name: string, classes: Readonly<Record<string, number>>): Promise<string> {
    await mkdir(join(this.home, name), { recursive: true });
    for (const [label, [className, count]] of Object.entries(classes).entries()) {
      await mkdir(join(this.home, name, className), { recursive: true });
      for (let i = 0; i < count; i++) await this.save(`${name}/${className}/${i}.png`, picture(label, i));
    }
    return join(this.home, name);
  }

  /** A ResNet-18 with random weights and ten classes without names, and what is in it. */
  async weights(): Promise<{ path: string; state: StateDict }> {
    const model = resnet18(await testGpu(), 10);
    model.initialise(createRandom(1));
    const state = await model.stateDict();
    return { path: await this.save('weights.safetensors', writeSafetensors(state, { dtype: 'f32' })), state };
  }
}

/** A PNG of 24 × 20 pixels that is mostly red (label 0) or blue. */
export function picture(label: number, seed: number): Buffer {
  const random = createRandom(label, seed);
  const png = new PNG({ width: 24, height: 20 });
  png.data.forEach((_, i) => {
    const bright = i % 4 === 3 || i % 4 === (label === 0 ? 0 : 2);
    png.data[i] = bright ? 255 : random.below(100);
  });
  return PNG.sync.write(png);
}
