/**
 * y = a + b and the like where one operand is repeated along some axes. A thread finds its place in the result once, by dividing, and
 * then walks on by carrying, as an odometer does: a division for each item costs a software adapter more than the memory.
 */
import { type Kernel, memoizeKernel, read, wgsl, write } from '../../gpu/index.ts';
import { defineMap, RUN } from '../elementwise/map.wgsl.ts';
import { floats, type Width } from '../vectors.ts';

export const operators = { add: '+', sub: '-', mul: '*', div: '/' } as const;
/** What is done to two numbers. */
export type Operator = keyof typeof operators;

/** For each run of axes which operands vary along it, `a`, `b`, `ab` or `-` for none, joined by dots: `ab.a.ab`. */
export type Pattern = string;

type Params = 'first' | `n${number}`;

/**
 * y [n0, n1, …] = a ∘ b, from item `first` of the whole result on; the last run is `width` floats an item. What varies along all runs
 * is bound from that item on, everything else as a whole.
 */
export const broadcastKernel = memoizeKernel(
  (operator: Operator, pattern: Pattern, width: Width): Kernel<'a' | 'b' | 'y', string> => {
    const T = floats(width);
    const runs = pattern.split('.');
    const last = runs.length - 1;
    const places = runs.map((_, run) => run);
    const operand = (name: 'a' | 'b') => {
      const along = places.filter((run) => runs[run]?.includes(name));
      if (along.length === runs.length) return { element: T, value: `${name}[i]` };
      // Horner's scheme over the runs that it varies along.
      const index = along.reduce(
        (sum, run) => (sum === '' ? `c${run}` : `(${sum}) * params.n${run} + c${run}`),
        '',
      );
      const element = along.includes(last) ? T : 'f32';
      return { element, value: `${T}(${name}[${index || '0'}])` };
    };
    const [a, b] = [operand('a'), operand('b')];
    return defineMap<'a' | 'b' | 'y', Params>({
      name: `${operator}.broadcast ${pattern} ${T}`,
      bindings: { a: read(a.element), b: read(b.element), y: write(T) },
      params: Object.fromEntries([['first', 'u32'], ...places.map((run) => [`n${run}`, 'u32'])]) as Record<
        Params,
        'u32'
      >,
      setup: wgsl`
  var rest = params.first + first;
${places
  .slice(1)
  .reverse()
  .map((run) => `  var c${run} = rest % params.n${run};\n  rest /= params.n${run};`)}
  var c0 = rest;`,
      item: `  y[i] = ${a.value} ${operators[operator]} ${b.value};`,
      advance: wgsl`    c${last} += ${RUN}u;
${places
  .slice(1)
  .reverse()
  .map((run) => `    while (c${run} >= params.n${run}) { c${run} -= params.n${run}; c${run - 1} += 1u; }`)}`,
    });
  },
);
