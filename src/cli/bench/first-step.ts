// From a process's start to the end of its first training step, with the driver's shader cache empty and filled. Caches are folders
// of our own, so that nobody's are touched; a driver that keeps its cache elsewhere starts warm in both rows.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeSafetensors } from '../../weights/index.ts';
import type { Gpu } from '../../gpu/index.ts';
import type { NetworkSize } from '../../networks/resnet/activations.ts';
import type { Benchmark, Subject } from '../../bench/benchmark.ts';
import { newNetwork } from '../../bench/models/network.ts';

/** What this process was started by, and the hidden command of first-step-child.ts. */
const child = [process.argv[1] ?? '', 'first-step'];
/** What drivers and graft go by: Mesa, NVIDIA, everything that keeps to the XDG folders. */
const CACHE_VARIABLES = [
  'MESA_SHADER_CACHE_DIR',
  '__GL_SHADER_DISK_CACHE_PATH',
  'XDG_CACHE_HOME',
  'GRAFT_CACHE',
];

/** Of the adapter that `want` names, by default the environment's. */
export function firstStepBenchmarks(size: NetworkSize, want?: string): Benchmark[] {
  const shape = `${size.batch}×${size.size}²`;
  const about = { shape, group: 'first-step', variant: 'a new process', when: 'not quick' } as const;
  return [
    { ...{ ...about, operation: 'first-step.cold', rounds: 2 }, open: (gpu) => cold(gpu, size, want) },
    { ...{ ...about, operation: 'first-step.warm', rounds: 3 }, open: (gpu) => warm(gpu, size, want) },
  ];
}

async function cold(gpu: Gpu, size: NetworkSize, want?: string): Promise<Subject> {
  const folder = await folderWithWeights(gpu);
  const sample = async () => {
    const cache = mkdtempSync(join(folder.path, 'cache-'));
    return { wall: await firstStep(size, { ...folder, cache }, want) };
  };
  return { sample, close: folder.remove };
}

async function warm(gpu: Gpu, size: NetworkSize, want?: string): Promise<Subject> {
  const folder = await folderWithWeights(gpu);
  const filled = { ...folder, cache: folder.path };
  try {
    await firstStep(size, filled, want);
  } catch (error) {
    folder.remove();
    throw error;
  }
  return { sample: async () => ({ wall: await firstStep(size, filled, want) }), close: folder.remove };
}

/** A folder of our own that holds a network to begin with. */
async function folderWithWeights(gpu: Gpu) {
  const path = mkdtempSync(join(tmpdir(), 'graft-bench-first-step-'));
  const weights = join(path, 'weights.safetensors');
  writeFileSync(weights, writeSafetensors(await newNetwork(gpu), { dtype: 'f32' }));
  return { path, weights, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** Milliseconds until the child has done its step. Rejects if it fails, with what it said. */
function firstStep(
  { batch, size }: NetworkSize,
  { weights, cache }: { readonly weights: string; readonly cache: string },
  want?: string,
): Promise<number> {
  const begin = performance.now();
  const caches = Object.fromEntries(CACHE_VARIABLES.map((name) => [name, cache]));
  const started = spawn(process.execPath, [...child, weights, String(batch), String(size)], {
    env: { ...process.env, ...caches, ...(want !== undefined && { GRAFT_ADAPTER: want }) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return new Promise((resolve, reject) => {
    let [milliseconds, complaint]: [number | undefined, string] = [undefined, ''];
    started.stdout.on('data', () => (milliseconds ??= performance.now() - begin));
    started.stderr.on('data', (chunk) => (complaint += String(chunk)));
    started.on('error', reject);
    started.on('close', (code) => {
      if (code === 0 && milliseconds !== undefined) resolve(milliseconds);
      else reject(new Error(`The process of a first training step ended with ${code}:\n${complaint.trim()}`));
    });
  });
}
