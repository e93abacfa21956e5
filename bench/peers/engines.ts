// Who takes part: how each engine's process is started, and what must be installed for it. An engine that is missing is
// named together with the command that brings it; nothing is installed by itself.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { findChromium } from '../../test/browser/chromium.ts';
import { LEARNING_RATE, type Task } from './tasks.ts';

export interface EngineEntry {
  /** As tables name it. */
  readonly title: string;
  /** The program and its arguments: an engine that loads the file `inputs` (inputs.ts) and does `task`. */
  command(inputs: string, task: Task): readonly [program: string, ...words: string[]];
  /** What is not installed and how to install it; nothing if the engine can run. */
  missing(): string | undefined;
}

const engine = (file: string, ...flags: string[]): EngineEntry['command'] => {
  return (inputs, task) => [process.execPath, '--import', 'tsx', here(file), inputs, task, ...flags];
};
const torch = (...flags: string[]): EngineEntry['command'] => {
  return (inputs, task) => {
    const python = pythonWithTorch() ?? PYTHONS[0];
    return [python, here('torch_cpu.py'), inputs, task, String(LEARNING_RATE), ...flags];
  };
};

/** The engines by name, in the order in which they take turns. */
export const ENGINES = {
  graft: { title: 'graft', command: engine('graft.ts'), missing: () => undefined },
  tfjs: { title: 'TensorFlow.js as shipped', command: engine('tfjs.mjs'), missing: missingTensorFlow },
  'tfjs-nap': {
    title: 'TensorFlow.js, napping wait',
    command: engine('tfjs.mjs', '--nap'),
    missing: missingTensorFlow,
  },
  ort: {
    title: 'ONNX Runtime Web in Chromium',
    command: engine('ort.ts'),
    missing: () => missingPackage('onnxruntime-web') ?? missingChromium(),
  },
  torch: { title: 'PyTorch on the CPU', command: torch(), missing: missingTorch },
  'torch-cached': {
    title: 'PyTorch on the CPU, features cached',
    command: torch('--cached'),
    missing: missingTorch,
  },
} as const satisfies Record<string, EngineEntry>;

export type EngineName = keyof typeof ENGINES;

/** Whose times all others' are divided by. */
export const BASE = 'graft' satisfies EngineName;

// A distribution's PyTorch belongs to its own Python, which need not be the first one found.
const PYTHONS = ['python3', '/usr/bin/python3'] as const;
let python: string | null | undefined;

/** The Python that has PyTorch and torchvision, without which the engine `torch` cannot run. */
export function pythonWithTorch(): string | undefined {
  python ??=
    PYTHONS.find((name) => spawnSync(name, ['-c', 'import torch, torchvision']).status === 0) ?? null;
  return python ?? undefined;
}

function here(file: string): string {
  return fileURLToPath(new URL(file, import.meta.url));
}

function missingPackage(name: string): string | undefined {
  if (existsSync(here(`node_modules/${name}/package.json`))) return undefined;
  return `npm's ${name} is not installed: npm ci --prefix bench/peers (about 220 MB)`;
}

function missingTensorFlow(): string | undefined {
  return missingPackage('@tensorflow/tfjs-backend-webgpu');
}

function missingTorch(): string | undefined {
  if (pythonWithTorch()) return undefined;
  return 'no python3 here has torch and torchvision: on Debian, apt-get install python3-torch python3-torchvision';
}

function missingChromium(): string | undefined {
  if (findChromium()) return undefined;
  return 'there is no Chromium: on Debian, apt-get install chromium; or give its path in $CHROME_PATH';
}
