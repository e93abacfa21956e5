/** How much the browser lets this page store, and whether it promises to keep it. */
import { effect, signal } from '@preact/signals';
import { photos } from './photos.ts';
import { project } from './project.ts';

export interface StorageNow {
  /** In bytes, of everything that this page stores; the browser may round both. */
  readonly used: number;
  readonly allowed: number;
  /** The browser removes nothing by itself. */
  readonly isKept: boolean;
}

export const storage = signal<StorageNow | undefined>(undefined);

/** What browsers offer of it; the types promise more than some have. */
const manager = (): Partial<StorageManager> | undefined =>
  (navigator as { readonly storage?: Partial<StorageManager> }).storage;

/** Asks the browser anew. */
export async function measureStorage(): Promise<void> {
  const { usage = 0, quota = 0 } =
    (await manager()
      ?.estimate?.()
      .catch(() => undefined)) ?? {};
  const isKept =
    (await manager()
      ?.persisted?.()
      .catch(() => false)) ?? false;
  storage.value = { used: usage, allowed: quota, isKept };
}

/** Asks the browser not to remove anything by itself; it may ask the visitor in turn. False where it does not promise it. */
export async function keepWork(): Promise<boolean> {
  const isKept =
    (await manager()
      ?.persist?.()
      .catch(() => false)) ?? false;
  await measureStorage();
  return isKept;
}

/** Firefox asks the visitor, who should know why by then; the others decide by themselves. */
const asksVisitor = () => navigator.userAgent.includes('Firefox');

let isAsked = false;
effect(() => {
  const hasPhotos = photos.value.classes.length > 0 && project.value?.isKept === true;
  if (!hasPhotos || isAsked || asksVisitor()) return;
  isAsked = true;
  void keepWork();
});
