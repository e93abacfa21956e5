// Further devices of a software adapter, on which its kernels are compiled beside the one that runs them (see
// gpu/compile/lazy-driver.ts). Only Mesa's lavapipe gains by it: its devices share a cache on disk, where SwiftShader has none.
import { availableParallelism } from 'node:os';
import type { Twins } from '../../gpu/index.ts';
import type { OpenedAdapter } from './adapter.ts';
import { requestDevice } from './device.ts';

/** With more than this, loading what they have compiled takes as long as compiling it. */
const MOST = 3;

/** Twins for the cores that would be idle; undefined if they would not help. */
export function twinsOf({ instance, choice }: OpenedAdapter): Twins | undefined {
  const count = Math.min(MOST, availableParallelism() - 1);
  if (choice.kind !== 'lavapipe' || count < 1 || !cacheIsShared()) return undefined;
  return {
    count,
    open: async () => {
      const adapter = await instance.requestAdapter({ powerPreference: 'high-performance' });
      if (!adapter) throw new Error('The adapter is gone.');
      return requestDevice(adapter);
    },
  };
}

/** Mesa's own switch: https://docs.mesa3d.org/envvars.html */
const cacheIsShared = (): boolean =>
  !/^(1|true|yes|y)$/i.test(process.env['MESA_SHADER_CACHE_DISABLE'] ?? '');
