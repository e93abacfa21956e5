/** Whether a measurement's kernels are still the same: a fingerprint of everything that algorithms run for a problem. */
import type { Gpu } from '../../../gpu/index.ts';
import { fingerprint } from '../../autotune/fingerprint.ts';
import type { Conv2dAlgorithm } from '../algorithm.ts';
import type { Conv2dPass } from '../pass.ts';
import type { Conv2dShape } from '../shape.ts';
import type { Epilogue } from '../wgsl/epilogue.wgsl.ts';

/** The fingerprint of the kernels that these algorithms run for a problem, without running them. */
export function fingerprintOf<S>(
  gpu: Gpu,
  { tensors, storages }: Conv2dPass<S>,
  shape: Conv2dShape,
  epilogue: Epilogue,
  algorithms: readonly Conv2dAlgorithm<S>[],
): string {
  const { inputs, output } = tensors(shape, epilogue);
  const elements = new Map([...Object.entries(inputs), output]);
  const made = storages((name) => gpu.temporary((elements.get(name) ?? 1) * 4, name), epilogue);
  return fingerprint(gpu, () => algorithms.forEach((algorithm) => algorithm.run(gpu, made, shape)));
}
