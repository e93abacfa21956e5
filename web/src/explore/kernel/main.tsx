/** A kernel, opened: the engine's own WGSL with its numbers filled in and what the host does for it, to read, to change and to run. */
import { render } from 'preact';
import { Header } from '../shared/header.tsx';
import { Choices } from './choices.tsx';
import { Editing } from './editing.tsx';
import { HostSide, KernelTabs } from './host-side.tsx';
import { linkFrom } from './link.ts';
import { OutcomeSection } from './outcome.tsx';
import { Ownership } from './ownership.tsx';
import { adapter, bench, findAdapter, isAdapterKnown, kernel, openTrial, trial } from './state.ts';
import '../shared/explore.css';
import './kernel.css';

function App() {
  const { value } = kernel;
  return (
    <>
      <Header here="kernel" title="A kernel, opened">
        What the engine runs on the GPU: its WGSL, and what the host binds and dispatches. Change it and press
        Run: the result is checked against plain loops, and the time is compared with the original’s.
      </Header>
      <Choices />
      {'problem' in bench.value ? (
        <p role="alert" class="failure">
          {bench.value.problem}
        </p>
      ) : (
        value && (
          <section aria-labelledby="kernel">
            <h2 id="kernel">
              <code>{value.name}</code>
            </h2>
            <KernelTabs />
            <div class="opened">
              <div>
                <Editing key={`${trial.value.operation} ${value.name}`} of={value} />
              </div>
              <aside aria-label="The host’s side">
                <HostSide of={value} />
              </aside>
            </div>
          </section>
        )
      )}
      <OutcomeSection />
      {value && <Ownership of={value} />}
      <footer>
        {!isAdapterKnown.value
          ? ''
          : adapter.value
            ? `As ${adapter.value.name} gets it.`
            : 'This browser has no WebGPU: shown for a GPU with subgroups of 32 lanes.'}
      </footer>
    </>
  );
}

/** What a link asks for is opened, never run. */
async function openLink(): Promise<void> {
  const link = await linkFrom(location.hash);
  if (link) openTrial(link.trial, link.edit);
}

const app = document.getElementById('app');
if (app) render(<App />, app);
void findAdapter().then(openLink);
addEventListener('hashchange', () => void openLink());
