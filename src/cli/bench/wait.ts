// What waiting costs: the same kernels, once awaited plainly (Dawn's binding spins the main thread) and once with the napping wait of
// src/platform/node/wait.ts. docs/decisions.md has the numbers.
import { defineKernel, Gpu, read, write, type Waiter } from '../../gpu/index.ts';
import { waiterFor } from '../../platform/node/wait.ts';
import type { Benchmark, Work } from '../../bench/benchmark.ts';
import { Buffers } from '../../bench/buffers.ts';
import { multiplyAdd, recordMultiplyAdd } from '../../bench/ceilings.ts';
import { RecordedSubject } from '../../bench/measure.ts';

const SIDE = 1024;

/** C = A·B, 4×4 outputs a thread, no shared memory: typical of a kernel that keeps every core busy. */
const matmulKernel = defineKernel({
  name: 'wait.matmul',
  bindings: { a: read('vec4f'), b: read('vec4f'), c: write('vec4f') },
  workgroupSize: [8, 8],
  builtins: '@builtin(global_invocation_id) id: vec3u',
  body: `
  const columns = ${SIDE / 4}u;
  let row = 4u * id.y;
  var sum: array<vec4f, 4>;
  for (var k = 0u; k < columns; k++) {
    let b0 = b[(4u * k) * columns + id.x];
    let b1 = b[(4u * k + 1u) * columns + id.x];
    let b2 = b[(4u * k + 2u) * columns + id.x];
    let b3 = b[(4u * k + 3u) * columns + id.x];
    ${[0, 1, 2, 3]
      .flatMap((i) => [
        `let a${i} = a[(row + ${i}u) * columns + k];`,
        `sum[${i}] += a${i}.x * b0 + a${i}.y * b1 + a${i}.z * b2 + a${i}.w * b3;`,
      ])
      .join('\n    ')}
  }
  ${[0, 1, 2, 3].map((i) => `c[(row + ${i}u) * columns + id.x] = sum[${i}];`).join('\n  ')}`,
});

function recordMatmul(gpu: Gpu, buffers: Buffers): () => void {
  const [a, b] = [buffers.floats(SIDE * SIDE), buffers.floats(SIDE * SIDE)];
  const storages = { a, b, c: buffers.empty(SIDE * SIDE * 4) };
  return () => gpu.run(matmulKernel, storages, {}, [SIDE / 32, SIDE / 32]);
}

const kernels: readonly (readonly [string, Work, typeof recordMatmul])[] = [
  [`matmul ${SIDE}³`, { flops: 2 * SIDE ** 3, bytes: 3 * SIDE * SIDE * 4 }, recordMatmul],
  ['multiply-add', multiplyAdd.work, recordMultiplyAdd],
];

export function waitBenchmarks({ software }: Pick<Gpu, 'software'>): Benchmark[] {
  const ways: readonly (readonly [string, Waiter])[] = [
    ['plain', (promise) => promise],
    ['napping', waiterFor({ software })],
  ];
  return kernels.flatMap(([shape, work, prepare]) =>
    ways.map(([way, wait]): Benchmark => ({
      ...{ operation: `wait.${way}`, shape, variant: '', group: `wait ${shape}`, work, when: 'asked' },
      open: ({ device }, timing) => {
        const gpu = new Gpu(device, { wait });
        const buffers = new Buffers(gpu);
        const record = prepare(gpu, buffers);
        return RecordedSubject.open(gpu, { record, close: () => buffers.release() }, timing);
      },
    })),
  );
}
