/** The operations that treat each element on its own. */
import type { Gpu, Storage } from '../../../gpu/index.ts';
import * as activations from '../../../kernels/elementwise/activate.ts';
import * as maps from '../../../kernels/elementwise/index.ts';
import * as plain from '../../../kernels/elementwise/reference.ts';
import {
  bytesMoved,
  field,
  sizeOf,
  valueOf,
  type LabOperation,
  type Sizes,
  type Values,
} from '../operation.ts';

const fields = [field('count', 'elements', 2 ** 24)];
/** Larger than the catalogue begins with: of four thousand elements a dispatch's cost is all that one would time. */
const cases = [2 ** 20, 4096, 2 ** 24, 131_075, 1023, 3].map((count) => ({
  name: count.toLocaleString('en-US'),
  sizes: { count },
}));

/** WGSL allows exp 3 + 2·|x| units in the last place of a result that is under 1 here; then some roundings. */
const EXPONENTIAL = 1e-6;

type Storages<N extends string> = Readonly<Record<N, Storage>>;

/** A map from inputs to an output, which is one of them where it works in place. */
function map<N extends string>(
  name: string,
  about: string,
  inputs: readonly N[],
  output: N,
  run: (gpu: Gpu, storages: Storages<N>, count: number) => void,
  expected: (values: (name: N) => Float32Array | Uint32Array) => Float64Array,
  {
    flops = 1,
    tolerance = 2 ** -23, // one rounding
    scalars = [],
  }: { readonly flops?: number; readonly tolerance?: number; readonly scalars?: readonly N[] } = {},
): LabOperation {
  const tensors = (sizes: Sizes) => {
    const count = sizeOf(sizes, 'count');
    const given = inputs.map((one) => [one, { shape: [scalars.includes(one) ? 1 : count] }] as const);
    return { inputs: Object.fromEntries(given), outputs: { [output]: [count] } };
  };
  return {
    ...{ name: `elementwise.${name}`, about, fields, cases, algorithms: () => [], tensors },
    record(gpu, of, sizes) {
      const all = [...new Set([...inputs, output])];
      const storages = Object.fromEntries(all.map((one) => [one, of(one)])) as Storages<N>;
      run(gpu, storages, sizeOf(sizes, 'count'));
    },
    expected: (values: Values) => ({ [output]: expected((one) => valueOf(values, one)) }),
    tolerance: () => tolerance,
    work(sizes) {
      const count = sizeOf(sizes, 'count');
      return { flops: flops * count, bytes: bytesMoved(tensors(sizes)) };
    },
  };
}

export const elementwise: readonly LabOperation[] = [
  ...activations.activationNames.flatMap((name) => {
    const { about, by } = activations.activationOf(name);
    const work = { flops: /gelu/.test(name) ? 20 : 4, tolerance: EXPONENTIAL };
    return [
      map(
        name,
        about[0],
        ['x'],
        'y',
        (gpu, s, count) => activations.activate(gpu, name, s, count),
        (of) => plain.activate(name, of('x')),
        work,
      ),
      map(
        `${name}-backward`,
        about[1],
        ['dy', by],
        'dx',
        (gpu, s, count) => activations.activateBackward(gpu, name, s, count),
        (of) => plain.activateBackward(name, of('dy'), of(by)),
        work,
      ),
    ];
  }),
  map('add', 'y = a + b', ['a', 'b'], 'y', maps.add, (of) => plain.add(of('a'), of('b'))),
  map('mul', 'y = a · b', ['a', 'b'], 'y', maps.mul, (of) => plain.mul(of('a'), of('b'))),
  map(
    'scale',
    'y = x · factor',
    ['x', 'factor'],
    'y',
    maps.scale,
    (of) => Float64Array.from(of('x'), (value) => value * (of('factor')[0] ?? NaN)),
    { scalars: ['factor'] },
  ),
  map('accumulate', 'y += x', ['x', 'y'], 'y', maps.accumulate, (of) => plain.add(of('x'), of('y'))),
];
