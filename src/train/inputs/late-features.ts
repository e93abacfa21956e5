/** What computes features, as one module: a site then has one file for it, beside those that every run needs. */
export { FeatureStream } from './feature-stream.ts';
export { featureInputs } from './features.ts';
