/** What became of a run, each thing by its own name: the judgement, the times, or why there is neither. */
import type { ComponentChildren } from 'preact';
import { gbpsOf, gflopsOf, standing } from '../../../../src/bench/roofline.ts';
import { count, duration, percent, plural, rate } from '../../../../src/format.ts';
import { median } from '../../../../src/median.ts';
import type { OutputJudgement } from '../../../../src/run/lab/compare.ts';
import type { Times } from '../../../../src/run/lab/times.ts';
import type { Trace } from '../../../../src/run/lab/trace.ts';
import type { Judgement } from '../../../../src/run/lab/judgement.ts';
import { wordsFor, type Failure } from '../lab/failure.ts';
import { boundText } from '../shared/bound.ts';
import { ceilings, isCurrent, isEmpty, isRunning, result, type Result } from './run.ts';

export function OutcomeSection() {
  const { value } = result;
  return (
    <section aria-labelledby="outcome" class="outcome">
      <h2 id="outcome">What came of it</h2>
      <div aria-live="polite">
        {!value && !isRunning.value && (
          <p class="hint">
            Nothing was run yet. Change the text, then press Run: the result is compared with plain loops in
            JavaScript, and timed in turns with the original.
          </p>
        )}
        {value && <Shown of={value} />}
      </div>
    </section>
  );
}

function Shown({ of }: { readonly of: Result }) {
  const { outcome, times, ran } = of;
  return (
    <>
      {!isCurrent(of) && !isRunning.value && (
        <p class="hint">
          This is what was run before: the operation, the text or the sizes were changed since.
        </p>
      )}
      {outcome.kind === 'judged' ? (
        <Judged judgement={outcome.judgement} isEdit={!isEmpty(ran.edits)} />
      ) : (
        <NoAnswer failure={outcome.failure} />
      )}
      {times && ('kind' in times ? <NoAnswer failure={times} /> : <Timed times={times} of={of} />)}
    </>
  );
}

function Judged({ judgement, isEdit }: { readonly judgement: Judgement; readonly isEdit: boolean }) {
  switch (judgement.kind) {
    case 'does-not-compile': {
      const { messages } = judgement;
      const errors = messages.filter(({ kind }) => kind === 'error').length;
      return (
        <Verdict kind="wrong" title="It does not compile">
          <p>
            The compiler found {errors === 1 ? 'an error' : `${errors} errors`}, marked in the text. Nothing
            was run.
          </p>
        </Verdict>
      );
    }
    case 'refused':
      return (
        <Verdict kind="wrong" title="The adapter refuses it">
          <p>It is WGSL, but no kernel that this device runs with these bindings:</p>
          <pre tabIndex={0}>{judgement.why}</pre>
        </Verdict>
      );
    case 'endless':
      return (
        <Verdict kind="wrong" title="A loop does not end">
          <p>
            The loop in line {judgement.line} of <code>{judgement.kernel}</code> went round more than a
            million times in a thread, or some thousand times with all threads waiting for each other. It was
            tried with every loop counted, and left there; the text itself was not run, since a GPU cannot be
            stopped.
          </p>
        </Verdict>
      );
    default:
      return (
        <Verdict kind={judgement.kind} title={judgement.kind === 'right' ? 'Right' : 'Wrong'}>
          {judgement.outputs.map((output) => (
            <Output key={output.name} of={output} />
          ))}
          {judgement.traces ? (
            judgement.traces.map((trace) => <Noted key={trace.kernel} trace={trace} />)
          ) : (
            <p class="hint">
              It could not be traced (it uses what a trace needs, or does so in a way that a trace cannot
              follow): accesses past the end and loops without end would not be noticed.
            </p>
          )}
          {judgement.kind === 'right' && !isEdit && (
            <p class="hint">This is the engine’s own text: now change something.</p>
          )}
        </Verdict>
      );
  }
}

/** What the trace of a kernel found: only what is of note. */
function Noted({ trace: { kernel, outOfBounds, contested, owners } }: { readonly trace: Trace }) {
  return (
    <>
      {outOfBounds.map(({ binding, kind, line, count: times, index, length }, i) => (
        <p key={i}>
          <strong>Out of bounds:</strong> line {line} of <code>{kernel}</code>{' '}
          {kind === 'read' ? 'reads' : 'writes'} past the end of <code>{binding}</code> in{' '}
          {plural(times, 'thread')}, for instance at {indexText(index)} of {count(length)}.{' '}
          {kind === 'read'
            ? 'WebGPU gives some element of the binding then, which does no harm where nobody uses it.'
            : 'WebGPU drops such a write, or puts it somewhere else in the binding.'}
        </p>
      ))}
      {contested.count > 0 && (
        <p>
          <strong>A race:</strong> {count(contested.count)} times a thread of <code>{kernel}</code> wrote an
          element of <code>{owners?.binding}</code> that another had written, for instance element{' '}
          {count(contested.index)}: which of them is last is chance.
        </p>
      )}
    </>
  );
}

/** Indices are unsigned: what is below zero comes out near 2³². */
const indexText = (index: number): string =>
  index >= 2 ** 31 ? `${count(index - 2 ** 32)} (as u32: ${count(index)})` : count(index);

function Verdict({
  kind,
  title,
  children,
}: {
  readonly kind: 'right' | 'wrong';
  readonly title: string;
  readonly children: ComponentChildren;
}) {
  return (
    <div class={`verdict ${kind}`}>
      <h3>{title}</h3>
      {children}
    </div>
  );
}

