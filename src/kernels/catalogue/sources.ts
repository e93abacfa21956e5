/** Where a kernel's WGSL is written: the file by the beginning of the kernel's name; the longest that fits counts. */
const FILES: Readonly<Record<string, string>> = {
  'conv2d.forward.tiled': 'conv2d/tiled/forward.wgsl.ts',
  'conv2d.backwardData.tiled': 'conv2d/tiled/backward-data.wgsl.ts',
  'conv2d.backwardWeight.tiled': 'conv2d/tiled/backward-weight.wgsl.ts',
  'conv2d.forward.subgroup': 'conv2d/subgroup/forward.wgsl.ts',
  'conv2d.backwardData.subgroup': 'conv2d/subgroup/backward-data.wgsl.ts',
  'conv2d.backwardWeight.subgroup': 'conv2d/subgroup/backward-weight.wgsl.ts',
  'conv2d.sumSlices': 'conv2d/wgsl/sum-slices.wgsl.ts',
  'conv2d.winograd.': 'conv2d/winograd/transforms.wgsl.ts',
  'conv2d.winograd.product': 'conv2d/winograd/product.wgsl.ts',
  'conv2d.padded.regroup': 'conv2d/padded/regroup.wgsl.ts',
  'conv2d 1-naive': 'conv2d/ladder/1-naive.wgsl.ts',
  'conv2d 2-tiled': 'conv2d/ladder/2-tiled.wgsl.ts',
  'conv2d 3-register-tiled': 'conv2d/ladder/3-register-tiled.wgsl.ts',
  'conv2d 4-vec4': 'conv2d/ladder/4-vec4.wgsl.ts',
  'conv2d 5-winograd': 'conv2d/ladder/5-winograd.wgsl.ts',
  'matmul 1-naive': 'linear/ladder/1-naive.wgsl.ts',
  'matmul 2-coalesced': 'linear/ladder/2-coalesced.wgsl.ts',
  'matmul 3-tiled': 'linear/ladder/3-tiled.wgsl.ts',
  'matmul 4-register-tiled': 'linear/ladder/4-register-tiled.wgsl.ts',
  'matmul 5-vec4': 'linear/ladder/5-vec4.wgsl.ts',
  'matmul 6-subgroup': 'linear/ladder/6-subgroup.wgsl.ts',
  'linear.matmul': 'linear/matmul.wgsl.ts',
  'linear.matmul.plain': 'linear/matmul-plain.wgsl.ts',
  'linear.add-bias': 'linear/add-bias.wgsl.ts',
  'linear.column-sums': 'linear/column-sums.wgsl.ts',
  'batch-norm.statistics': 'batch-norm/statistics.wgsl.ts',
  'batch-norm.inv-std': 'batch-norm/statistics.wgsl.ts',
  'batch-norm.forward': 'batch-norm/forward.wgsl.ts',
  'batch-norm.backward': 'batch-norm/backward.wgsl.ts',
  relu: 'elementwise/maps.wgsl.ts',
  add: 'elementwise/maps.wgsl.ts',
  accumulate: 'elementwise/maps.wgsl.ts',
  'max-pool.forward': 'max-pool/forward.wgsl.ts',
  'max-pool.backward': 'max-pool/backward.wgsl.ts',
  'max-pool.small-forward': 'max-pool/small-forward.wgsl.ts',
  'max-pool.small-backward': 'max-pool/small-backward.wgsl.ts',
  'avg-pool.': 'avg-pool/kernels.wgsl.ts',
  'loss.cross-entropy': 'loss/cross-entropy.wgsl.ts',
  'loss.bce-with-logits': 'loss/bce.wgsl.ts',
  'loss.reduce': 'loss/reduce.wgsl.ts',
  adam: 'adam/adam.wgsl.ts',
  sgd: 'sgd/sgd.wgsl.ts',
  'reduce.clip-factor': 'reduce/clip.wgsl.ts',
  'reduce.sum': 'reduce/sum-of-squares.wgsl.ts',
  preprocess: 'preprocess/preprocess.wgsl.ts',
  'gather.rows': 'gather/gather.wgsl.ts',
  cast: 'cast/cast.wgsl.ts',
};

/** The path of the file from the project's folder; undefined for a kernel that the table does not know. */
export function sourceOf(kernel: string): string | undefined {
  const fitting = Object.keys(FILES).filter((beginning) => kernel.startsWith(beginning));
  fitting.sort((a, b) => b.length - a.length);
  const [longest] = fitting;
  return longest === undefined ? undefined : `src/kernels/${FILES[longest]}`;
}
