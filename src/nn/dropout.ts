/** Dropout, by itself: a network that comes late brings along no other layer for it. */
import { dropout } from '../autograd/dropout.ts';
import type { Tensor } from '../autograd/index.ts';
import { Module } from './module.ts';

/**
 * In training drops about the share p of the elements, others at each call, and in evaluation gives x itself (Srivastava et al. 2014).
 * What is dropped is decided by `seed` and `calls`, the number of calls so far: who goes on with a run sets both, or says with `drawFrom`
 * at each step where it is, as the trainer does.
 *
 * ```ts
 * const layer = new Dropout(0.5, 7);
 * const x = new Tensor(gpu, [3], gpu.upload(Float32Array.of(1, 2, 3)));
 * layer.forward(x) === x; // → false
 * layer.calls; // → 1
 * layer.eval().forward(x) === x; // → true
 * ```
 */
export class Dropout extends Module {
  calls = 0;
  /** What `drawFrom` was told last, and the layer's own place in the network: with `seed` before it and `calls` behind it, the draws' key. */
  key: readonly number[] = [];

  constructor(
    readonly p = 0.5,
    public seed = 0,
  ) {
    super();
  }

  /** In training x with some elements dropped and the others enlarged, else x itself. */
  forward(x: Tensor): Tensor {
    if (!this.training) return x;
    return dropout(x, { p: this.p, key: [this.seed, ...this.key, this.calls++] });
  }

  override drawFrom(key: readonly number[]): void {
    this.key = key;
    this.calls = 0;
  }
}
