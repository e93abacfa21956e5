// The lint rules that hold the architecture, tried on code that breaks it: a rule that catches nothing looks just like
// a project that breaks nothing. And what no rule of a single file can see: imports that run in a circle.
import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { ESLint } from 'eslint';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';

const root = new URL('..', import.meta.url).pathname;
const eslint = new ESLint({ cwd: root });

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
    ['src/run/x.ts', `export const later = () => import('node:fs');`],
    ['src/run/x.ts', `export const later = () => import('./../cli/graft.ts');`],
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
    ['src/platform/web/x.ts', `import { nodeFiles } from '../node/files.ts';`],
    ['src/platform/web/x.ts', `import { readFile } from 'node:fs/promises';`],
    ['src/platform/node/x.ts', `import { webHost } from '../web/host.ts';`],
    ['src/run/x.ts', `import { nodeFiles } from '../platform/node/files.ts';`],
    ['src/run/x.ts', `import { Command } from 'commander';`],
    ['src/report/x.ts', `import { train } from '../run/train.ts';`],
    ['src/networks/x.ts', `import { Adam } from '../optim/adam.ts';`],
    ['web/src/explore/x/y.ts', `import { tableFor } from '../../../../src/cli/bench/output/table.ts';`],
    ['src/bench/x.ts', `import { table } from '../cli/terminal/table.ts';`],
    ['src/bench/x.ts', `import { train } from '../run/train.ts';`],
    ['src/train/x.ts', `import { measureGroup } from '../bench/measure.ts';`],
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
    ['web/src/explore/x/y.ts', `import { idOf } from '../../../../src/bench/benchmark.ts';`],
    ['web/src/explore/x/y.ts', `import { Where } from '../bench/where.tsx';`],
    ['src/bench/x.ts', `import { freeze } from '../train/loop/freeze.ts';`],
    ['src/autograd/x.ts', `import { conv2d } from '../kernels/conv2d/index.ts';`],
    ['src/run/x.ts', `export const later = () => import('./demo.ts');`],
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
    ['src/bench/x.ts', `export const used = process.cpuUsage();`],
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

describe('imports run in no circle', () => {
  it('in src, types included', () => {
    const importsOf = new Map(sources().map((file) => [file, relativeImports(file)]));
    expect(importsOf.get('src/gpu/index.ts')).toContain('src/gpu/gpu.ts');
    expect(circles(importsOf)).toEqual([]);
  });

  it('which is told where there is one', () => {
    const imports = { a: ['b'], b: ['c', 'd'], c: [], d: ['b'], e: ['a'] };
    expect(circles(new Map(Object.entries(imports)))).toEqual(['b → d → b']);
  });
});

/** Each circle as the files along it, found by walking from every file as far as its imports go. */
function circles(importsOf: ReadonlyMap<string, readonly string[]>): string[] {
  const done = new Set<string>();
  const found: string[] = [];
  const walk = (file: string, way: readonly string[]): void => {
    const before = way.indexOf(file);
    if (before >= 0) found.push([...way.slice(before), file].join(' → '));
    if (before >= 0 || done.has(file)) return;
    for (const next of importsOf.get(file) ?? []) walk(next, [...way, file]);
    done.add(file);
  };
  for (const file of importsOf.keys()) walk(file, []);
  return found;
}

const sources = (): string[] =>
  readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => `src/${name.replaceAll('\\', '/')}`);

/** The files that a file imports or exports from, types included, as paths from the project's folder. */
const relativeImports = (file: string): string[] =>
  ts
    .preProcessFile(readFileSync(join(root, file), 'utf8'))
    .importedFiles.filter(({ fileName }) => fileName.startsWith('.'))
    .map(({ fileName }) => posix.join(posix.dirname(file), fileName));
