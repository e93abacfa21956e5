/** For kernels some of whose bindings exist only in some configurations. */
import type { Storage } from '../gpu/index.ts';

/** The storages that were given: what a kernel made without the others' bindings takes. */
export function given(storages: Readonly<Record<string, Storage | undefined>>): Record<string, Storage> {
  const present = Object.entries(storages).filter(
    (entry): entry is [string, Storage] => entry[1] !== undefined,
  );
  return Object.fromEntries(present);
}
