/** Every exercise: its start fails for the reason that it was made for, and its solution passes. */
import { describe, expect, it } from 'vitest';
import { testGpu } from '../../../test/support/gpu.ts';
import { examine } from './examine.ts';
import { exercises } from './index.ts';
import { timeBoth } from './times.ts';
import type { Exercise } from './exercise.ts';

const gpu = await testGpu();

/** Why each start is not right. */
const faults: Readonly<Record<string, RegExp>> = {
  bounds: /^Line 11: thread 36 of workgroup 1 writes y\[100\], and y has 100 elements\.$/,
  'rows-and-columns':
    /^Thread 5 of workgroup 0 writes y\[5\] in line 15, thread 8 of workgroup 0 writes it in line 15, with no barrier between: /,
  uniforms: /^piece\[0, 0\] is pixel 20 of the picture and should be pixel 43\.$/,
  sigmoid:
    /^With a dy of ones: dx\[0\] is -0\.083\d+ and should be 0\.083\d+\. 64 of 64 elements are wrong\.$/,
  barrier:
    /^Thread 1 of workgroup 0 writes sums\[1\] in line 11, thread 0 of workgroup 0 reads it in line 13, with no barrier between: /,
  race: /^Thread 1 of workgroup 0 writes ring\[1\] in line 14, thread 0 of workgroup 0 reads it in line 14, with no barrier between: /,
  'uniform-flow': /^Line 20: 'workgroupBarrier' must only be called from uniform control flow$/,
  softmax:
    /^With logits of −1,000 to 1,000: probabilities\[0, 4\] is .* and should be 1\. \d+ of 40 elements are wrong\.$/,
  border: /^Line 19: thread 40 of workgroup 0 reads x\[54\], and x has 54 elements\.$/,
  'stride-two': /^dx\[1\] is -0\.638\d+ and should be -0\.355\d+\.$/,
  'batch-norm': /^In channel 0 the sum of dx is 8\.19\d+\.$/,
  limits: /total number of workgroup invocations \(4096\) exceeds the maximum allowed/,
  'one-for-all':
    /^Counted: thread 0 of workgroup 0 reads 1,024 numbers of x\. Shared evenly it would be 16\.$/,
  neighbours: /^Line 14: 32 neighbouring threads touch 32 stretches of 128 bytes of x at once\./,
  tiles: /^Counted: 65,536 reads, 64 for each element\. It can be done with 4\.$/,
  registers: /^Counted: 65,536 reads, 2 for each multiplication\. It can be done with 0\.5\.$/,
};

describe.each(exercises.map((exercise) => [exercise.name, exercise] as const))('%s', (name, exercise) => {
  it('starts with its mistake, and is solved by its solution', async () => {
    const start = await examine(gpu, exercise, exercise.start);
    const solution = await examine(gpu, exercise, exercise.solution);
    expect(solution.steps.filter(({ state }) => state !== 'right')).toEqual([]);
    expect(start.steps.find(({ state }) => state === 'wrong')?.reason).toMatch(faults[name] ?? /^$/);
  });
});

it('has a reason for each start, and a hint for each step', () => {
  expect(exercises.map(({ name }) => name)).toEqual(Object.keys(faults));
  for (const { steps, compileHints } of exercises)
    for (const hints of [compileHints, ...steps.map((step) => step.hints)])
      expect(hints.length).toBeGreaterThan(0);
});

it('shows the clock for what is slow: the start and the solution, in turns', async () => {
  for (const exercise of exercises) {
    const timed = await timeBoth(gpu, exercise, exercise.solution, { rounds: 2, minMilliseconds: 1 });
    const rounds = timed?.times.map(({ milliseconds }) => milliseconds.length);
    expect(rounds, exercise.name).toEqual(exercise.about === 'slow' ? [2, 2] : undefined);
  }
});

/** What becomes of a solution with changes. */
async function changed(name: string, ...changes: readonly (readonly [from: string | RegExp, to: string])[]) {
  const exercise = exercises.find((one) => one.name === name) as Exercise;
  let text = exercise.solution;
  for (const [from, to] of changes) {
    const next = text.replace(from, to);
    expect(next).not.toBe(text);
    text = next;
  }
  const { steps, isSolved } = await examine(gpu, exercise, text);
  return isSolved ? 'solved' : steps.find(({ state }) => state === 'wrong')?.reason;
}

