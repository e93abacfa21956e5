/** What is looked at, in words: an operation with its kernels and their WGSL, or a temporary and for what it is kept. */
import { byteSize, count, rate } from '../../../../src/format.ts';
import { prettyWgsl } from '../../../../src/run/kernels/pretty.ts';
import type { StepDispatch, StepOperation, StepRecord } from '../../../../src/train/rehearse/step-record.ts';
import { boundText } from '../shared/bound.ts';
import { KernelLinks } from './kernel-link.tsx';
import { measured, operationTimes } from './measure.ts';
import { fullName, milliseconds, nameOf, shapeText } from './names.ts';
import { seen, step } from './state.ts';

export function Details() {
  const { value } = seen;
  return (
    <section aria-labelledby="details" class="details" tabIndex={0}>
      <h2 id="details">Looked at</h2>
      {'problem' in step.value || !value ? (
        <p class="hint">Point at a bar or a box, or choose one in a table.</p>
      ) : value.kind === 'operation' ? (
        <Operation record={step.value.record} index={value.index} />
      ) : (
        <Box record={step.value.record} index={value.index} />
      )}
    </section>
  );
}

function Operation({ record, index }: { readonly record: StepRecord; readonly index: number }) {
  const operation = record.operations[index];
  if (!operation) return null;
  const own = record.dispatches.filter((one) => one.operation === index);
  const { pass, onTape, partner, stage } = operation;
  const times = operationTimes.value && measured.value?.step.dispatches;
  const kept = record.boxes.filter(({ users }) => users[0] === index && (users.at(-1) ?? index) !== index);
  return (
    <>
      <h3>{fullName(operation)}</h3>
      <p>
        {stage !== undefined && `In ${stage}. `}
        {operation.shape !== undefined && (
          <>
            {pass === 'backward' ? 'The gradient of a result ' : 'Its result is '}
            <code>{shapeText(operation)}</code>.{' '}
          </>
        )}
        {pass === 'forward' &&
          (onTape
            ? 'It is on the tape: something before it, or it itself, is trained.'
            : 'It leaves nothing on the tape: nothing in it and before it is trained.')}
      </p>
      <Time index={index} operation={operation} />
      {kept.length > 0 && (
        <ul>
          {kept.map(({ label, bytes, users }, i) => (
            <li key={i}>
              Its {label} of {byteSize(bytes)} is kept for{' '}
              {fullName(record.operations[users.at(-1) ?? index])}.
            </li>
          ))}
        </ul>
      )}
      {partner !== undefined && (
        <p>
          <button type="button" onClick={() => (seen.value = { kind: 'operation', index: partner })}>
            {pass === 'backward' ? 'Its way forward' : 'Its way back'}
          </button>
        </p>
      )}
      {own.map((dispatch) => (
        <Kernel
          key={dispatch.command}
          dispatch={dispatch}
          time={times?.[record.dispatches.indexOf(dispatch)]?.milliseconds}
        />
      ))}
      {operation.convolution && <KernelLinks of={operation.convolution} />}
      {own.length === 0 && <p class="hint">No kernel: bytes are copied.</p>}
    </>
  );
}

/** What it takes, and what it must do whatever its kernels. */
function Time({ index, operation: { work } }: { readonly index: number; readonly operation: StepOperation }) {
  const time = operationTimes.value?.[index];
  const { ceilings } = measured.value ?? {};
  const [flops, bytes] = [work.flops / 1e9, work.bytes / 1e9];
  const rates = (seconds: number) =>
    flops > 0
      ? `${rate(flops / seconds)} GFLOP/s and ${rate(bytes / seconds)} GB/s`
      : `${rate(bytes / seconds)} GB/s`;
  return (
    <p>
      {flops > 0
        ? `Whatever the kernels, it is ${count(Math.round(work.flops / 1e6))} million floating-point operations on ${byteSize(work.bytes)}`
        : `Whatever the kernels, it moves ${byteSize(work.bytes)}`}
      {time
        ? `; here it took ${milliseconds(time)}: ${rates(time / 1000)}. ${ceilings ? boundText(ceilings, work, time, milliseconds) : ''}`
        : '.'}
    </p>
  );
}

function Kernel({
  dispatch: { kernel, grid, storages, params },
  time,
}: {
  readonly dispatch: StepDispatch;
  readonly time: number | undefined;
}) {
  const threads = kernel.workgroupSize.join(' × ');
  return (
    <details>
      <summary>
        <code>{kernel.name}</code>: {grid.join(' × ')} workgroups of {threads} threads
        {time !== undefined && `, ${milliseconds(time)}`}
      </summary>
      <ul>
        {kernel.bindings.map(([name, { access, element }], i) => (
          <li key={name}>
            {access === 'read' ? 'reads' : 'writes'} <code>{name}</code>: {element},{' '}
            {byteSize(storages[i]?.bytes ?? 0)}
          </li>
        ))}
        {kernel.params.length > 0 && (
          <li>
            parameters{' '}
            <code>{kernel.params.map(([name], i) => `${name} = ${params[i] ?? ''}`).join(', ')}</code>
          </li>
        )}
      </ul>
      <pre tabIndex={0}>{prettyWgsl(kernel.code)}</pre>
    </details>
  );
}

function Box({ record, index }: { readonly record: StepRecord; readonly index: number }) {
  const box = record.boxes[index];
  if (!box) return null;
  const { label, bytes, users, first, last, buffer, offset } = box;
  return (
    <>
      <h3>
        {label}, {byteSize(bytes)}
      </h3>
      <p>
        In buffer {buffer + 1} of the workspace from byte {offset.toLocaleString('en-US')} on, from command{' '}
        {first + 1} to {last + 1} of {record.commands}. Used by:
      </p>
      <ol>
        {users.map((user) => {
          const operation = record.operations[user];
          return (
            operation && (
              <li key={user}>
                <button
                  type="button"
                  class="quiet"
                  onClick={() => (seen.value = { kind: 'operation', index: user })}
                >
                  {nameOf(operation)}
                </button>{' '}
                {operation.pass}
              </li>
            )
          );
        })}
      </ol>
    </>
  );
}
