/** A dialog of the page, above everything else, closed by its button or by Escape. */
import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';

interface DialogProps {
  readonly title: string;
  readonly isOpen: boolean;
  readonly close: () => void;
  readonly children: ComponentChildren;
}

export function Dialog({ title, isOpen, close, children }: DialogProps) {
  const element = useRef<HTMLDialogElement>(null);
  const id = useId();
  // A browser tells of a closing some time after it, when the dialog may be open again: only Escape's is news.
  const ownClosings = useRef(0);
  useEffect(() => {
    if (isOpen) element.current?.showModal();
    else if (element.current?.open) {
      ownClosings.current += 1;
      element.current.close();
    }
  }, [isOpen]);
  const onClose = () => {
    if (ownClosings.current > 0) ownClosings.current -= 1;
    else close();
  };
  return (
    <dialog ref={element} aria-labelledby={id} onClose={onClose}>
      <div class="dialog-head">
        <h2 id={id}>{title}</h2>
        <button type="button" class="quiet" onClick={close}>
          Close
        </button>
      </div>
      {isOpen && children}
    </dialog>
  );
}
