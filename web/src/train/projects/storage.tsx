/** Room: how much is used, a promise to keep it, and runs to remove. */
import { useSignal } from '@preact/signals';
import { byteSize } from '../../../../src/format.ts';
import { removeRun, runs } from '../state/carrying.ts';
import { isReadOnly, project } from '../state/project.ts';
import { training } from '../state/run.ts';
import { keepWork, storage } from '../state/storage.ts';
import { ask } from './confirm.tsx';

export function Storage() {
  if (project.value?.isKept === false) return null; // nothing is stored
  const { used = 0, allowed = 0 } = storage.value ?? {};
  return (
    <>
      <h3>Room</h3>
      {allowed > 0 && (
        <p class="room">
          <meter value={used} max={allowed} low={allowed * 0.8} aria-label="Room that is used" />{' '}
          {byteSize(used)} of {byteSize(allowed)} that this browser allows
        </p>
      )}
      <Keep />
      {runs.value.length > 0 && (
        <details class="runs" open={runs.value.length > 1}>
          <summary>Runs of this project</summary>
          <ul>
            {runs.value.map(({ name, bytes }) => (
              <li key={name}>
                <span>
                  {name} <small>{byteSize(bytes)}</small>
                </span>
                <button
                  type="button"
                  class="quiet"
                  disabled={training.value || isReadOnly.value}
                  aria-label={`Remove the run ${name}`}
                  onClick={() =>
                    ask({
                      title: `Remove the run ${name}?`,
                      text: `Its models, curves and report are removed, which makes room for ${byteSize(bytes)}. The photos stay.`,
                      button: 'Remove the run',
                      yes: () => removeRun(name),
                    })
                  }
                >
                  Remove
                </button>
              </li>
            ))}
          </ul>
        </details>
      )}
    </>
  );
}

function Keep() {
  const isRefused = useSignal(false);
  if (storage.value?.isKept) return <p class="hint">The browser keeps your work until you remove it.</p>;
  return (
    <>
      <p class="hint">
        A browser may clear what pages store when the disk is full or when you have not come by for a while.
        You can ask it to leave your work alone.
      </p>
      <p class="actions">
        <button type="button" onClick={() => void keepWork().then((isKept) => (isRefused.value = !isKept))}>
          Keep my work
        </button>
        {isRefused.value && (
          <span class="hint">
            The browser does not promise it yet. It may once you come here more often or bookmark the page;
            until then save the project as a file.
          </span>
        )}
      </p>
    </>
  );
}
