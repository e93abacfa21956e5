/** Features are computed by code that is loaded then: runs that train more than the head need none of it. */
import type { Network } from '../../nn/index.ts';
import type { FeatureStream, FeatureStreamOptions } from './feature-stream.ts';
import type * as features from './features.ts';

/** As `featureInputs` of features.ts. */
export const featureInputs: typeof features.featureInputs = async (...given) =>
  (await import('./late-features.ts')).featureInputs(...given);

/** A stream of one set's photos through the trunk of `model`. */
export async function featureStream(model: Network, options: FeatureStreamOptions): Promise<FeatureStream> {
  const { FeatureStream } = await import('./late-features.ts');
  return new FeatureStream(model, options);
}
