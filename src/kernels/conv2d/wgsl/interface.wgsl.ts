/**
 * What the kernels of a pass take and give, the same in both families: bindings, parameters, and the functions that touch
 * the bindings. A kernel spreads one of these into its definition and adds its own shape of work.
 */
import { read, write } from '../../../gpu/index.ts';
import type { Dtype } from '../../dtype.ts';
import { epilogueInterface, epilogueParams, type Epilogue } from './epilogue.wgsl.ts';
import { elementType, keepFunction, loadFunction, storeFunction, windowFunction } from './load.wgsl.ts';

/** The sizes that every pass over windows of x needs. */
const windowParams = {
  h: 'u32',
  c: 'u32',
  k: 'u32',
  oh: 'u32',
  ow: 'u32',
  /** Elements in a row of x: w · c. */
  rowLength: 'u32',
  /** Elements in a row of a window: s · c. */
  windowLength: 'u32',
  stride: 'i32',
  padding: 'i32',
} as const;

/** x `[n, h, w, c]`, weight `[r, s, c, k]` → y `[n, oh, ow, k]`; vectorised where c (X) or k (K) are multiples of four. */
export function forwardInterface(vectorX: boolean, vectorK: boolean, epilogue: Epilogue, dtype: Dtype) {
  const after = epilogueInterface(epilogue, vectorK, dtype);
  return {
    bindings: {
      x: read(elementType(vectorX, dtype)),
      weight: read(elementType(vectorK, dtype)),
      ...after.bindings,
      y: write(elementType(vectorK, dtype)),
    },
    params: {
      ...windowParams,
      r: 'i32',
      /** Output pixels: n · oh · ow. */
      count: 'u32',
      ...epilogueParams,
    } as const,
    functions: [
      windowFunction(vectorX),
      keepFunction('x', vectorX),
      loadFunction('weight', vectorK),
      storeFunction('y', vectorK, dtype),
      after.functions,
    ].join('\n'),
  };
}

/** dy `[n, oh, ow, k]`, weight `[r, s, c, k]` → dx `[n, h, w, c]`. */
export const backwardDataInterface = (vectorC: boolean, vectorK: boolean) => ({
  bindings: {
    dy: read(elementType(vectorK)),
    weight: read(elementType(vectorK)),
    dx: write(elementType(vectorC)),
  },
  params: {
    n: 'u32',
    h: 'u32',
    w: 'u32',
    c: 'u32',
    k: 'u32',
    oh: 'u32',
    ow: 'u32',
    r: 'i32',
    s: 'i32',
    padding: 'i32',
  } as const,
  functions: [
    loadFunction('dy', vectorK),
    keepFunction('dy', vectorK),
    loadFunction('weight', vectorK),
    storeFunction('dx', vectorC),
  ].join('\n'),
});

/** x `[n, h, w, c]`, dy `[n, oh, ow, k]` → dWeight `[slices, r, s, c, k]`. */
export const backwardWeightInterface = (vectorX: boolean, vectorK: boolean) => ({
  bindings: {
    x: read(elementType(vectorX)),
    dy: read(elementType(vectorK)),
    dWeight: write(elementType(vectorK)),
  },
  params: {
    ...windowParams,
    r: 'u32',
    /** The number of the first slice of a split sum: not 0 where a batch is worked on in parts. */
    firstSlice: 'u32',
  } as const,
  functions: [windowFunction(vectorX), loadFunction('dy', vectorK), storeFunction('dWeight', vectorK)].join(
    '\n',
  ),
});
