/** Loaded when a run begins: a page's first training step needs none of it where more than the head is trained. */
import type { TrunkStream } from './trunk-stream.ts';

/** As `TrunkStream.of`. */
export const trunkStream: typeof TrunkStream.of = async (...given) =>
  (await import('./trunk-stream.ts')).TrunkStream.of(...given);
