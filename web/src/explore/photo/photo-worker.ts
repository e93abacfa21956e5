// The worker in which networks are looked into: it holds the device, the networks, and all that they made of the photo.
import { messageOf } from '../../../../src/format.ts';
import { WebGpuError } from '../../../../src/platform/web/adapter.ts';
import { photoCalls } from './calls.ts';
import type { Asked, Told } from './protocol.ts';

const send = (message: Told, moved: readonly Transferable[] = []) =>
  (postMessage as (message: Told, moved: readonly Transferable[]) => void)(message, moved);
const calls = photoCalls((done, total) => send({ done, total })) as Readonly<
  Record<Asked['name'], (...args: readonly unknown[]) => Promise<unknown>>
>;

onmessage = ({ data: { id, name, args } }: MessageEvent<Asked>) => {
  calls[name](...args).then(
    (result) => send({ id, result }),
    (error: unknown) =>
      send({
        id,
        message: messageOf(error),
        webGpu: error instanceof WebGpuError ? error.problem : undefined,
      }),
  );
};
