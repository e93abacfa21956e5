/** A convolution's pass as autotuning wants it: candidates, tensors and plain loops to compare with. */
import type { Gpu } from '../../gpu/index.ts';
import { forward as normalise, invStdOf } from '../batch-norm/reference.ts';
import type { Tunable, Workload } from '../autotune/tunable.ts';
import type { Conv2dAlgorithm } from './algorithm.ts';
import { backwardDataAlgorithms, backwardWeightAlgorithms, forwardAlgorithms } from './algorithms.ts';
import { ruleBackwardData, ruleBackwardWeight, ruleForward } from './choose.ts';
import { backwardDataPass, backwardWeightPass, EPS, forwardPass, type PassDefinition } from './passes.ts';
import { parseProblem, type Conv2dProblem } from './problem.ts';
import {
  conv2dBackwardDataReference,
  conv2dBackwardWeightReference,
  conv2dForwardReference,
} from './reference.ts';
import type { Conv2dShape } from './shape.ts';
import { sumTolerance, termsOf } from './tolerance.ts';
import { kernelsOf } from './tuned.ts';

/**
 * The problem of that name (problem.ts) with the algorithms of its pass that suit and are worth a try; undefined for a name
 * of another kind. Throws `RangeError` for sizes that fit no convolution.
 */
export function conv2dTunable(gpu: Gpu, name: string): Tunable | undefined {
  const problem = parseProblem(name);
  if (!problem) return undefined;
  const { pass, shape } = problem;
  const of = <S>(
    definition: PassDefinition<S>,
    algorithms: readonly Conv2dAlgorithm<S>[],
    rule: Conv2dAlgorithm<S>,
  ) => tunable(gpu, name, problem, definition, worthTrying(algorithms, rule), rule);
  switch (pass) {
    case 'forward':
      return of(forwardPass, forwardAlgorithms, ruleForward(gpu, shape));
    case 'backwardData':
      return of(backwardDataPass, backwardDataAlgorithms, ruleBackwardData(gpu, shape));
    case 'backwardWeight':
      return of(backwardWeightPass, backwardWeightAlgorithms, ruleBackwardWeight(gpu, shape));
  }
}

/**
 * Where the rule takes broadcasts, tiles take two to ten times as long, and longest of all to compile: they are left out. The
 * other way round broadcasts are cheap to try.
 */
const worthTrying = <S>(
  algorithms: readonly Conv2dAlgorithm<S>[],
  rule: Conv2dAlgorithm<S>,
): readonly Conv2dAlgorithm<S>[] =>
  rule.name.includes('subgroup') ? algorithms.filter(({ name }) => name.includes('subgroup')) : algorithms;

/** `conv2dTunable` for algorithms of one's own, of which the one of the rule is tried too. */
export function tunable<S>(
  gpu: Gpu,
  name: string,
  problem: Conv2dProblem,
  pass: PassDefinition<S>,
  algorithms: readonly Conv2dAlgorithm<S>[],
  rule: Conv2dAlgorithm<S>,
): Tunable {
  const { shape, epilogue } = problem;
  const shapes = { actual: shape, small: smallShape(shape) };
  const workload = (of: Conv2dShape): Workload => {
    const { inputs, output } = pass.tensors(of, epilogue);
    return {
      inputs: Object.fromEntries(
        Object.entries(inputs).map(([tensor, elements]) => [tensor, { elements, range: rangeOf(tensor) }]),
      ),
      output,
      tolerance: sumTolerance(termsOf(of)[pass.name]) + (epilogue === 'none' ? 0 : 1e-6),
    };
  };
  const tried = [rule, ...algorithms.filter((other) => other.name !== rule.name)].filter((algorithm) =>
    Object.values(shapes).every((of) => algorithm.suits(gpu, of)),
  );
  return {
    name,
    candidates: tried.map((algorithm) => ({
      name: algorithm.name,
      errorGrowth: algorithm.errorGrowth ?? 1,
      run: (size, tensor) => algorithm.run(gpu, pass.storages(tensor, epilogue), shapes[size]),
      kernels: () => kernelsOf(gpu, pass, shape, epilogue, [algorithm, rule]),
    })),
    actual: workload(shapes.actual),
    small: workload(shapes.small),
    reference: (inputs) => reference({ ...problem, shape: shapes.small }, inputs),
  };
}

/** A variance is positive. */
const rangeOf = (tensor: string) => (tensor === 'variance' ? ([0.5, 1.5] as const) : ([-1, 1] as const));

/** Few images and pixels, and channels that go past a tile of 64 and are multiples of four where the real ones are. */
function smallShape(shape: Conv2dShape): Conv2dShape {
  const fewer = (channels: number) => Math.min(channels, 68 + (channels % 4));
  const side = (length: number, kernel: number) => Math.min(length, kernel + 3 * shape.stride + 3);
  const { n, h, w, c, k, r, s } = shape;
  return { ...shape, n: Math.min(n, 2), h: side(h, r), w: side(w, s), c: fewer(c), k: fewer(k) };
}

function reference(
  { pass, shape, epilogue }: Conv2dProblem,
  inputs: Readonly<Record<string, Float32Array>>,
): Float64Array {
  const of = (name: string): Float32Array => inputs[name] ?? new Float32Array();
  if (pass === 'backwardData') return conv2dBackwardDataReference(of('dy'), of('weight'), shape);
  if (pass === 'backwardWeight') return conv2dBackwardWeightReference(of('x'), of('dy'), shape);
  const sums = conv2dForwardReference(of('x'), of('weight'), shape);
  if (epilogue === 'none') return sums;
  const affine = {
    rows: sums.length / shape.k,
    channels: shape.k,
    mean: of('mean'),
    invStd: invStdOf(Float64Array.from(of('variance')), EPS),
    weight: of('gamma'),
    bias: of('beta'),
  };
  return normalise(sums, affine, { residual: inputs['residual'], relu: false });
}
