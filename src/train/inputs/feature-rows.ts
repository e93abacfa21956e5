/**
 * A matrix of features on the GPU, in blocks: it may be larger than any single binding, and grows with the data set.
 */
import { Tensor } from '../../autograd/index.ts';
import type { Gpu, Storage } from '../../gpu/index.ts';
import { gatherRows } from '../../kernels/gather/index.ts';

/** A block of memory on the GPU holds this many rows: 32 MiB of 512 features, 128 MiB of 2,048, which every adapter allows. */
const BLOCK_ROWS = 16384;

/** [count, width] floats; `dispose` frees them. */
export class FeatureRows {
  private readonly blocks: Storage[];
  private readonly rowBytes: number;

  constructor(
    private readonly gpu: Gpu,
    count: number,
    private readonly width: number,
    private readonly blockRows = BLOCK_ROWS,
  ) {
    this.rowBytes = width * 4;
    this.blocks = Array.from({ length: Math.ceil(count / blockRows) }, (_, i) =>
      gpu.persistent(Math.min(blockRows, count - i * blockRows) * this.rowBytes, 'features'),
    );
  }

  /** Sets the rows from `first` on to those of `features` [N, width]. Throws `RangeError` past the last row. */
  write(first: number, { shape: [count = 0], storage }: Tensor): void {
    const { gpu, blockRows, rowBytes } = this;
    let next = first;
    while (next < first + count) {
      const row = next % blockRows;
      const rows = Math.min(first + count - next, blockRows - row);
      const [from, bytes] = [(next - first) * rowBytes, rows * rowBytes];
      const block = this.blockOf(next);
      const isAligned = [from, row * rowBytes].every((at) => at % block.allocation.alignment === 0);
      if (isAligned) gpu.copy(storage.slice(from, bytes), block.slice(row * rowBytes, bytes));
      else this.moveRows(storage, next - first, block, row, rows);
      next += rows;
    }
  }

  /** The rows at `indices` → [N, width]. Call it in a scope. Throws `RangeError` for a row that is not there. */
  gather(indices: Uint32Array): Tensor {
    const { gpu, width, blockRows, rowBytes } = this;
    const n = indices.length;
    const y = gpu.temporary(n * rowBytes, 'features');
    const moves = new Map<Storage, number[]>();
    indices.forEach((index, i) => {
      const block = this.blockOf(index);
      const move = [index % blockRows, i];
      const known = moves.get(block);
      if (known) known.push(...move);
      else moves.set(block, move);
    });
    for (const [x, pairs] of moves)
      gatherRows(gpu, { x, y }, { rows: x.bytes / rowBytes, n, width }, Uint32Array.from(pairs));
    return new Tensor(gpu, [n, width], y);
  }

  /** Copies `count` rows from row `from` of `x` to row `to` of `block` where neither begins where a binding may. */
  private moveRows(x: Storage, from: number, block: Storage, to: number, count: number): void {
    const { gpu, width, rowBytes } = this;
    const pairs = Array.from({ length: count }, (_, i) => [from + i, to + i]).flat();
    const shape = { rows: x.bytes / rowBytes, n: block.bytes / rowBytes, width };
    gatherRows(gpu, { x, y: block }, shape, Uint32Array.from(pairs));
  }

  dispose(): void {
    for (const block of this.blocks.splice(0)) this.gpu.release(block);
  }

  private blockOf(row: number): Storage {
    const block = this.blocks[Math.floor(row / this.blockRows)];
    if (!block) throw new RangeError(`There is no row ${row}.`);
    return block;
  }
}
