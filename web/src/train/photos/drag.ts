/** Photos that are dragged from one class to another. */
import { signal } from '@preact/signals';

/** What marks a drag as one of photos that are in already. */
const TYPE = 'application/x-graft-photos';

/** The photos under way; what they are is not to be read from a drag before it is dropped. */
export const dragged = signal<readonly string[]>([]);

export function startDrag(event: DragEvent, ids: readonly string[]): void {
  dragged.value = ids;
  event.dataTransfer?.setData(TYPE, '');
  if (event.dataTransfer) event.dataTransfer.effectAllowed = 'move';
}

export const endDrag = (): void => void (dragged.value = []);

export const isPhotoDrag = (event: DragEvent): boolean => event.dataTransfer?.types.includes(TYPE) === true;
