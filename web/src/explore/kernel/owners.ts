/** Who wrote what, as a picture's cells: elements of a result as rows and columns, each with its thread. */
import type { Owners } from '../../../../src/run/lab/trace.ts';
import { THREADS } from '../../../../src/run/lab/instrument.ts';

/** A thread by its workgroup's number in the grid, and its own in the workgroup. */
export interface Thread {
  readonly workgroup: number;
  readonly lane: number;
}

/** A result as a matrix: the last axis across, all others down. */
export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  readonly shape: readonly number[];
  /** Rows that are shown at most. */
  readonly mostRows: number;
  readonly owners: Owners;
}

/** Cells of a side at most: more would be too small to see. */
const MOST = 128;
/** Rows of what has no shape, which goes on like a text: a few wide ones show as much as many narrow ones, at a glance. */
const MOST_FLAT = 32;

export function matrixOf(owners: Owners): Matrix {
  const elements = owners.threads.length * owners.width;
  const shape = owners.shape && owners.shape.length > 1 ? owners.shape : undefined;
  const columns = shape?.at(-1) ?? Math.min(MOST, elements);
  return {
    ...{ rows: Math.ceil(elements / columns), columns, mostRows: shape ? MOST : MOST_FLAT },
    ...{ shape: owners.shape ?? [elements], owners },
  };
}

/** The thread that wrote an element; undefined where none did. */
export function threadAt({ columns, owners }: Matrix, row: number, column: number): Thread | undefined {
  const note = owners.threads[Math.floor((row * columns + column) / owners.width)] ?? 0;
  return note === 0 ? undefined : { workgroup: Math.floor((note - 1) / THREADS), lane: (note - 1) % THREADS };
}

/** A rectangle of cells, its ends not in it. */
export interface Area {
  readonly top: number;
  readonly left: number;
  readonly bottom: number;
  readonly right: number;
}

/** A workgroup in the matrix: where it wrote, and what each of its threads did. */
export interface Group {
  /** With some of its neighbours. */
  readonly area: Area;
  /** Elements by thread, each by its index. */
  readonly elements: ReadonlyMap<number, readonly number[]>;
}

/** Goes through the whole matrix once, so that pointing at a thread's elements need not. */
export function groupOf(matrix: Matrix, workgroup: number): Group {
  const { rows, columns, mostRows, owners } = matrix;
  const { threads, width } = owners;
  const [from, to] = [workgroup * THREADS, (workgroup + 1) * THREADS];
  const elements = new Map<number, number[]>();
  let [top, left, bottom, right] = [rows, columns, 0, 0];
  threads.forEach((note, i) => {
    if (note <= from || note > to) return;
    const lane = note - from - 1;
    const list = elements.get(lane) ?? [];
    elements.set(lane, list);
    for (let part = 0; part < width; part++) {
      const index = i * width + part;
      const [row, column] = [Math.floor(index / columns), index % columns];
      list.push(index);
      [top, left] = [Math.min(top, row), Math.min(left, column)];
      [bottom, right] = [Math.max(bottom, row + 1), Math.max(right, column + 1)];
    }
  });
  const [down, across] = [around(top, bottom, rows, mostRows), around(left, right, columns, MOST)];
  return { area: { top: down[0], bottom: down[1], left: across[0], right: across[1] }, elements };
}

/** A stretch with some more on both sides, as far as there is more. */
function around(from: number, to: number, all: number, most: number): readonly [number, number] {
  if (to <= from) return [0, Math.min(all, most)]; // it wrote nothing
  const wanted = Math.min(most, all, Math.max(32, Math.ceil(1.5 * (to - from))));
  const spare = Math.max(0, wanted - (to - from));
  const begin = Math.max(0, Math.min(from - Math.floor(spare / 2), all - wanted));
  return [begin, begin + wanted];
}
