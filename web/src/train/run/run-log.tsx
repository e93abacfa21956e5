/** The run's log, in the terminal's words, to read and to copy. */
import { Copy } from '../shared/copy.tsx';
import { log } from '../state/run.ts';

export function RunLog() {
  if (log.value.length === 0) return null;
  const text = log.value.join('\n').trim();
  return (
    <details>
      <summary>Log</summary>
      <p class="actions">
        <Copy text={text} what="the log" />
      </p>
      <pre tabIndex={0} aria-label="Log of the run">
        {text}
      </pre>
    </details>
  );
}
