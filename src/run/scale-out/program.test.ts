/** Each part of the program against graft's own: random numbers, rates, pictures, losses and steps, in one Python process. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasTorch, PYTHON, pythonEnv } from '../../../test/support/torch.ts';
import { batches } from '../../data/index.ts';
import { adam } from '../../kernels/adam/reference.ts';
import { dropout } from '../../kernels/dropout/reference.ts';
import { bceWithLogits, softmaxCrossEntropy } from '../../kernels/loss/reference.ts';
import { preprocessReference } from '../../kernels/preprocess/reference.ts';
import { sgd } from '../../kernels/sgd/reference.ts';
import { learningRateFactor, optimizerNames, scheduleNames } from '../../optim/index.ts';
import { createRandom } from '../../random.ts';
import { augmentations, augmentNames, lossNames } from '../../train/index.ts';
import { drawAugmentation, transformsFor } from '../../train/inputs/augment.ts';
import { programText } from './program.ts';

const SIZE = 12;
const SEED = 2 ** 40 + 7;
const LOGITS = [0.3, -1.2, 0.8, 2.1, 0.4, -0.6];
const LABELS = [1, 0, 1];
const CLASS_WEIGHTS = [0.75, 1.5];
const GRADIENTS = [0.5, -0.25, 1, -2, 0.125, 0.75];
const [RATE, DECAY, MOMENTUM, SMOOTHING] = [0.1, 0.05, 0.9, 0.1];
const DROPS = { p: 0.2, seed: 0, path: [1, 1] };
const WIDE = { rows: 5, columns: 40 };
const STEP = [SEED, 0xd409, 3, 7, 1];
const LENGTHS = [
  { total: 1, warmup: 0 },
  { total: 3, warmup: 1 },
  { total: 40, warmup: 7 },
];
const photo = (side: number) => {
  const random = createRandom(5);
  return Uint8Array.from({ length: side * side * 3 }, () => random.below(256));
};
const sideOf = (name: (typeof augmentNames)[number]) => {
  const { train } = transformsFor(SIZE, name);
  return train.kind === 'resize' ? train.width : NaN;
};

/** Prints what the program makes of the cases, with the settings of each put into its `CONFIG`. */
const PROBE = `
import json, sys
sys.path.insert(0, sys.argv[1])
import scale_out as program
from scale_out import torch

given = json.load(sys.stdin)
CONFIG = program.CONFIG
CONFIG.update(given["config"])
result = {"order": program.permutation(50, program.Random(CONFIG["seed"], 0xE70C4, 3))}
result["rates"] = []
for name in given["schedules"]:
    CONFIG["schedule"] = name
    for length in given["lengths"]:
        result["rates"].append([program.rate_factor(step, **length) for step in range(length["total"])])
result["pictures"] = []
for policy, side in given["augmentations"]:
    CONFIG["augment"] = policy
    pixels = torch.tensor(given["photos"][str(side)], dtype=torch.uint8).reshape(side, side, 3)
    for index in range(given["draws"]):
        result["pictures"].append(program.shown(pixels, index, 4).permute(1, 2, 0).flatten().tolist())
result["losses"] = []
for name in given["losses"]:
    CONFIG["loss"] = name
    for weights in (None, given["weights"]):
        CONFIG["class_weights"] = weights
        logits = torch.tensor(given["logits"]).reshape(3, 2)
        logits = (logits if name == "cross-entropy" else logits[:, :1]).clone().requires_grad_()
        labels = torch.tensor(given["labels"])
        loss = program.training_loss(logits, labels, labels)
        loss.backward()
        plain = program.validation_loss(logits, labels).item() / 3
        right = program.count_right(logits, labels).item()
        result["losses"].append([loss.item(), plain, right, *logits.grad.flatten().tolist()])
result["steps"] = []
for name in given["optimizers"]:
    CONFIG["optimizer"] = name
    layer = torch.nn.Linear(3, 2, bias=False)
    torch.nn.init.ones_(layer.weight)
    optimizer = program.make_optimizer(layer, given["rate"])
    for _ in range(3):
        layer.weight.grad = torch.tensor(given["gradients"]).reshape(2, 3)
        optimizer.step()
    result["steps"].append(layer.weight.detach().flatten().tolist())
program.Dropout.step = given["step"]
layer = program.Dropout(**given["drops"])
rows = torch.ones(given["wide"]["rows"], given["wide"]["columns"])
result["dropped"] = []
for program.Dropout.first, some in ((0, rows), (0, rows[:3]), (3, rows[3:]), (5, rows[5:])):
    result["dropped"].append(layer(some).flatten().tolist())
result["dropped"].append(layer.eval()(rows).flatten().tolist())
print(json.dumps(result))
`;

interface Probed {
  readonly order: number[];
  readonly rates: number[][];
  readonly pictures: number[][];
  readonly losses: number[][];
  readonly steps: number[][];
  readonly dropped: number[][];
}

const DRAWS = 6;
let home: string;
let probed: Probed;

