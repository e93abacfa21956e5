// The kernel command as a user runs it, on a machine that has no adapter.
import { expect, it } from 'vitest';
import { expectFailure, graft } from './support/cli.ts';

const kernel = (...args: readonly string[]) =>
  graft(['kernel', ...args], { env: { GRAFT_ADAPTER: 'none of these' } });

it('lists operations, and prints one with its numbers filled in', async () => {
  const { out, code } = await kernel();
  expect(code).toBe(0);
  expect(out).toMatch(/^conv2d\.forward +y = x ∗ weight$/m);
  const shown = await kernel('relu');
  expect(shown.out).toContain('// from    src/kernels/elementwise/activations.wgsl.ts');
  expect(shown.out).toContain('// threads 128 per workgroup, 8 workgroups');
  expect(shown.out).toContain('// params  count = 1024, walk = 1');
  expect(shown.out).toContain('\n      y[i] = select(value, vec4f(0), value <= vec4f(0));\n');
  expect((await kernel('conv2d.forward', '--list')).out).toContain('\n  winograd 4×4 tiled\n');
});

it('tells what there is in place of a name that it does not know', async () => {
  expectFailure(await kernel('gelu-of-nobody'), 'There is no kernel "gelu-of-nobody".', 2);
  expectFailure(await kernel('conv2d.forward', '--case', 'mine'), 'There is: resnet18-layer1', 2);
});
