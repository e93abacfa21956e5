/** What keeps a run's photos that exceed memory: a scratch file, and a decoder for what that does not hold. Loaded where there are any. */
import { Overflow, type DecoderName, type ImageSource } from '../data/index.ts';
import type { Decoder, RunHost } from './host.ts';

export interface BeyondMemory {
  readonly overflow: Overflow;
  /** Gives file and decoder back. */
  close(): Promise<void>;
}

/** Opens it, without a file where photos are hardly asked for again. The decoder is started when it is needed. */
export async function openBeyondMemory(
  host: Pick<RunHost, 'decoder' | 'openScratch'>,
  by: DecoderName,
  usesScratch: boolean,
): Promise<BeyondMemory> {
  const scratch = usesScratch ? await host.openScratch?.() : undefined;
  let decoder: Decoder | undefined;
  const decode: ImageSource['decode'] = (paths, transform) =>
    (decoder ??= host.decoder(Infinity, by)).decode(paths, transform);
  return {
    overflow: new Overflow({ scratch, source: { decode } }),
    close: async () => void (await Promise.all([scratch?.close(), decoder?.close()])),
  };
}
