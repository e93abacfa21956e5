/** Workers that look at files that come in, a file at a time each. A file that ends its worker or keeps it busy too long costs itself alone. */
import type { Looked } from './look.ts';

export interface ToIntake {
  readonly bytes: Uint8Array<ArrayBuffer>;
}
export interface FromIntake {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly looked: Looked;
}
type Seen =
  | { readonly bytes: Uint8Array<ArrayBuffer>; readonly looked: Looked & { readonly ok: true } }
  | { readonly reason: string };

/** More would only wait for the storage, and each takes the memory of a whole photo. */
const MOST_WORKERS = 4;
const TIMEOUT_MS = 60_000;

export class IntakePool {
  readonly size = Math.max(1, Math.min(MOST_WORKERS, navigator.hardwareConcurrency));
  private readonly idle: Worker[] = [];
  private isClosed = false;

  constructor(private readonly start: () => Worker) {}

  /** Looks at a file; the bytes come back, as those given are handed over. At most `size` calls at a time. */
  async look(bytes: Uint8Array<ArrayBuffer>): Promise<Seen> {
    const worker = this.idle.pop() ?? this.start();
    let isUsable = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    try {
      const seen = await new Promise<Seen>((resolve) => {
        timer = setTimeout(
          () => resolve({ reason: `made the decoder fail (no result after ${TIMEOUT_MS / 1000} s)` }),
          TIMEOUT_MS,
        );
        worker.onerror = ({ message }) =>
          resolve({ reason: `made the decoder fail (${message || 'it ended'})` });
        worker.onmessage = ({ data: { bytes, looked } }: MessageEvent<FromIntake>) => {
          isUsable = true;
          resolve(looked.ok ? { bytes, looked } : { reason: looked.reason });
        };
        worker.postMessage({ bytes } satisfies ToIntake, [bytes.buffer]);
      });
      return seen;
    } finally {
      clearTimeout(timer);
      if (isUsable && !this.isClosed) this.idle.push(worker);
      else worker.terminate();
    }
  }

  /** Ends all workers. */
  close(): void {
    this.isClosed = true;
    for (const worker of this.idle.splice(0)) worker.terminate();
  }
}
