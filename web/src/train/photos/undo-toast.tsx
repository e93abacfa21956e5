/** What was just done and can be undone: for some seconds, longer while somebody is at it, and until the next removal. */
import { useEffect } from 'preact/hooks';
import { useSignal } from '@preact/signals';
import { forget, undo, undoable } from '../state/photos.ts';
import { training } from '../state/run.ts';

const SECONDS = 15;

export function UndoToast() {
  const isHeld = useSignal(false);
  const text = training.value ? undefined : undoable.value; // photos of a run stay as they are
  useEffect(() => {
    if (text === undefined || isHeld.value) return;
    const timer = setTimeout(() => void forget(), SECONDS * 1000);
    return () => clearTimeout(timer);
  }, [text, isHeld.value]);
  return (
    <div class="toast-place" role="status">
      {text !== undefined && (
        <p
          class="toast"
          onMouseEnter={() => (isHeld.value = true)}
          onMouseLeave={() => (isHeld.value = false)}
          onFocusIn={() => (isHeld.value = true)}
          onFocusOut={() => (isHeld.value = false)}
        >
          <span>{text}</span>
          <button type="button" class="small" onClick={() => void undo()}>
            Undo
          </button>
        </p>
      )}
    </div>
  );
}