describe.skipIf(!hasTorch('the program beside graft'))('the program', () => {
  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'graft-program-'));
    const facts = { run: 'runs/"a"', version: '0', decoder: 'sharp', shrinkFrom: 4 };
    const config = { classes: ['a', 'b'], stages: [['']], label_smoothing: SMOOTHING, layer_decay: 1 };
    const rates = { momentum: MOMENTUM, weight_decay: DECAY };
    const shown = { size: SIZE, mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225], seed: SEED };
    const text = programText(facts, { ...config, ...rates, ...shown, batch_norm: 'running' });
    await writeFile(join(home, 'scale_out.py'), text);
    const sides = augmentNames.map(sideOf);
    const given = {
      config: {},
      ...{ schedules: scheduleNames, lengths: LENGTHS, losses: lossNames, optimizers: optimizerNames },
      augmentations: augmentNames.map((name) => [augmentations[name], sideOf(name)]),
      photos: Object.fromEntries(sides.map((side) => [side, Array.from(photo(side))])),
      ...{ draws: DRAWS, logits: LOGITS, labels: LABELS, weights: CLASS_WEIGHTS },
      ...{ rate: RATE, gradients: GRADIENTS, step: STEP, drops: DROPS, wide: WIDE },
    };
    await promisify(execFile)(PYTHON, ['-m', 'py_compile', join(home, 'scale_out.py')]);
    const process = promisify(execFile)(PYTHON, ['-c', PROBE, home], { env: pythonEnv, maxBuffer: 1e8 });
    process.child.stdin?.end(JSON.stringify(given));
    probed = JSON.parse((await process).stdout) as Probed;
  });
  afterAll(() => rm(home, { recursive: true, force: true }));

  it('shuffles as graft does', () => {
    const [order = []] = [...batches(50, 50, { seed: SEED, epoch: 3 })];
    expect(probed.order).toEqual(Array.from(order));
  });

  it('has the rates of every schedule', () => {
    const expected = scheduleNames.flatMap((name) =>
      LENGTHS.map(({ total, warmup }) => {
        const schedule = { name, totalSteps: total, warmupSteps: warmup };
        return Array.from({ length: total }, (_, step) => learningRateFactor(schedule, step));
      }),
    );
    expectClose(probed.rates, expected, 1e-12);
  });

  it('draws and shows every augmentation', () => {
    const expected = augmentNames.flatMap((name) => {
      const side = sideOf(name);
      const room = { height: side, width: side, size: SIZE };
      const sizes = { h: side, w: side, oh: SIZE, ow: SIZE };
      return Array.from({ length: DRAWS }, (_, index) => {
        const change = drawAugmentation(name, room, { seed: SEED, epoch: 4, index });
        return Array.from(preprocessReference(photo(side), sizes, change));
      });
    });
    expectClose(probed.pictures, expected, 1e-4); // f32: 7 digits of values up to 3, some of them of places between pixels
  });

  it('has every loss, smoothed and weighted', () => {
    const options = { labelSmoothing: SMOOTHING };
    const expected = lossNames.flatMap((name) =>
      [undefined, CLASS_WEIGHTS].map((weights) => {
        if (name === 'cross-entropy') {
          const shape = { n: 3, classes: 2 };
          const plain = softmaxCrossEntropy(LOGITS, LABELS, shape);
          const loss = softmaxCrossEntropy(
            LOGITS,
            LABELS,
            shape,
            weights ? { ...options, classWeights: weights } : options,
          );
          return [loss.loss, plain.loss, plain.correct, ...loss.dLogits];
        }
        const logits = LOGITS.filter((_, i) => i % 2 === 0);
        const plain = bceWithLogits(logits, LABELS, 3);
        const [first = 1, second = 1] = weights ?? [];
        const loss = bceWithLogits(logits, LABELS, 3, { ...options, positiveWeight: second / first });
        return [loss.loss, plain.loss, plain.correct, ...loss.dLogits];
      }),
    );
    expectClose(probed.losses, expected, 1e-6);
  });

  it('drops as graft does, a batch as a whole or shared out', () => {
    const { p, seed, path } = DROPS;
    const ones = new Float32Array(WIDE.rows * WIDE.columns).fill(1);
    const whole = Array.from(dropout(ones, { p, key: [seed, ...STEP, ...path, 0] }));
    const cut = 3 * WIDE.columns;
    expect(whole.filter((value) => value === 0).length).toBeGreaterThan(10);
    const expected = [whole, whole.slice(0, cut), whole.slice(cut), [], Array.from(ones)];
    expectClose(probed.dropped, expected, 1e-6);
  });

  it('steps as every optimizer', () => {
    const zeros = () => new Float64Array(GRADIENTS.length);
    const expected = optimizerNames.map((name) => {
      const parameters = zeros().fill(1);
      const [m, v] = [zeros(), zeros()];
      for (let step = 1; step <= 3; step++) {
        const rate = { learningRate: RATE, weightDecay: DECAY };
        const moments = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, decoupled: name === 'adamw' };
        if (name === 'sgd') sgd({ parameters, velocity: v }, GRADIENTS, { ...rate, momentum: MOMENTUM });
        else adam({ parameters, m, v }, GRADIENTS, step, { ...rate, ...moments });
      }
      return Array.from(parameters);
    });
    expectClose(probed.steps, expected, 1e-6);
  });
});

/** Asserts that numbers differ by no more than `tolerance`. */
function expectClose(found: readonly number[][], expected: readonly number[][], tolerance: number): void {
  expect(found.map(({ length }) => length)).toEqual(expected.map(({ length }) => length));
  found.forEach((row, i) =>
    row.forEach((value, j) => {
      expect(Math.abs(value - expected[i]![j]!), `row ${i}, ${j}`).toBeLessThanOrEqual(tolerance); // of one shape
    }),
  );
}
