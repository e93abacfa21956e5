/** Tells whether kernels are still those that were measured, by a hash of their text. */
import type { Gpu } from '../../gpu/index.ts';

/** A hash of the WGSL of all kernels that `record` runs, in hex: FNV-1a (Fowler, Noll and Vo), twice 32 bits. */
export function fingerprint(gpu: Gpu, record: () => void): string {
  const text = gpu
    .rehearse(record)
    .map(({ code }) => code)
    .join('\n');
  return [0x811c9dc5, 0x9747b28c].map((start) => fnv1a(text, start)).join('');
}

function fnv1a(text: string, start: number): string {
  let hash = start;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, '0');
}
