/** What every rung of the matmul ladder computes: C = A·B, three plain matrices, each row after the other in memory. */
import { type Grid, type Kernel, read, type Storage, write } from '../../../gpu/index.ts';
import { checkSizes, checkStorages } from '../../checks.ts';
import type { Reuse, Rung } from '../../rung.ts';

/** c [rows, columns] = a [rows, depth] · b [depth, columns]. */
export interface MatmulShape {
  readonly rows: number;
  readonly columns: number;
  readonly depth: number;
}

export interface MatmulStorages {
  readonly a: Storage;
  readonly b: Storage;
  readonly c: Storage;
}

export type MatmulRung = Rung<MatmulStorages, MatmulShape>;

/** The bindings of a rung that touches one element at a time, and of one that touches four. */
export const scalars = { a: read(), b: read(), c: write() };
export const vectors = { a: read('vec4f'), b: read('vec4f'), c: write('vec4f') };
export const sizes = { rows: 'u32', columns: 'u32', depth: 'u32' } as const;

/** Whether rows of a, b and c consist of whole vec4s. */
export const inFours = ({ depth, columns }: MatmulShape): boolean => depth % 4 === 0 && columns % 4 === 0;

/** Floating-point operations: a multiplication and an addition for every row, column and depth. */
export const matmulFlops = ({ rows, columns, depth }: MatmulShape): number => 2 * rows * columns * depth;

/** A rung that is one run of one kernel, whose workgroups each compute `tile` rows and columns of c. */
export function matmulRung(rung: {
  readonly name: string;
  readonly lesson: string;
  readonly kernel: Kernel<keyof MatmulStorages, keyof MatmulShape>;
  readonly grid: (shape: MatmulShape) => Grid;
  readonly reuse: Reuse;
  readonly needs?: string;
  readonly suits?: (shape: MatmulShape) => boolean;
}): MatmulRung {
  const { name, lesson, kernel, grid, reuse, needs, suits = () => true } = rung;
  return {
    name,
    lesson,
    kernels: [kernel],
    reuse: () => reuse,
    ...(needs !== undefined && { needs }),
    suits,
    run(gpu, storages, shape) {
      checkMatmul(storages, shape);
      gpu.run(kernel, storages, shape, grid(shape));
    },
  };
}

/** Throws `RangeError` unless sizes are whole numbers of at least 1 and the storages hold matrices of these sizes. */
export function checkMatmul({ a, b, c }: MatmulStorages, { rows, columns, depth }: MatmulShape): void {
  checkSizes('matmul', { rows, columns, depth });
  checkStorages('matmul', { a: [a, rows * depth], b: [b, depth * columns], c: [c, rows * columns] });
}
