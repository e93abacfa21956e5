// The train page: photos in, a trained network out. Each section is a step, and each step says what it waits for.
import { render } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { Failure } from '../engine/protocol.ts';
import { explorePages } from '../explore/shared/pages.ts';
import { NetworkSection } from './network/network-section.tsx';
import { PhotosSection } from './photos/photos-section.tsx';
import { FailureHelp } from './projects/failure-help.tsx';
import { ProjectMenu } from './projects/menu.tsx';
import { ProjectNotice } from './projects/notice.tsx';
import { ResultSection } from './result/result-section.tsx';
import { busy, failure, progress } from './state/asking.ts';
import { beginPlanning } from './state/network.ts';
import { start } from './state/projects.ts';
import { adapter, run } from './state/run.ts';
import { Unfinished } from './run/actions.tsx';
import { TrainSection } from './run/train-section.tsx';
import { GpuNotice } from './shared/gpu-notice.tsx';
import { remedyOf } from './shared/remedies.ts';
import { TrySection } from './try/try-section.tsx';
import './camera/camera.css';
import './network/network.css';
import './photos/photos.css';
import './projects/projects.css';
import './result/result.css';
import './run/run.css';
import './try/try.css';

function App() {
  return (
    <>
      <header>
        <ProjectMenu />
        <h1>Train a network on your own photos</h1>
        <p>
          In this tab, on your own graphics card. No photo leaves this computer, and nothing is lost by a
          reload.
        </p>
      </header>
      <ProjectNotice />
      <GpuNotice />
      <Status />
      <Unfinished />
      <PhotosSection />
      <NetworkSection />
      <TrainSection />
      <ResultSection />
      <TrySection />
      <Next />
      <footer>
        <p>{adapter.value === undefined ? '' : `Computing on ${adapter.value}`}</p>
        <p>
          See inside:{' '}
          {explorePages.map(({ name, title }) => (
            <span key={name}>
              <a href={`./explore/${name}/index.html`}>{title}</a> ·{' '}
            </span>
          ))}
          <a href="./learn/book/index.html">The book: how it works</a> ·{' '}
          <a href="./reference/index.html">Reference: for your own programs</a>
        </p>
      </footer>
    </>
  );
}

/** What there will be to see once a network is trained. */
function Next() {
  if (run.value?.hasModel) return null;
  return (
    <section aria-labelledby="next" class="next">
      <h2 id="next">What comes next</h2>
      <p>
        Once a network is trained, you see here what it takes for what and which mistakes it makes, try it on
        other photos and on your camera, and take it away for your own programs.
      </p>
    </section>
  );
}

/** What is at work, and what went wrong last. */
function Status() {
  const { done = 0, total = 0 } = progress.value ?? {};
  return (
    <div class="status">
      <p role="status" class={busy.value === undefined ? 'idle' : ''}>
        {busy.value !== undefined && (
          <span class="busy">
            {busy.value}
            {total > 0 && <progress value={done} max={total} aria-label={busy.value} />}
          </span>
        )}
      </p>
      {failure.value && <FailureNotice {...failure.value} />}
    </div>
  );
}

/** Comes into sight when it appears: whoever pressed a button far below would not know otherwise. */
function FailureNotice(told: Failure) {
  const { message, problem } = told;
  const element = useRef<HTMLDivElement>(null);
  useEffect(() => element.current?.scrollIntoView({ block: 'nearest' }), [message]);
  const remedy = problem && remedyOf(problem);
  return (
    <div ref={element} role="alert" class="failure">
      <p>{message}</p>
      {remedy !== undefined && <p>{remedy}</p>}
      <FailureHelp {...told} />
    </div>
  );
}

const app = document.getElementById('app');
if (app) render(<App />, app);
void start().then(beginPlanning);
