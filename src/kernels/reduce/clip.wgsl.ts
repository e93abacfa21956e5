/** The factor that brings a gradient's norm down to a maximum, from the sum of its squares. */
import { defineKernel, read, wgsl, write } from '../../gpu/index.ts';

/** factor [1] = min(1, maxNorm / (gradientScale·√squares + 1e-6)): the 1e-6 is PyTorch's. */
export const clipFactorKernel = defineKernel({
  name: 'reduce.clip-factor',
  bindings: { squares: read(), factor: write() },
  params: { maxNorm: 'f32', gradientScale: 'f32' },
  workgroupSize: [1],
  builtins: '@builtin(local_invocation_index) thread: u32',
  body: wgsl`
  if (thread > 0u) { return; }
  factor[0] = min(1.0, params.maxNorm / (params.gradientScale * sqrt(squares[0]) + 1e-6));`,
});
