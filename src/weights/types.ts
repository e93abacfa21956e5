// What a weights file becomes, whatever its format: named float32 arrays in torchvision's own layout. Conversion to the
// GPU's layout and dtype is the business of whoever uploads them.

/**
 * A tensor on the host in PyTorch's layout: row-major, convolution weights
 * `[out, in, height, width]`, linear `[out, in]`.
 */
export interface HostTensor {
  readonly shape: readonly number[];
  /**
   * One value per element. It may share memory with the file's bytes and with other tensors: copy before writing to it.
   */
  readonly data: Float32Array;
}

/** Tensors by torchvision's names (`layer1.0.conv1.weight`), in the file's order. */
export type StateDict = Map<string, HostTensor>;

/** Batch norm's count of training steps: PyTorch keeps one per layer as int64, and inference never looks at it. */
export function isBatchCount(name: string): boolean {
  return name === 'num_batches_tracked' || name.endsWith('.num_batches_tracked');
}