function Output({ of }: { readonly of: OutputJudgement }) {
  const { name, shape, compared, isSample, largestError, tolerance, wrong, unwritten, first } = of;
  return (
    <>
      <p>
        <code>
          {name} [{shape.join(', ')}]
        </code>
        : {isSample ? `a sample of ${count(compared)}` : `all ${count(compared)}`} elements compared with
        plain loops. The largest error is {errorText(largestError)}, where rounding may make{' '}
        {errorText(tolerance)}.
      </p>
      {first && (
        <p>
          <strong>{count(wrong)} wrong</strong>
          {unwritten > 0 &&
            `, ${unwritten === wrong ? 'none' : count(unwritten)} of them ${unwritten === wrong ? 'ever' : 'never'} written`}
          . The first is{' '}
          <code>
            {name}[{first.coordinates.join(', ')}]
          </code>
          , element {count(first.index)} in memory: {numberText(first.found)} instead of{' '}
          {numberText(first.expected)}.
        </p>
      )}
    </>
  );
}

/** A share of the element's magnitude or of the tensor's: what matters is its power of ten. */
function errorText(error: number): string {
  if (!Number.isFinite(error)) return 'no number at all';
  return error === 0 ? 'nothing' : `${error.toExponential(1)} of the magnitude`;
}

const numberText = (value: number): string =>
  Number.isNaN(value) ? 'NaN' : String(Number(value.toPrecision(7)));

function Timed({ times, of: { ran, outcome } }: { readonly times: readonly Times[]; readonly of: Result }) {
  const [original, edited] = times;
  const slowest = Math.max(...times.map((one) => median(one.milliseconds)));
  if (!original) return null;
  const isWrong = outcome.kind === 'judged' && outcome.judgement.kind === 'wrong';
  const doesTheWork = (i: number) => i === 0 || !isWrong;
  const done = ceilings.value ? times.filter((_, i) => doesTheWork(i)) : [];
  return (
    <>
      <h3>Time</h3>
      {edited && (
        <p class={isWrong ? 'hint' : undefined}>
          {ratioText(original, edited)}
          {isWrong && ' Its result is wrong, so its time counts for nothing.'}
        </p>
      )}
      <div class="wide" tabIndex={0} role="region" aria-label="Times">
        <table>
          <thead>
            <tr>
              <td />
              <th scope="col">a call takes</th>
              <td />
              <th scope="col">from – to</th>
              <th scope="col">reaches</th>
              <th scope="col">share of the ceiling</th>
            </tr>
          </thead>
          <tbody>
            {times.map((one, i) => {
              const milliseconds = median(one.milliseconds);
              return (
                <tr key={i}>
                  <th scope="row">{i === 0 ? 'original' : 'edited'}</th>
                  <td>{timeText(milliseconds)}</td>
                  <td>
                    <svg class="bar" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
                      <rect width={(100 * milliseconds) / slowest} height="10" />
                    </svg>
                  </td>
                  <td>
                    {timeText(Math.min(...one.milliseconds))} – {timeText(Math.max(...one.milliseconds))}
                  </td>
                  <td>{doesTheWork(i) && ratesText(ran.work, milliseconds)}</td>
                  <td>{doesTheWork(i) && shareText(ran.work, milliseconds)}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
      {done.map((one, i) => (
        <p key={i}>
          {i === 0 ? 'Original: ' : 'Edited: '}
          {ceilings.value && boundText(ceilings.value, ran.work, median(one.milliseconds), timeText)}
        </p>
      ))}
      <p class="hint">
        Medians of {original.milliseconds.length} rounds, original and edit in turns. A round has{' '}
        {times.map(({ calls }) => plural(calls, 'call')).join(' and ')} in one submission, so that a clock
        that goes in tenths of a millisecond tells {timeText(0.1 / original.calls)} a call. Work is that of
        the plain formula, whatever an algorithm saves or moves twice. The ceilings are measured here:
        multiply-adds, and copies of as many bytes.
      </p>
    </>
  );
}

const ratesText = (work: Result['ran']['work'], milliseconds: number): string =>
  `${rate(gflopsOf(work, milliseconds))} GFLOP/s, ${rate(gbpsOf(work, milliseconds))} GB/s`;

/** Where a time stands below the roof, for the table. */
function shareText(work: Result['ran']['work'], milliseconds: number): string {
  if (!ceilings.value) return '';
  const { bound, share } = standing(ceilings.value, work, milliseconds);
  return `${percent(share)} of ${bound === 'FMA' ? 'arithmetic' : 'memory'}`;
}

/** By the ratios of neighbouring samples: where their middle half lies on both sides of 1, nothing can be told. */
function ratioText(original: Times, edited: Times): string {
  const ratios = edited.milliseconds
    .map((one, i) => (original.milliseconds[i] ?? NaN) / one)
    .sort((a, b) => a - b);
  const quarter = Math.floor(ratios.length / 4);
  const [low = NaN, high = NaN] = [ratios[quarter], ratios[ratios.length - 1 - quarter]];
  const ratio = median(ratios);
  if (low <= 1 && high >= 1) return 'No difference to the original that these rounds can tell.';
  return ratio > 1
    ? `${ratio.toFixed(2)} times as fast as the original.`
    : `${(1 / ratio).toFixed(2)} times as slow as the original.`;
}

function timeText(milliseconds: number): string {
  if (milliseconds >= 1000) return duration(milliseconds / 1000);
  return milliseconds >= 1 ? `${rate(milliseconds)} ms` : `${rate(milliseconds * 1000)} µs`;
}

function NoAnswer({ failure }: { readonly failure: Failure }) {
  const [title, text] = wordsFor(failure, { button: 'Run', keeps: '“Link to this” keeps' });
  return (
    <Verdict kind="wrong" title={title}>
      <p>{text}</p>
    </Verdict>
  );
}
