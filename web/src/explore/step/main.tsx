/** A training step, seen: what freezing a stage saves, in dispatches and memory, as the engine records it. */
import { render } from 'preact';
import { byteSize, count } from '../../../../src/format.ts';
import { Header } from '../shared/header.tsx';
import { Choices } from './choices.tsx';
import { Details } from './details.tsx';
import { Layers } from './layers.tsx';
import { millisecondsBefore, stepMilliseconds } from './measure.ts';
import { Memory } from './memory.tsx';
import { milliseconds } from './names.ts';
import { Operations } from './operations.tsx';
import { adapter, before, findAdapter, step, totals, type Totals } from './state.ts';
import '../shared/explore.css';
import { Work } from './work.tsx';
import './step.css';

function App() {
  return (
    <>
      <Header here="step" title="A training step, seen">
        Forward, loss, backward, optimizer: all that one step of the engine does, as the engine records it.
        Freeze a stage, and it is recorded anew.
      </Header>
      <Choices />
      {'problem' in step.value ? <p role="alert">{step.value.problem}</p> : <Step />}
      <footer>
        {adapter.value === undefined
          ? 'This browser has no WebGPU: recorded for a GPU with subgroups of 32 lanes.'
          : `Recorded for ${adapter.value}.`}
      </footer>
    </>
  );
}

function Step() {
  return (
    <>
      <Numbers />
      <Work />
      <section aria-labelledby="operations">
        <h2 id="operations">Operations, from the photo to the updated weight</h2>
        <Operations />
      </section>
      <section aria-labelledby="memory">
        <h2 id="memory">Memory over the step</h2>
        <Memory />
      </section>
      <Layers />
      <Details />
    </>
  );
}

const shown: readonly {
  readonly key: keyof Totals;
  readonly label: string;
  readonly text: (n: number) => string;
}[] = [
  { key: 'dispatches', label: 'kernels dispatched', text: count },
  { key: 'nodes', label: 'nodes on the tape', text: count },
  { key: 'temporaries', label: 'temporaries', text: count },
  { key: 'peakBytes', label: 'of them alive at one time', text: byteSize },
  { key: 'workspaceBytes', label: 'workspace that holds them', text: byteSize },
  { key: 'persistentBytes', label: 'weights, gradients and moments, which last', text: byteSize },
];

/** The step in numbers, each with what the last change made of it. */
function Numbers() {
  const [now, then] = [totals.value, before.value];
  if (!now) return null;
  return (
    <dl class="numbers" aria-live="polite">
      {shown.map(({ key, label, text }) => (
        <Figure key={key} label={label} now={now[key]} then={then?.[key]} text={text} />
      ))}
      {stepMilliseconds.value !== undefined && (
        <Figure
          label="a whole step, measured"
          now={stepMilliseconds.value}
          then={millisecondsBefore.value}
          text={milliseconds}
        />
      )}
    </dl>
  );
}

function Figure({
  label,
  now,
  then,
  text,
}: {
  readonly label: string;
  readonly now: number;
  readonly then: number | undefined;
  readonly text: (n: number) => string;
}) {
  return (
    <div>
      <dt>{label}</dt>
      <dd>
        {text(now)}
        {then !== undefined && (
          <small>
            {now === then ? 'as before' : `${now > then ? '+' : '−'}${text(Math.abs(now - then))}`}
          </small>
        )}
      </dd>
    </div>
  );
}

const app = document.getElementById('app');
if (app) render(<App />, app);
void findAdapter();
