// One worker that looks at files that come in: bytes in, and back with what was seen. Bytes are handed over, not copied.
import { messageOf } from '../../../src/format.ts';
import { look } from './photos/look.ts';
import type { FromIntake, ToIntake } from './photos/intake-pool.ts';

const post = (message: FromIntake, transfer: Transferable[]) =>
  (postMessage as (message: FromIntake, transfer: Transferable[]) => void)(message, transfer);

onmessage = async ({ data: { bytes } }: MessageEvent<ToIntake>) => {
  const looked = await look(bytes).catch((error: unknown) => ({
    ok: false as const,
    reason: `made the decoder fail (${messageOf(error)})`,
  }));
  post({ bytes, looked }, [bytes.buffer]);
};
