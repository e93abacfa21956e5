/** Chapter 9: the forward pass of a step as rows of operations, for head, layer4 and all; those on the tape are filled. */
import { paperGpu } from '../../../src/gpu/index.ts';
import { recordStep, settingDefaults, type StepRecord } from '../../../src/train/index.ts';
import { arrow, box, drawing, text } from './svg.ts';

const TUNED = ['head', 'layer4', 'all'] as const;
const STAGES = ['stem', 'layer1', 'layer2', 'layer3', 'layer4', 'head'];
const [LEFT, TOP, ROW, SLOT] = [12, 54, 96, 14];
const GAP = 11;

function record(tune: string): StepRecord {
  const photos = { batchSize: 8, size: 128, views: 0, augment: 'standard', epochs: 1 } as const;
  const gpu = paperGpu({ software: false, subgroupSize: 32 });
  return recordStep(gpu, 'resnet18', 10, { ...settingDefaults, ...photos, tune });
}

/** Bytes that the forward pass makes and the backward pass reads. */
function heldBytes({ boxes, operations }: StepRecord): number {
  const passOf = (operation: number | undefined) => operations[operation ?? -1]?.pass;
  return boxes
    .filter(({ users }) => passOf(users[0]) !== 'backward' && passOf(users.at(-1)) === 'backward')
    .reduce((sum, { bytes }) => sum + bytes, 0);
}

interface Forward {
  readonly op: string;
  readonly stage: number;
  readonly onTape: boolean;
  /** Slots that it is wide: a convolution that is one with its batch norm takes the place of both. */
  readonly wide: number;
}

const forwardOf = ({ operations }: StepRecord): Forward[] =>
  operations
    .filter(({ pass }) => pass === 'forward')
    .map(({ op, stage, onTape }) => ({
      ...{ op, onTape, wide: op === 'conv2dBatchNorm' ? 2 : 1 },
      stage: stage === undefined || stage === 'fc' ? STAGES.length - 1 : STAGES.indexOf(stage),
    }));

export default function tapes(): Promise<string> {
  const records = TUNED.map((tune) => ({ tune, step: record(tune) }));
  const longest = forwardOf(records.at(-1)?.step ?? record('all'));
  /** Where a stage begins, in slots. */
  const starts = STAGES.map((_, stage) => longest.filter((one) => one.stage < stage).length);
  const x = (stage: number, slot: number) => LEFT + ((starts[stage] ?? 0) + slot) * SLOT + stage * GAP;
  const rows = records.flatMap(({ tune, step }, row) => {
    const y = TOP + row * ROW;
    const filled = new Array<number>(STAGES.length).fill(0);
    const operations = forwardOf(step).map((one) => {
      const left = x(one.stage, filled[one.stage] ?? 0);
      filled[one.stage]! += one.wide;
      return { ...one, left, right: left + one.wide * SLOT - 3 };
    });
    const nodes = operations.filter(({ onTape }) => onTape);
    const [first, last] = [nodes[0], operations.at(-1)];
    const held = (heldBytes(step) / 2 ** 20).toFixed(2);
    return [
      text([LEFT, y + 14], tune, { bold: true }),
      text(
        [LEFT + 60, y + 14],
        `${nodes.length} of ${operations.length} operations on the tape, which keeps ${held} MiB`,
        { size: 13 },
      ),
      ...operations.map(({ left, right, onTape }) =>
        onTape
          ? box([left, y + 24], right - left, 26, 'blue', true)
          : box([left, y + 24], right - left, 26, 'faint'),
      ),
      first && last ? arrow([last.right, y + 62], [first.left, y + 62], 'orange') : '',
    ];
  });
  const bottom = TOP + TUNED.length * ROW;
  return Promise.resolve(
    drawing(
      {
        height: bottom + 34,
        title: 'Three tapes',
        description: records
          .map(({ tune, step }) => {
            const nodes = forwardOf(step).filter(({ onTape }) => onTape).length;
            return `${tune}: ${nodes} nodes, ${(heldBytes(step) / 2 ** 20).toFixed(2)} MiB kept.`;
          })
          .join(' '),
      },
      [
        ...STAGES.map((name, stage) => text([x(stage, 0), 24], name, { size: 13, ink: 'faint' })),
        ...rows,
        text([LEFT, bottom + 2], 'ResNet-18 on 8 photos of 128 × 128. A wide box is a convolution and its batch norm in one kernel.', { size: 13, ink: 'faint' }), // prettier-ignore
        text([LEFT, bottom + 20], 'Arrows show how far backward goes.', { size: 13, ink: 'faint' }),
      ],
    ),
  );
}
