/** What became of the files that came in last: how many are in, which were left out and why, which were there already. */
import { count, plural } from '../../../../src/format.ts';
import type { AddReport } from '../../engine/calls/photos.ts';
import { added } from '../state/photos.ts';

/** More would be no list that anybody reads. */
const MOST_SHOWN = 200;

export function AddedNotice() {
  const report = added.value;
  if (!report) return null;
  const { stopped, leftOutCount, duplicateCount } = report;
  return (
    <div class="added" role="status">
      <p>
        {stopped ? stopped.message : `${plural(report.added, 'photo')} added.`}{' '}
        <button type="button" class="quiet small" onClick={() => (added.value = undefined)}>
          Close
        </button>
      </p>
      {leftOutCount > 0 && <LeftOutList {...report} />}
      {duplicateCount > 0 && <DuplicateList {...report} />}
    </div>
  );
}

function LeftOutList({ leftOut, leftOutCount, leftOutBy }: AddReport) {
  return (
    <details class="left-out">
      <summary>{plural(leftOutCount, 'file')} left out</summary>
      {leftOutBy.length < leftOutCount && (
        <p class="hint">
          {leftOutBy.map(({ what, count: times }) => `${count(times)} × ${what}`).join('; ')}
        </p>
      )}
      <ul>
        {leftOut.slice(0, MOST_SHOWN).map(({ path, reason }) => (
          <li key={path}>
            {path} <span>{reason}</span>
          </li>
        ))}
      </ul>
      <More count={leftOutCount - MOST_SHOWN} />
    </details>
  );
}

function DuplicateList({ duplicates, duplicateCount }: AddReport) {
  return (
    <details class="duplicates">
      <summary>{plural(duplicateCount, 'file')} passed over that the class has already</summary>
      <ul>
        {duplicates.slice(0, MOST_SHOWN).map(({ path, same }) => (
          <li key={path}>
            {path} <span>has the same bytes as</span> {same}
          </li>
        ))}
      </ul>
      <More count={duplicateCount - MOST_SHOWN} />
    </details>
  );
}

const More = ({ count: more }: { readonly count: number }) =>
  more > 0 ? <p class="hint">and {count(more)} more</p> : null;
