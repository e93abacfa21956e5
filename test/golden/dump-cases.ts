// Prints the operations' cases as JSON for make.py, which is how PyTorch runs the very cases that the kernels run.
import { cases as adam } from '../../src/kernels/adam/cases.ts';
import { cases as avgPool } from '../../src/kernels/avg-pool/cases.ts';
import { cases as batchNorm } from '../../src/kernels/batch-norm/cases.ts';
import { cases as broadcast } from '../../src/kernels/broadcast/cases.ts';
import { cases as conv2d } from '../../src/kernels/conv2d/cases.ts';
import { cases as elementwise } from '../../src/kernels/elementwise/cases.ts';
import { cases as groupedConv2d } from '../../src/kernels/grouped-conv2d/cases.ts';
import { cases as layerNorm } from '../../src/kernels/layer-norm/cases.ts';
import { cases as linear } from '../../src/kernels/linear/cases.ts';
import { bceCases, crossEntropyCases } from '../../src/kernels/loss/cases.ts';
import { clipCases } from '../../src/kernels/reduce/cases.ts';
import { cases as sgd } from '../../src/kernels/sgd/cases.ts';
import { cases as maxPool } from '../../src/kernels/max-pool/cases.ts';
import { cases as softmax } from '../../src/kernels/softmax/cases.ts';
import { cases as sum } from '../../src/kernels/sum/cases.ts';
import { averageCases, maxCases } from '../../src/kernels/window-pool/cases.ts';

console.log(
  JSON.stringify({
    conv2d,
    'grouped-conv2d': groupedConv2d,
    'batch-norm': batchNorm,
    'max-pool': maxPool,
    'avg-pool': avgPool,
    'window-max': maxCases,
    'window-average': averageCases,
    linear,
    elementwise,
    broadcast,
    sum,
    softmax,
    'layer-norm': layerNorm,
    'cross-entropy': crossEntropyCases,
    'bce-with-logits': bceCases,
    adam,
    sgd,
    'clip-grad-norm': clipCases,
  }),
);
