/**
 * The engine against the operator tests of ONNX: each case that consists of operators which the engine has is run, whether the engine
 * can say it or not, and passes or stands in `notPassed` with its reason.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import type { Gpu } from '../../src/gpu/index.ts';
import { testGpu } from '../support/gpu.ts';
import { expectClose } from '../support/kernels.ts';
import { casesOfTable, dataOf, WITHOUT_DATA, type OnnxCase } from './cases.ts';
import type { OnnxTensor } from './model.ts';
import { notPassed } from './not-passed.ts';
import { operators } from './operators.ts';

/** Sums of a few hundred terms in f32; ONNX's own runner allows ten times as much. */
const TOLERANCE = { relative: 1e-4 };

let gpu: Gpu;
beforeAll(async () => {
  gpu = await testGpu();
});

const cases = casesOfTable();

/** Computes the model node by node, and compares its outputs. */
async function check(onnxCase: OnnxCase): Promise<void> {
  const { model } = onnxCase;
  for (const { inputs: given, outputs } of dataOf(onnxCase)) {
    const values = new Map<string, OnnxTensor>([...model.initializers, ...given]);
    for (const node of model.nodes) {
      const call = { gpu, attributes: node.attributes, outputs: node.outputs.length };
      const inputs = node.inputs.map((name) => values.get(name));
      const results = await operators[node.op]!({ ...call, inputs }); // cases are chosen by the table
      results.forEach((result, i) => values.set(node.outputs[i] ?? '', result));
    }
    expect(outputs.length, 'outputs to compare').toBeGreaterThan(0);
    for (const [name, expected] of outputs) {
      const actual = values.get(name);
      expect(actual?.shape, name).toEqual(expected.shape);
      expectClose(actual?.values ?? [], expected.values, TOLERANCE, name);
    }
  }
}

describe('operator tests of ONNX', () => {
  if (WITHOUT_DATA !== undefined) {
    it('are skipped', () => console.log(`ONNX's operator tests: ${WITHOUT_DATA}`));
    return;
  }

  for (const one of cases) {
    const reason = notPassed.get(one.name);
    if (reason === undefined) it(one.name, () => check(one));
    else
      it(`${one.name} does not pass: ${reason}`, () =>
        expect(check(one), 'it passes: take it off the list').rejects.toThrow());
  }

  it('are listed by names that exist', () => {
    const names = new Set(cases.map(({ name }) => name));
    expect([...notPassed.keys()].filter((name) => !names.has(name))).toEqual([]);
  });
});
