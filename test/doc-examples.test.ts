/**
 * The examples in doc comments run. An example stands in a scope, sees `gpu`, all that autograd, nn and optim export,
 * `createRandom` and the elementwise `kernels`, and its lines `x; // → value` are checked.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import * as autograd from '../src/autograd/index.ts';
import type { Gpu } from '../src/gpu/index.ts';
import * as kernels from '../src/kernels/elementwise/index.ts';
import * as layers from '../src/nn/layers.ts';
import * as nn from '../src/nn/index.ts';
import * as optim from '../src/optim/index.ts';
import { createRandom } from '../src/random.ts';
import { testGpu } from './support/gpu.ts';
import { expectClose } from './support/kernels.ts';
import { compile, docExamples, ROOT, typeErrors, withChecks } from './support/snippets.ts';

const modules = { autograd, nn, optim };
const files = Object.keys(modules).flatMap((folder) =>
  readdirSync(new URL(`src/${folder}/`, ROOT))
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    .map((name) => `src/${folder}/${name}`),
);
const examples = files.flatMap((file) =>
  docExamples(readFileSync(new URL(file, ROOT), 'utf8')).map(({ line, code }) => ({
    place: `${file}:${line}`,
    file,
    code: withChecks(code),
  })),
);

/** Numbers agree to float32's last places; everything else exactly. */
function check(actual: unknown, expected: unknown): void {
  const [found = [], wanted = []] = [actual, expected].map((value) =>
    value instanceof Float32Array ? [...value] : [value].flat(),
  );
  const areNumbers = (values: readonly unknown[]): values is readonly number[] =>
    [...found, ...values].every((value) => typeof value === 'number');
  if (areNumbers(wanted)) expectClose(found as number[], wanted, { relative: 1e-6 });
  else expect(found).toEqual(wanted);
}

let gpu: Gpu;
beforeAll(async () => {
  gpu = await testGpu();
});

describe('doc comments', () => {
  it.each(examples)('$place', async ({ code }) => {
    const scope = { gpu, kernels, createRandom, check, ...autograd, ...nn, ...optim };
    const run = compile(Object.keys(scope), code);
    await gpu.scope(() => run(...Object.values(scope)));
  });

  it('show every layer and every optimizer', () => {
    const code = examples.map((example) => example.code).join('\n');
    const classes = [layers, optim].flatMap((module) =>
      Object.values(module).filter((value) => /^class/.test(String(value))),
    );
    expect(classes.length).toBeGreaterThan(5);
    for (const { name } of classes.filter(({ name }) => name !== 'ArenaOptimizer'))
      expect(code).toContain(`new ${name}(`);
  });

  it('pass the compiler, which sees what is wrong', () => {
    const imports = Object.entries(modules).map(
      ([folder, exported]) =>
        `import { ${Object.keys(exported).join(', ')} } from './src/${folder}/index.ts';`,
    );
    const lines = [
      ...imports,
      "import type { Gpu } from './src/gpu/index.ts';",
      "import * as kernels from './src/kernels/elementwise/index.ts';",
      "import { createRandom } from './src/random.ts';",
      'declare const gpu: Gpu;',
      'declare function check(actual: unknown, expected: unknown): void;',
      ...examples.map(({ code }, i) => `export const example${i} = async () => {\n${code}};`),
      'export const wrong: number = "a text";',
    ];
    const text = lines.join('\n');
    const last = text.split('\n').length;
    expect(typeErrors(text)).toEqual([`${last}: Type 'string' is not assignable to type 'number'.`]);
  });

  it('fail where a value is not as they say', async () => {
    const run = compile(['check'], withChecks('const x = [1, 2];\nx; // → [1, 3]\n'));
    await expect(run(check)).rejects.toThrow(/\[1\] is 2, expected 3/);
    await expect(compile(['check'], withChecks('"a"; // → "b"'))(check)).rejects.toThrow(/deeply equal/);
  });
});
