/** For kernels some of whose bindings exist only in some configurations. */
import type { Storage } from '../gpu/index.ts';

/**
 * The storages of a kernel made without the bindings that are undefined here. `Gpu.run` looks at those that a kernel has
 * and at no others, so nothing needs to be taken out.
 */
export const given = (storages: Readonly<Record<string, Storage | undefined>>): Record<string, Storage> =>
  storages as Record<string, Storage>;
