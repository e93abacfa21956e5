/** Where photos come in: an area to drop them on, around the buttons that open the browser's own choice. */
import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useRef } from 'preact/hooks';
import type { PickedPhoto } from '../../engine/calls/photos.ts';
import { droppedOf, pickedOf } from './pick.ts';
import { training } from '../state/run.ts';

/** Takes photos, or what will be photos once the folders that hold them are walked; that may fail. */
export type Take = (photos: Promise<readonly PickedPhoto[]>) => Promise<void>;

interface DropProps {
  readonly take: Take;
  readonly children: ComponentChildren;
  readonly class?: string;
  /** Takes what is dropped before it is looked at for files; false if it is not for this one. */
  readonly takeOther?: (event: DragEvent) => boolean;
}

/** An area that takes dropped files and folders, except during training: photos of a run stay as they are. */
export function Drop({ take, children, class: name = 'drop', takeOther }: DropProps) {
  const isOver = useSignal(false);
  return (
    <div
      class={isOver.value ? `${name} over` : name}
      onDragOver={(event) => {
        event.preventDefault(); // otherwise the browser leaves the page for the photo
        isOver.value = !training.value;
        if (training.value && event.dataTransfer) event.dataTransfer.dropEffect = 'none';
      }}
      onDragLeave={() => (isOver.value = false)}
      onDrop={(event) => {
        event.preventDefault();
        isOver.value = false;
        if (takeOther?.(event)) return;
        if (event.dataTransfer && !training.value) void take(droppedOf(event.dataTransfer));
      }}
    >
      {children}
    </div>
  );
}

interface PickerProps {
  readonly label: string;
  /** The button's words, where they are the beginning of the label. */
  readonly text?: string;
  readonly take: Take;
  readonly isFolder?: boolean;
  /** Kinds of files, as an input element's `accept` has them; photos by default. */
  readonly accept?: string;
  readonly class?: string;
  /** For a reason besides training. */
  readonly disabled?: boolean;
}

/** A button that opens the browser's own choice of files or of a folder. */
export function Picker({
  label,
  text,
  take,
  isFolder = false,
  accept = 'image/*',
  class: name,
  disabled = false,
}: PickerProps) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <button
        type="button"
        class={name}
        aria-label={text && label}
        disabled={training.value || disabled}
        onClick={() => input.current?.click()}
      >
        {text ?? label}
      </button>
      <input
        ref={input}
        type="file"
        hidden
        multiple
        aria-label={label}
        accept={isFolder ? undefined : accept}
        {...(isFolder && { webkitdirectory: true })}
        onChange={({ currentTarget }) => {
          void take(Promise.resolve(pickedOf(currentTarget.files)));
          currentTarget.value = ''; // the same files may be chosen again
        }}
      />
    </>
  );
}
