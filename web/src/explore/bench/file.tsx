/** A file of another run, of the terminal or of a tab: dropped on the page or chosen, and compared with this tab's rows. */
import { useRef } from 'preact/hooks';
import { meanRatio } from '../../../../src/bench/compare.ts';
import { encodeResults, placeOf, type Results } from '../../../../src/bench/results.ts';
import { plural } from '../../../../src/format.ts';
import { saveFile } from '../../train/state/save.ts';
import {
  comparisons,
  dropFile,
  fileProblem,
  isOthers,
  other,
  results,
  stage,
  startReport,
  takeFile,
  where,
} from './state.ts';

export function FileSection() {
  const input = useRef<HTMLInputElement>(null);
  return (
    <section aria-labelledby="file">
      <h2 id="file">With the terminal, and back</h2>
      <div class="drop">
        <p>
          <code>npm run bench -- --json mine.json</code> writes a file to drop on this page;{' '}
          <code>npm run bench -- --compare tab.json</code> takes the one of this tab.
        </p>
        <p>
          A report measures all that stands for a GPU in <code>docs/gpus.md</code>, in ten minutes or more;
          the file names the adapter, the system and the browser, and nobody. At the end it can be downloaded.
        </p>
        <div class="actions">
          <button type="button" onClick={() => input.current?.click()}>
            Compare with a file
          </button>
          <button type="button" disabled={stage.value.kind !== 'ready'} onClick={startReport}>
            Measure a report
          </button>
          <button
            type="button"
            disabled={!results.value}
            onClick={() => results.value && save(results.value)}
          >
            Download JSON
          </button>
          <input
            ref={input}
            type="file"
            accept="application/json,.json"
            hidden
            aria-label="Compare with a file"
            onChange={({ currentTarget }) => {
              const file = currentTarget.files?.[0];
              currentTarget.value = '';
              if (file) void takeFile(file);
            }}
          />
        </div>
      </div>
      {fileProblem.value !== undefined && (
        <p role="alert">
          {fileProblem.value} Give a file that <code>npm run bench -- --json FILE</code> or this page has
          written.
        </p>
      )}
      <Other />
    </section>
  );
}

const save = (run: Results) =>
  saveFile({
    name: `${run.report === undefined ? 'bench' : 'report'}-${run.date.slice(0, 16).replace(/[:T]/g, '-')}.json`,
    file: new Blob([encodeResults(run)], { type: 'application/json' }),
  });

/** What the file is of, and what comes of the comparison. */
function Other() {
  if (!other.value) return null;
  const { name, results: run } = other.value;
  const found = [...comparisons.value.values()];
  return (
    <div class="notice">
      <p>
        <strong>{name}</strong>: {run.adapter.name}, {placeOf(run)}, {run.date.slice(0, 16).replace('T', ' ')}
        , {plural(run.rows.length, 'row')}.
      </p>
      <p>
        {isOthers.value
          ? 'Its rows are shown. Start, and this tab’s come in their place, with the ratio of both.'
          : found.length === 0
            ? 'No row is in both so far.'
            : `${plural(found.length, 'row')} in both: this tab takes ×${meanRatio(found).toFixed(2)} the file’s time in the geometric mean.`}
        {where.value && where.value.adapter.name !== run.adapter.name && ' It ran on another adapter.'}
      </p>
      <p class="hint">
        Faster or slower is said of a change that is larger than the ceilings’ own and whose ranks chance
        gives less than once in twenty; that takes four samples on either side, so a full run.
      </p>
      <p class="actions">
        <button type="button" onClick={dropFile}>
          Put the file away
        </button>
      </p>
    </div>
  );
}
