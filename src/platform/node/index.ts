/** What programs in Node need to run the engine: an adapter, a device, the wait that fits it, and a clean end. */
export {
  AdapterError,
  askExperimental,
  openAdapter,
  type AdapterChoice,
  type OpenedAdapter,
  type OpenOptions,
} from './adapter.ts';
export { exitCleanly, requestDevice } from './device.ts';
export { createGpu } from './gpu.ts';
export { waiterFor } from './wait.ts';
