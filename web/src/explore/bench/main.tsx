/** Benchmarks in the tab: the catalogue of `npm run bench` on this device, with the roofline as it fills. */
import { render } from 'preact';
import { Header } from '../shared/header.tsx';
import { NoGpu } from '../shared/no-gpu.tsx';
import { Choices } from './choices.tsx';
import { FileSection } from './file.tsx';
import { Roofline } from './roofline.tsx';
import { isOthers, isStopped, open, other, results, rows, stage, takeFile, where } from './state.ts';
import { Table } from './table.tsx';
import { Where } from './where.tsx';
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
      {where.value && <Where of={where.value} />}
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
            <h2 id="rows">{isOthers.value && other.value ? `Rows of ${other.value.name}` : 'Rows'}</h2>
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

const app = document.getElementById('app');
if (app) render(<App />, app);
open();
