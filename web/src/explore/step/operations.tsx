/**
 * The operations from left to right: results above the line, their way back below it where the tape holds one. The picture is for the
 * mouse; the table says the same to whoever has none.
 */
import { standing } from '../../../../src/bench/roofline.ts';
import { byteSize } from '../../../../src/format.ts';
import type { StepOperation, StepRecord } from '../../../../src/train/rehearse/step-record.ts';
import { measured, operationTimes } from './measure.ts';
import { milliseconds, nameOf, percent, shapeText } from './names.ts';
import { seen, step } from './state.ts';

/** Of a column, in units of the picture. */
const WIDTH = 20;
const [ABOVE, BELOW, LABELS] = [120, 90, 24];

export function Operations() {
  if ('problem' in step.value) return null;
  const { record } = step.value;
  return (
    <>
      <Picture record={record} />
      <details class="all">
        <summary>All {record.operations.length} operations as a table</summary>
        <Table record={record} />
      </details>
    </>
  );
}

function Picture({ record }: { readonly record: StepRecord }) {
  const forward = record.operations.flatMap((operation, index) =>
    operation.pass === 'forward' || operation.pass === 'input' ? [{ operation, index }] : [],
  );
  const update = record.operations.flatMap((operation, index) =>
    operation.pass === 'update' ? [{ operation, index }] : [],
  );
  const columns = [...forward, ...update];
  const times = operationTimes.value;
  const bytes = columns.map(({ operation }) => bytesOf(operation));
  const most = times ? Math.max(...times) : Math.max(...bytes);
  const dispatchesOf = (index: number) =>
    record.dispatches.filter(({ operation }) => operation === index).length;
  const width = columns.length * WIDTH;
  return (
    <div class="wide" tabIndex={0}>
      <svg
        viewBox={`0 0 ${width} ${ABOVE + BELOW + LABELS}`}
        style={{ minWidth: `${columns.length * 14}px` }}
        class="operations"
        aria-hidden="true"
      >
        {columns.map(({ operation, index }, i) => {
          const { partner } = operation;
          const height = 6 + (ABOVE - 10) * Math.sqrt((times?.[index] ?? bytes[i] ?? 0) / most);
          const back =
            partner === undefined
              ? 0
              : times
                ? 4 + (BELOW - 6) * Math.sqrt((times[partner] ?? 0) / most)
                : 12 * dispatchesOf(partner);
          return (
            <g key={index}>
              <Bar
                index={index}
                name={operation.pass === 'forward' && operation.onTape ? 'taped' : operation.pass}
                {...{ x: i * WIDTH, y: ABOVE - height, height }}
              />
              {partner !== undefined && (
                <Bar index={partner} name="backward" {...{ x: i * WIDTH, y: ABOVE + 2, height: back }} />
              )}
            </g>
          );
        })}
        <line x1="0" x2={width} y1={ABOVE + 1} y2={ABOVE + 1} class="axis" />
        {stagesOf(columns.map(({ operation }) => operation)).map(({ name, from, to }) => (
          <g key={name}>
            <path class="axis" d={`M${from * WIDTH + 2} ${ABOVE + BELOW + 4}h${(to - from) * WIDTH - 4}`} />
            <text x={((from + to) / 2) * WIDTH} y={ABOVE + BELOW + 18}>
              {name}
            </text>
          </g>
        ))}
      </svg>
      <p class="key">
        <span class="forward">forward: {times ? 'its time, as measured' : 'how large its result is'}</span>
        <span class="taped">the same, on the tape</span>
        <span class="backward">backward: {times ? 'its time' : 'its kernels'}</span>
        <span class="update">input and update</span>
      </p>
      {times && (
        <p class="hint">Heights go by the square root: a bar half as high took a quarter of the time.</p>
      )}
    </div>
  );
}

function Bar({
  index,
  name,
  x,
  y,
  height,
}: {
  readonly index: number;
  readonly name: string;
  readonly x: number;
  readonly y: number;
  readonly height: number;
}) {
  const isSeen = seen.value?.kind === 'operation' && seen.value.index === index;
  return (
    <rect
      class={isSeen ? `${name} seen` : name}
      {...{ x: x + 2, y, height, width: WIDTH - 4 }}
      onPointerEnter={() => (seen.value = { kind: 'operation', index })}
      onClick={() => (seen.value = { kind: 'operation', index })}
    />
  );
}

function Table({ record: { operations, dispatches } }: { readonly record: StepRecord }) {
  const times = operationTimes.value;
  return (
    <div class="wide" tabIndex={0}>
      <table>
        <thead>
          <tr>
            <th scope="col">Operation</th>
            <th scope="col">Pass</th>
            <th scope="col">Result</th>
            <th scope="col">Kernels</th>
            {times && <th scope="col">Time</th>}
            {times && <th scope="col">Of the ceiling</th>}
            <th scope="col">Tape</th>
          </tr>
        </thead>
        <tbody>
          {operations.map((operation, index) => (
            <tr key={index}>
              <th scope="row">
                <button
                  type="button"
                  class="quiet"
                  onClick={() => (seen.value = { kind: 'operation', index })}
                >
                  {nameOf(operation)}
                </button>
              </th>
              <td>{operation.pass}</td>
              <td>{shapeText(operation)}</td>
              <td>{dispatches.filter((one) => one.operation === index).length}</td>
              {times && <td>{milliseconds(times[index] ?? 0)}</td>}
              {times && <td>{ceilingOf(operation, times[index] ?? 0)}</td>}
              <td>{operation.onTape ? 'on the tape' : ''}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p class="hint">
        Results are 32-bit floats: <code>[N, H, W, C]</code> takes 4·N·H·W·C bytes, at most{' '}
        {byteSize(Math.max(...operations.map(bytesOf)))} here.
        {times &&
          ' The ceiling is what the adapter does at best, measured here: multiply-adds (FMA) or a copy of as many bytes, whichever an operation would wait for.'}
      </p>
    </div>
  );
}

/** The share of what the adapter can do at best, and of what: "41 % FMA". */
function ceilingOf({ work }: StepOperation, time: number): string {
  if (!measured.value || time === 0) return '';
  const { bound, share } = standing(measured.value.ceilings, work, time);
  return `${percent(share)} ${bound}`;
}

/** What its result takes. */
const bytesOf = ({ shape }: StepOperation): number =>
  shape === undefined ? 0 : 4 * shape.reduce((product, side) => product * side, 1);

/** Columns of the same stage, which lie side by side. */
function stagesOf(columns: readonly StepOperation[]): { name: string; from: number; to: number }[] {
  const found: { name: string; from: number; to: number }[] = [];
  columns.forEach(({ stage }, i) => {
    const last = found.at(-1);
    if (stage === undefined) return;
    if (last?.name === stage) last.to = i + 1;
    else found.push({ name: stage, from: i, to: i + 1 });
  });
  return found;
}
