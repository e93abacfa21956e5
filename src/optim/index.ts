export { Adam, type AdamOptions } from './adam.ts';
export { Sgd, type SgdOptions } from './sgd.ts';