const RING: readonly (readonly [string | RegExp, string])[] = [
  ['ring: array<f32, 64>', 'ring: array<array<f32, 64>, 2>'],
  ['ring[lane] = x[lane]', 'ring[0][lane] = x[lane]'],
  [
    /let mean[^}]*/,
    'ring[1u - turn % 2u][lane] = 0.5 * (ring[turn % 2u][lane] + ring[turn % 2u][(lane + 1u) % 64u]);\nworkgroupBarrier();\n',
  ],
  ['= ring[lane];', '= ring[params.turns % 2u][lane];'],
];

describe('other answers', () => {
  it('are taken where they are right: two arrays in turns, a single shared value', async () => {
    expect(await changed('race', ...RING)).toBe('solved');
    const share = 'if (lane == 0u) { total = sums[0]; }\n let all = workgroupUniformLoad(&total);\n';
    const declare = ['var<workgroup>', 'var<workgroup> total: f32;\nvar<workgroup>'] as const;
    const last = ['if (lane == 0u) { y[workgroup.x] = sums[0]; }', `${share} if (lane == 5u) { y[workgroup.x] = all; }`] as const; // prettier-ignore
    expect(await changed('barrier', declare, last)).toBe('solved');
    const unshared = ['let all = workgroupUniformLoad(&total);', 'let all = total;'] as const;
    expect(await changed('barrier', declare, last, unshared)).toMatch(
      /^Thread 0 of workgroup 0 writes total in line \d+, thread 1 of workgroup 0 reads it/,
    );
  });

  it.each([
    ['race', /^Thread 1 of workgroup 0 writes ring\[0\]\[1\] .* thread 0 of workgroup 0 reads it/, [...RING.slice(0, 2), ['workgroupBarrier();', ''], ...RING.slice(2)]], // prettier-ignore
    ['barrier', /writes y\[0\] .*nothing orders the threads of two workgroups/, [['y[workgroup.x]', 'y[0]']]],
    ['barrier', /sums\[64\], and sums has 64 elements\.$/, [['half = 32u', 'half = 64u']]],
    [
      'limits',
      /tile\[0\]\[16\], and tile has 16 columns\.$/,
      [['[local.y][local.x]', '[local.y][local.x + 1u]']],
    ],
    ['bounds', /^Line \d+: .* reads x before its beginning/, [['x[i]', 'x[i32(i) - 1]']]],
    ['bounds', /^The loop in line 12 went round too often/, [[/\n  y\[i\]/, '\n  for (var k = 0u; k < 2u; k += 0u) { y[i] = x[i]; }\n  y[i]']]], // prettier-ignore
    ['bounds', /^A thread reads and writes more than 4,096 times/, [[/\n  y\[i\]/, '\n  for (var k = 0u; k < 5000u; k++) { y[i] = x[i]; }\n  y[i]']]], // prettier-ignore
    ['bounds', /^What its threads do cannot be followed/, [[/\bi\b/g, 'lab_i']]],
    ['bounds', /compile|binding/i, [['@binding(0)', '@binding(7)']]],
    [
      'bounds',
      /^The size of the workgroup must stand in the text/,
      [['@workgroup_size(64)', '@workgroup_size(32 + 32)']],
    ],
    [
      'tiles',
      /^Counted: 163,840 reads, 160 for each element/,
      [
        ['a: array<f32>', 'a: array<vec4f>'],
        [/for \(var begin[^]*?\n  }\n/, 'for (var k = 0u; k < params.side; k++) { sum += a[(row * params.side + k) / 4u][k % 4u] * b[k * params.side + column]; }\n'], // prettier-ignore
      ],
    ],
  ] as const)('are told for what they are: %s, %s', async (name, reason, changes) => {
    expect(await changed(name, ...(changes as readonly (readonly [string | RegExp, string])[]))).toMatch(
      reason,
    );
  });
});
