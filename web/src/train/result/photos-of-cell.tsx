/** The photos behind a number of the confusion matrix, in a dialog: the surest answers first. */
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { percent, plural } from '../../../../src/format.ts';
import type { StoredAnswers } from '../../../../src/run/store/answers.ts';
import { StoredPhoto } from '../shared/stored-photo.tsx';
import type { Cell } from './confusion-table.tsx';

interface PhotosOfCellProps {
  readonly judged: StoredAnswers;
  readonly cell: Cell;
  readonly close: () => void;
}

/** So many at a time: each is a photo of full size. */
const PAGE = 48;

export function PhotosOfCell({ judged, cell, close }: PhotosOfCellProps) {
  const { files, actual, predicted, confidence, classes } = judged;
  const dialog = useRef<HTMLDialogElement>(null);
  const shown = useSignal(PAGE);
  useEffect(() => dialog.current?.showModal(), []);
  const found = [...files.keys()]
    .filter((i) => actual[i] === cell.actual && predicted[i] === cell.predicted)
    .sort((a, b) => (confidence[b] ?? 0) - (confidence[a] ?? 0));
  const [is = '', said = ''] = [classes[cell.actual], classes[cell.predicted]];
  return (
    <dialog ref={dialog} class="wide" aria-labelledby="cell" onClose={close}>
      <div class="dialog-head">
        <h3 id="cell">
          {plural(found.length, 'photo')} of {is}, {is === said ? 'recognised' : `taken for ${said}`}
        </h3>
        <button type="button" class="quiet" onClick={() => dialog.current?.close()}>
          Close
        </button>
      </div>
      <ul class="photos">
        {found.slice(0, shown.value).map((i) => (
          <li key={files[i]}>
            <StoredPhoto path={files[i] ?? ''} alt={files[i] ?? ''} />
            <small>
              {files[i]?.split('/').at(-1)} ({percent(confidence[i] ?? NaN)})
            </small>
          </li>
        ))}
      </ul>
      {found.length > shown.value && (
        <button type="button" onClick={() => (shown.value += PAGE)}>
          Show more
        </button>
      )}
    </dialog>
  );
}
