/** How a sum along an axis is shared out: whole columns where they are many, parts of columns where they are few and long. */
import type { Gpu } from '../../gpu/index.ts';
import { type AxisShape, tileFor, TILES, type Tiling } from '../columns.ts';

/**
 * Workgroups that keep the machine busy; the items of a thread from which on parts save more than the pass that adds them up costs; and
 * the most of a thread where there is one part. A software adapter's dispatch costs as much as loading some thousand items.
 */
const GPU = { workgroups: 512, least: 16, most: 64 } as const;
const SOFTWARE = { workgroups: 32, least: 512, most: 8192 } as const;

/** Where a tensor is cut to fit bindings, parts begin where bindings may, whatever is inside of an item. */
const ALIGNED = 64;

type Machine = Pick<Gpu, 'software' | 'maxBindingBytes'>;

/** Items of a column that one workgroup adds up, in vectors where the column lies in one piece. */
export function spanFor(gpu: Machine, shape: AxisShape, tiling = tileFor(gpu, shape)): number {
  const { width, contiguous } = tiling;
  const length = shape.length / (contiguous ? width : 1);
  const wanted = wantedSpan(gpu, shape, length, tiling);
  const bytes = shape.length * shape.inner * 4;
  if (shape.outer > 1 || bytes <= gpu.maxBindingBytes) return wanted;
  const most = Math.min(wanted, gpu.maxBindingBytes / (bytes / length));
  return Math.max(1, Math.floor(most / ALIGNED)) * ALIGNED;
}

function wantedSpan(gpu: Machine, shape: AxisShape, length: number, tiling: Tiling): number {
  const { tile, width, contiguous } = tiling;
  const { lanes, threads } = TILES[tile];
  const { workgroups, least, most } = gpu.software ? SOFTWARE : GPU;
  const columns = (shape.outer * shape.inner) / (contiguous ? 1 : width);
  const across = Math.ceil(columns / lanes);
  const isWhole = across >= workgroups || length <= least * threads;
  if (isWhole && length <= most * threads) return length;
  const parts = Math.max(1, Math.floor(workgroups / across));
  const share = Math.max(least * threads, Math.ceil(length / parts));
  return Math.min(length, share, most * threads);
}
