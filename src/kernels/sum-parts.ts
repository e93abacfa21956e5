/** Sums that are split into parts, which are added up in a fixed order: in stages where they are many, so that enough threads add. */
import { rowOfWorkgroups, type Gpu, type Storage } from '../gpu/index.ts';
import { sumSlices } from './conv2d/wgsl/sum-slices.wgsl.ts';

/** Parts that one thread adds up. */
const MOST = 32;

/** How many parts a sum of `elements` floats may be split into for each of `chunks` that are bound in turn: all parts are bound at once. */
export const mostParts = (gpu: Gpu, elements: number, chunks: number): number =>
  Math.max(1, Math.floor(gpu.maxBindingBytes / (elements * 4) / chunks / 2));

/** `run` writes `parts` parts of `elements` floats each into the storage that it is given; `to` gets their sum. */
export function sumOfParts(
  gpu: Gpu,
  to: Storage,
  { elements, parts }: { readonly elements: number; readonly parts: number },
  run: (into: Storage) => void,
): void {
  if (parts === 1) return run(to);
  // Of many parts those that lie `next` apart go into one; the last of them may be missing, and are zero.
  const next = parts <= MOST ? 1 : Math.ceil(parts / MOST);
  const slices = Math.ceil(parts / next);
  const from = gpu.temporary(slices * next * elements * 4, 'parts of a sum');
  if (slices * next > parts) gpu.clear(from);
  run(from);
  const count = next * elements;
  sumOfParts(gpu, to, { elements, parts: next }, (sum) =>
    gpu.run(sumSlices, { parts: from, sum }, { count, slices }, rowOfWorkgroups(Math.ceil(count / 64))),
  );
}
