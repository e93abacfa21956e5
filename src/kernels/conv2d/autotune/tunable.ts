/** A convolution's pass as autotuning wants it: candidates, tensors and plain loops to compare with. */
import type { Gpu } from '../../../gpu/index.ts';
import type { Tunable, Workload } from '../../autotune/tunable.ts';
import type { Conv2dAlgorithm } from '../algorithm.ts';
import { backwardDataPass } from '../backward-data.ts';
import { backwardWeightPass } from '../backward-weight.ts';
import { forwardPass } from '../forward.ts';
import type { Conv2dPass } from '../pass.ts';
import { sumTolerance, termsOf } from '../reference.ts';
import type { Conv2dShape } from '../shape.ts';
import { fingerprintOf } from './fingerprint.ts';
import { parseProblem, type Conv2dProblem } from './problem.ts';
import { rightOutput } from '../right.ts';

/**
 * The problem of that name (problem.ts) with the algorithms of its pass that suit and are worth a try; undefined for a name
 * of another kind. Throws `RangeError` for sizes that fit no convolution.
 */
export function conv2dTunable(gpu: Gpu, name: string): Tunable | undefined {
  const problem = parseProblem(name);
  if (!problem) return undefined;
  const of = <S>(pass: Conv2dPass<S>) => {
    const rule = pass.rule(gpu, problem.shape);
    return tunable(gpu, name, problem, pass, worthTrying(pass.algorithms, rule), rule);
  };
  switch (problem.pass) {
    case 'forward':
      return of(forwardPass);
    case 'backwardData':
      return of(backwardDataPass);
    case 'backwardWeight':
      return of(backwardWeightPass);
  }
}

/**
 * Where the rule takes broadcasts, tiles take two to ten times as long, and longest of all to compile: they are left out. The
 * other way round broadcasts are cheap to try.
 */
const worthTrying = <S>(
  all: readonly Conv2dAlgorithm<S>[],
  rule: Conv2dAlgorithm<S>,
): readonly Conv2dAlgorithm<S>[] =>
  rule.products === 'broadcasts' ? all.filter(({ products }) => products === 'broadcasts') : all;

/** `conv2dTunable` for algorithms of one's own; the rule's algorithm is tried too. */
export function tunable<S>(
  gpu: Gpu,
  name: string,
  problem: Conv2dProblem,
  pass: Conv2dPass<S>,
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
      kernels: () => fingerprintOf(gpu, pass, shape, epilogue, [algorithm, rule]),
    })),
    actual: workload(shapes.actual),
    small: workload(shapes.small),
    reference: (inputs) => rightOutput(pass, inputs, shapes.small, epilogue),
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
