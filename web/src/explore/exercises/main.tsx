/** Kernels to mend: an exercise at a time, checked on a button, with hints step by step. Progress stays in this browser. */
import { render } from 'preact';
import { useRef } from 'preact/hooks';
import type { Exercise } from '../../../../src/run/exercises/exercise.ts';
import { exercises } from '../../../../src/run/exercises/index.ts';
import { Editor, type EditorHandle } from '../editor/editor.tsx';
import { Messages } from '../editor/messages.tsx';
import type { Mark } from '../editor/open-editor.ts';
import { Header } from '../shared/header.tsx';
import { Clock } from './clock.tsx';
import { HostSide } from './host-side.tsx';
import { List } from './list.tsx';
import { Solution } from './solution.tsx';
import {
  check,
  chosen,
  edit,
  hasGpu,
  isKept,
  named,
  now,
  place,
  running,
  startOver,
  stop,
  textOf,
} from './state.ts';
import { Steps } from './steps.tsx';
import '../shared/explore.css';
import './exercises.css';

const NO_MARKS: readonly Mark[] = [];

function App() {
  return (
    <>
      <Header here="exercises" title="Kernels to mend">
        Each of these kernels is broken or slow. Change the text and press Check: it runs on your GPU while
        everything that its threads read and write is noted, so that a race is found even where this device
        happens to give the right result.
      </Header>
      <div class="lesson">
        <List />
        <Lesson key={chosen.value.name} of={chosen.value} />
      </div>
    </>
  );
}

function Lesson({ of }: { readonly of: Exercise }) {
  const editor = useRef<EditorHandle | null>(null);
  const { isSolved, text, checked, timed } = now.value;
  const marks = marksOf(of);
  const isFresh = text === undefined && checked === undefined;
  return (
    <article>
      <section aria-labelledby="exercise">
        <h2 id="exercise" tabIndex={-1}>
          {place.value + 1}. {of.title} <small>{of.about}</small>
        </h2>
        <p>{of.task}</p>
        <HostSide of={of} text={textOf(of)} />
        <Editor
          text={textOf(of)}
          marks={marks}
          label={`WGSL of ${of.title}`}
          onChange={(next) => edit(of, next)}
          run={{ button: 'Check', press: () => void check() }}
          onOpen={(opened) => (editor.current = opened)}
        />
        <Messages of={marks} editor={editor} />
        <div class="actions">
          <button
            type="button"
            class="main"
            disabled={running.value !== undefined || !hasGpu}
            onClick={() => void check()}
          >
            Check
          </button>
          {running.value && (
            <button type="button" onClick={stop}>
              Stop
            </button>
          )}
          <button
            type="button"
            disabled={isFresh || running.value !== undefined}
            onClick={() => startOver(of)}
          >
            Start over
          </button>
        </div>
        {!hasGpu && (
          <p class="notice">
            This browser offers no WebGPU, so nothing can be checked here. Tasks, hints and solutions are
            there to read.
          </p>
        )}
        {!isKept.value && (
          <p class="notice">Your browser does not keep this text: it is gone when you close the page.</p>
        )}
      </section>
      <Steps of={of} />
      {timed && <Clock of={timed} />}
      {isSolved && (
        <p class="moral">
          <strong>What to remember:</strong> {of.moral}
        </p>
      )}
      <Solution of={of} />
      <Neighbours />
    </article>
  );
}

function Neighbours() {
  const [before, after] = [exercises[place.value - 1], exercises[place.value + 1]];
  return (
    <p class="actions neighbours">
      {before && <a href={`#${before.name}`}>← {before.title}</a>}
      {after && <a href={`#${after.name}`}>{after.title} →</a>}
    </p>
  );
}

/** The compiler's messages, while they are about the text that stands there. */
function marksOf(exercise: Exercise): readonly Mark[] {
  const { checked } = now.value;
  if (!checked || !('verdict' in checked.outcome) || checked.text !== textOf(exercise)) return NO_MARKS;
  const { messages } = checked.outcome.verdict;
  return messages.length > 0 ? messages : NO_MARKS;
}

const app = document.getElementById('app');
if (app) render(<App />, app);
addEventListener('hashchange', () => {
  const next = named(location.hash);
  if (!next || next === chosen.value) return;
  chosen.value = next;
  requestAnimationFrame(() => document.getElementById('exercise')?.focus());
});
