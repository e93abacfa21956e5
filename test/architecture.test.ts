// The lint rules that hold the architecture, tried on code that breaks it: a rule that catches nothing looks just like
// a project that breaks nothing.
import { ESLint } from 'eslint';
import { describe, expect, it } from 'vitest';

const eslint = new ESLint({ cwd: new URL('..', import.meta.url).pathname });

/** The messages about imports and globals that linting `code` as the file `filePath` gives. */
async function complaints(filePath: string, code: string): Promise<string[]> {
  const [result] = await eslint.lintText(code, { filePath });
  const fatal = result?.messages.find((message) => message.fatal);
  if (fatal) throw new Error(fatal.message);
  return (result?.messages ?? [])
    .filter(({ ruleId }) => ruleId?.startsWith('no-restricted-'))
    .map(({ message }) => message);
}

describe('imports point one way', () => {
  it.each([
    ['src/gpu/x.ts', `import { conv2d } from '../kernels/conv2d/index.ts';`],
    ['src/kernels/x.ts', `import { Module } from '../nn/module.ts';`],
    ['src/kernels/conv2d/x.ts', `import { Module } from '../../nn/module.ts';`],
    ['src/kernels/x.ts', `import type { Module } from '../nn/module.ts';`],
    ['src/kernels/x.ts', `import { type Module } from '../nn/module.ts';`],
    ['src/kernels/x.ts', `export { Module } from '../nn/module.ts';`],
    ['src/kernels/x.ts', `export * from '../nn/module.ts';`],
    ['src/kernels/x.ts', `export const later = () => import('../nn/module.ts');`],
    ['src/kernels/x.ts', `export type Module = import('../nn/module.ts').Module;`],
    ['src/autograd/x.ts', `import { Adam } from '../optim/adam.ts';`],
    ['src/nn/x.ts', `import { fineTune } from '../train/fine-tune.ts';`],
    ['src/optim/x.ts', `import { openAdapter } from '../platform/node/index.ts';`],
    ['src/weights/x.ts', `import { Module } from '../nn/module.ts';`],
    ['src/data/x.ts', `import { Gpu } from '../gpu/index.ts';`],
    ['src/train/x.ts', `import { openAdapter } from '../platform/node/index.ts';`],
    ['src/report/x.ts', `import { Gpu } from '../gpu/index.ts';`],
    ['src/train/x.ts', `import { renderReport } from '../report/index.ts';`],
    ['src/nn/x.ts', `import { ResNet } from '../networks/resnet/network.ts';`],
    ['src/networks/x/network.ts', `import { Adam } from '../../optim/adam.ts';`],
    ['src/kernels/conv2d/x.ts', `import { geometries } from '../../networks/resnet/geometry.ts';`],
    ['src/kernels/conv2d/cases.ts', `import { ResNet } from '../../networks/resnet/network.ts';`],
    ['src/kernels/conv2d/cases.ts', `import { networks } from '../../networks/index.ts';`],
    ['src/kernels/conv2d/cases.ts', `import { Module } from '../../nn/module.ts';`],
    ['src/networks/resnet/geometry.ts', `import { Module } from '../../nn/module.ts';`],
    ['src/networks/resnet/geometry.ts', `import { ResNet } from './network.ts';`],
    ['src/networks/resnet/activations.ts', `import { conv2d } from '../../kernels/conv2d/index.ts';`],
    ['src/platform/x.ts', `import { fineTune } from '../train/fine-tune.ts';`],
  ])('%s may not: %s', async (filePath, code) => {
    expect(await complaints(filePath, code)).toHaveLength(1);
  });

  it.each([
    ['src/kernels/x.ts', `import { Gpu } from '../gpu/index.ts';`],
    [
      'src/kernels/conv2d/x.ts',
      `import { shape } from './shape.ts';\nimport { chunks } from '../chunks.ts';`,
    ],
    [
      'src/kernels/conv2d/cases.ts',
      `import { convolutionsAt } from '../../networks/resnet/activations.ts';\nimport { geometries } from '../../networks/resnet/geometry.ts';`,
    ],
    [
      'src/networks/resnet/activations.ts',
      `import { outputLength } from '../../kernels/output-length.ts';\nimport { geometries } from './geometry.ts';`,
    ],
    ['src/networks/x/network.ts', `import { Network } from '../../nn/index.ts';`],
    ['src/train/x.ts', `import { networks } from '../networks/index.ts';`],
    ['src/autograd/x.ts', `import { conv2d } from '../kernels/conv2d/index.ts';`],
    ['src/nn/x.ts', `import type { Tensor } from '../autograd/tensor.ts';`],
    ['src/report/x.ts', `import type { EpochEvent } from '../train/index.ts';`],
    ['src/train/x.ts', `import { Adam } from '../optim/adam.ts';\nimport { split } from '../data/split.ts';`],
    [
      'src/cli/x.ts',
      `import { openAdapter } from '../platform/node/index.ts';\nimport { fineTune } from '../train/index.ts';`,
    ],
    ['src/kernels/x.test.ts', `import { openAdapter } from '../platform/node/index.ts';`],
  ])('%s may: %s', async (filePath, code) => {
    expect(await complaints(filePath, code)).toEqual([]);
  });
});

describe('the engine does not know where it runs', () => {
  it.each([
    ['src/gpu/x.ts', `import { readFileSync } from 'node:fs';`],
    ['src/gpu/x.ts', `import { readFileSync } from 'fs';`],
    ['src/gpu/x.ts', `import type { Stats } from 'node:fs';`],
    ['src/gpu/x.ts', `import { create } from 'webgpu';`],
    ['src/train/x.ts', `import { setTimeout } from 'node:timers/promises';`],
    ['src/data/x.ts', `import { Worker } from 'node:worker_threads';`],
    ['src/weights/x.ts', `import { inflateRawSync } from 'zlib';`],
    ['src/report/x.ts', `import uPlot from 'uplot';`],
    ['src/report/x.ts', `import { readFileSync } from 'node:fs';`],
    ['src/nn/x.ts', `export const seed = process.env['SEED'];`],
    ['src/data/x.ts', `export const canvas = document.createElement('canvas');`],
    ['src/weights/x.ts', `export const empty = Buffer.alloc(0);`],
  ])('%s may not: %s', async (filePath, code) => {
    expect(await complaints(filePath, code)).toHaveLength(1);
  });

  it.each([
    ['src/data/x.ts', `import jpeg from 'jpeg-js';`],
    ['src/weights/x.ts', `import { inflateSync } from 'fflate';\nexport const hash = crypto.subtle.digest;`],
    ['src/gpu/x.ts', `import { stream } from './stream.ts';\nexport const start = performance.now();`],
    ['src/platform/x.ts', `import { readFileSync } from 'node:fs';\nexport const here = process.cwd();`],
    ['src/cli/x.ts', `import { Command } from 'commander';\nexport const args = process.argv;`],
  ])('%s may: %s', async (filePath, code) => {
    expect(await complaints(filePath, code)).toEqual([]);
  });
});
