import { read, write } from '../../../gpu/index.ts';
import { at, sum, values } from '../data.ts';
import { defineExercise } from '../exercise.ts';
import { inBounds, right, wrongText } from '../steps.ts';

const [INPUTS, OUTPUTS] = [21, 11];

export const strideTwo = defineExercise({
  name: 'stride-two',
  title: 'The way back through a stride of 2',
  about: 'broken',
  task: 'A convolution in one dimension, with three weights, a stride of 2 and a padding of 1: y[o] = Σ w[k] · x[2o + k − 1]. Here is its way back: dx[i] collects w[k] · dy[o] from every o whose window has seen x[i]. Pixels with an even number are right, the others are not.',
  moral:
    'Pixels fall into phases by their remainder after the stride, and each phase meets other weights: here the even ones w[1] alone, the odd ones w[0] and w[2]. In two dimensions there are four phases.',
  bindings: { dy: read(), w: read(), dx: write() },
  params: { inputs: 'u32', outputs: 'u32' },
  start: {
    workgroupSize: [32],
    builtins: '@builtin(global_invocation_id) id: vec3u',
    body: `
      let i = id.x;
      if (i >= params.inputs) { return; }
      if (i % 2u == 0u) {
        dx[i] = w[1] * dy[i / 2u];
      } else {
        dx[i] = w[2] * dy[i / 2u];
      }`,
  },
  solution: {
    body: `
      let i = id.x;
      if (i >= params.inputs) { return; }
      if (i % 2u == 0u) {
        dx[i] = w[1] * dy[i / 2u];
      } else {
        dx[i] = w[2] * dy[i / 2u];
        let next = (i + 1u) / 2u;
        if (next < params.outputs) { dx[i] += w[0] * dy[next]; }
      }`,
  },
  cases: () => {
    const [dy, w] = [values(OUTPUTS, 14), values(3, 15)];
    const caseOf = (inputs: number, outputs: number) => {
      const own = dy.slice(0, outputs);
      return {
        name: `${inputs} pixels`,
        inputs: { dy: own, w },
        params: { inputs, outputs },
        output: {
          name: 'dx',
          shape: [inputs],
          // As the forward pass says it: every window gives its gradient to what it has seen.
          expected: Float32Array.from({ length: inputs }, (_, i) =>
            sum(0, outputs, (o) => sum(0, 3, (k) => (2 * o + k - 1 === i ? at(w, k) * at(own, o) : 0))),
          ),
        },
        grid: ([width]: readonly [number, number, number]) => [Math.ceil(inputs / width)] as const,
      };
    };
    return [caseOf(INPUTS, OUTPUTS), caseOf(INPUTS - 1, OUTPUTS - 1)];
  },
  steps: [
    {
      holds: 'Even pixels are right',
      hints: ['2o + k − 1 = i with an even i: only k = 1 gives a whole o.'],
      check: ({ tried }) => tried.map((one) => wrongText(one, (i) => i % 2 === 0)).find(Boolean),
    },
    {
      holds: 'Odd pixels are right, but for the last',
      hints: [
        'For an odd i, which k make i + 1 − k even? One of them is missing.',
        'Two windows see an odd pixel: that of (i − 1) / 2 with w[2], and that of (i + 1) / 2 with w[0].',
      ],
      check: ({ tried }) =>
        tried
          .map((one) => wrongText(one, (i) => i % 2 === 1 && i < one.of.output.expected.length - 1))
          .find(Boolean),
    },
    inBounds([
      'With an even number of pixels the last one is odd, and the window after it does not exist.',
      'Add w[0] · dy[(i + 1) / 2] only where (i + 1) / 2 is below params.outputs.',
    ]),
    right(['All windows that have seen a pixel, and no others.']),
  ],
});
