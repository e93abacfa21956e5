/**
 * The planner's boxes: each temporary from the first command that uses it to the last, at its place in the workspace. What waits for its
 * way back is the long ones.
 */
import { byteSize } from '../../../../src/format.ts';
import type { StepBox, StepRecord } from '../../../../src/train/rehearse/step-record.ts';
import { fullName } from './names.ts';
import { seen, step } from './state.ts';

const [WIDTH, HEIGHT, GAP] = [1000, 320, 4];
/** So many of the largest stand in the table. */
const LARGEST = 12;

export function Memory() {
  if ('problem' in step.value) return null;
  const { record } = step.value;
  return (
    <>
      <p class="hint">
        From left to right {record.commands} commands, from top to bottom the workspace’s{' '}
        {record.workspace.length} buffers: a kernel may not read from one and write to the same.
      </p>
      <Boxes record={record} />
      <details class="all">
        <summary>The {LARGEST} largest as a table, by size and how long they are kept</summary>
        <Table record={record} />
      </details>
    </>
  );
}

function Boxes({ record: { boxes, workspace, commands, operations } }: { readonly record: StepRecord }) {
  const all = workspace.reduce((sum, bytes) => sum + bytes, 0);
  const scale = (HEIGHT - GAP * (workspace.length - 1)) / all;
  const tops: number[] = [];
  workspace.reduce((top, bytes, i) => {
    tops[i] = top;
    return top + bytes * scale + GAP;
  }, 0);
  const x = (command: number) => (WIDTH * command) / commands;
  const back = operations.find(({ pass }) => pass === 'backward')?.from;
  return (
    <div class="wide" tabIndex={0}>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} class="boxes" aria-hidden="true" preserveAspectRatio="none">
        {workspace.map((bytes, i) => (
          <rect key={i} class="buffer" {...{ x: 0, y: tops[i] ?? 0, width: WIDTH, height: bytes * scale }} />
        ))}
        {boxes.map((box, index) => (
          <rect
            key={index}
            class={isSeen(index) ? `${kindOf(box)} seen` : kindOf(box)}
            {...{ x: x(box.first), y: (tops[box.buffer] ?? 0) + box.offset * scale }}
            {...{ width: x(box.last + 1) - x(box.first), height: box.bytes * scale }}
            onPointerEnter={() => (seen.value = { kind: 'box', index })}
            onClick={() => (seen.value = { kind: 'box', index })}
          />
        ))}
        {back !== undefined && <line class="axis" x1={x(back)} x2={x(back)} y1="0" y2={HEIGHT} />}
      </svg>
      <p class="key">
        <span class="activation">activations</span>
        <span class="gradient">gradients</span>
        <span class="other">what kernels need between</span>
        <span class="line">the way back begins</span>
      </p>
    </div>
  );
}

const isSeen = (index: number): boolean => seen.value?.kind === 'box' && seen.value.index === index;

function Table({ record: { boxes, operations } }: { readonly record: StepRecord }) {
  // The area that each takes in the picture: a large one that is over at once keeps little.
  const area = (box: StepBox) => box.bytes * lengthOf(box);
  const largest = [...boxes.entries()].sort(([, a], [, b]) => area(b) - area(a)).slice(0, LARGEST);
  return (
    <div class="wide" tabIndex={0}>
      <table>
        <thead>
          <tr>
            <th scope="col">Temporary</th>
            <th scope="col">Size</th>
            <th scope="col">Commands</th>
            <th scope="col">Made by</th>
            <th scope="col">Kept alive for</th>
          </tr>
        </thead>
        <tbody>
          {largest.map(([index, box]) => (
            <tr key={index}>
              <th scope="row">
                <button type="button" class="quiet" onClick={() => (seen.value = { kind: 'box', index })}>
                  {box.label}
                </button>
              </th>
              <td>{byteSize(box.bytes)}</td>
              <td>{lengthOf(box)}</td>
              <td>{fullName(operations[box.users[0]])}</td>
              <td>{fullName(operations[box.users.at(-1) ?? box.users[0]])}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** For so many commands it is kept. */
const lengthOf = ({ first, last }: StepBox): number => last - first + 1;

function kindOf({ label }: StepBox): 'activation' | 'gradient' | 'other' {
  if (label === 'activation' || label === 'input') return 'activation';
  return label.startsWith('gradient') ? 'gradient' : 'other';
}
