// TensorFlow.js's kernels for the same work, to put below ours. They are made for shapes at run time, so they are caught
// where its WebGPU backend hands them to the device, in a process of its own; nothing of them is kept.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Candidate } from './kernels.ts';
import { run, type Tools } from './tools.ts';

/** The kernels that TensorFlow.js runs at a ResNet-18 shape; none, with the reason on stderr, where it is not installed. */
export function captureTensorFlow(tools: Tools): Candidate[] {
  const installed = new URL('../peers/node_modules/@tensorflow/tfjs-backend-webgpu', import.meta.url);
  if (!existsSync(installed)) {
    console.error(
      'Without TensorFlow.js: it is not installed in bench/peers (npm ci --prefix bench/peers puts it there).',
    );
    return [];
  }
  const program = fileURLToPath(new URL('capture-tensorflow.mjs', import.meta.url));
  const printed = run(process.execPath, ['--import', 'tsx', program], {
    VK_DRIVER_FILES: tools.lavapipe,
    VK_ICD_FILENAMES: tools.lavapipe,
  });
  const caught = JSON.parse(printed.slice(printed.indexOf('[{'))) as { name: string; code: string }[];
  return caught.map(({ name, code }) => ({ name, code, entryPoint: '_start', bar: 'none' as const }));
}
