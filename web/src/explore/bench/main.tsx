/** Benchmarks in the tab: the catalogue of `npm run bench` on this device, with the roofline as it fills. */
import { render } from 'preact';
import { placeOf } from '../../../../src/bench/results.ts';
import { STEPS_A_SAMPLE } from '../../../../src/bench/benchmark.ts';
import { time } from '../../../../src/bench/units.ts';
import { Header } from '../shared/header.tsx';
import { NoGpu } from '../shared/no-gpu.tsx';
import { Choices } from './choices.tsx';
import { FileSection } from './file.tsx';
import { Roofline } from './roofline.tsx';
import { isStopped, open, results, rows, stage, takeFile, where } from './state.ts';
import { Table } from './table.tsx';
import '../shared/explore.css';
import './bench.css';

function App() {
  const { value } = stage;
  return (
    <div onDragOver={(event) => event.preventDefault()} onDrop={takeDropped}>
      <Header here="bench" title="Benchmarks in the tab">
        How fast each kernel of the engine is on this device, held against what the device can do at best: the
        catalogue and the measuring loop of <code>npm run bench</code>, in a worker of this page.
      </Header>
      <Where />
      {value.kind === 'no-gpu' ? (
        <NoGpu problem={value.problem}>
          Nothing can be measured here; a file of the terminal can be looked at below.
        </NoGpu>
      ) : (
        <Choices />
      )}
      {value.kind === 'failed' && <p role="alert">{value.message} Reload the page to begin anew.</p>}
      {(rows.value.size > 0 || value.kind === 'measuring') && (
        <>
          <Roofline />
          <section aria-labelledby="rows">
            <h2 id="rows">Rows</h2>
            {results.value && (
              <p role="status">
                {isStopped.value ? 'Stopped; what was measured is kept.' : 'All is measured.'}
              </p>
            )}
            <Table />
          </section>
        </>
      )}
      <FileSection />
    </div>
  );
}

/** A file may be dropped anywhere: else the browser would leave the page for it. */
function takeDropped(event: DragEvent): void {
  event.preventDefault();
  const file = event.dataTransfer?.files[0];
  if (file) void takeFile(file);
}

/** The device, and how finely it can be timed. */
function Where() {
  if (!where.value) return null;
  const { adapter, grain } = where.value;
  return (
    <dl class="where">
      <div>
        <dt>Adapter</dt>
        <dd>
          {adapter.name}
          {adapter.kind === 'software' && ', a processor: some tens of times slower than a GPU'}
        </dd>
      </div>
      <div>
        <dt>Browser</dt>
        <dd>{placeOf(where.value)}</dd>
      </div>
      {grain && (
        <div>
          <dt>Clock</dt>
          <dd>
            moves in steps of {time(grain.wall)}, measured in this tab; a sample is repeated until it lasts{' '}
            {STEPS_A_SAMPLE} of them
          </dd>
        </div>
      )}
      {grain && (
        <div>
          <dt>GPU timestamps</dt>
          <dd>{grain.gpu === undefined ? 'none' : `move in steps of ${time(grain.gpu)}, or less`}</dd>
        </div>
      )}
    </dl>
  );
}

const app = document.getElementById('app');
if (app) render(<App />, app);
open();
