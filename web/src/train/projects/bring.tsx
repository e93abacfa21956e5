/** Where projects and runs that were taken away come in again. */
import { plural } from '../../../../src/format.ts';
import { Drop, Picker } from '../shared/drop.tsx';
import { bring, brought } from '../state/carrying.ts';

export function Bring() {
  const { text, leftOut = [] } = brought.value ?? {};
  return (
    <>
      <h3>Bring in</h3>
      <Drop take={bring}>
        <p>Drop a project’s file, or the folder or zip of a run, from here or from a terminal.</p>
        <p class="actions">
          <Picker label="Open a project or run" take={bring} accept=".zip" />
          <Picker label="Open a run’s folder" take={bring} isFolder />
        </p>
      </Drop>
      <p role="status">{text}</p>
      {leftOut.length > 0 && (
        <details class="left-out" open>
          <summary>{plural(leftOut.length, 'thing')} left out</summary>
          <ul>
            {leftOut.slice(0, 100).map(({ path, reason }) => (
              <li key={path}>
                {path}: {reason}
              </li>
            ))}
          </ul>
        </details>
      )}
    </>
  );
}
