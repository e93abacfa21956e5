/** The best model on the pictures of a camera. It stays open between them. */
import type { Watcher } from '../../../../src/run/watch.ts';
import type { Project } from '../project.ts';
import type { Answering } from '../protocol.ts';
import { modelRun, type ModelAnswer } from './models.ts';

export interface LiveCalls {
  /** What the model sees on a picture, which is used up; where `explain`, with where it looked. */
  see(frame: ImageBitmap, explain: boolean): ModelAnswer;
  /** Closes the model, once its last picture is answered. */
  endLive(): void;
}

const SHOWN = 5;

export function liveCalls(project: () => Project): Answering<LiveCalls> {
  let watcher: Promise<Watcher> | undefined;
  let turn: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const result = turn.then(work);
    turn = result.catch(() => undefined);
    return result;
  };
  const open = async () => {
    const run = await modelRun(project());
    const { openWatcher } = await import('../late.ts');
    return openWatcher(project().host, run, SHOWN);
  };
  return {
    see: (frame, explain) =>
      inTurn(async () => {
        watcher ??= open().catch((error: unknown) => {
          watcher = undefined;
          throw error;
        });
        try {
          const { shownAnswer } = await import('../late.ts');
          return shownAnswer(await (await watcher).see(pixelsOf(frame), explain));
        } finally {
          frame.close();
        }
      }),
    endLive: () =>
      inTurn(async () => {
        const ending = watcher;
        watcher = undefined;
        (await ending?.catch(() => undefined))?.close();
      }),
  };
}

/** The colours of a picture [height, width, 3]. */
function pixelsOf(frame: ImageBitmap): { width: number; height: number; data: Uint8Array } {
  const { width, height } = frame;
  const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
  if (!context) throw new Error('The browser gives no canvas to read pictures with.');
  context.drawImage(frame, 0, 0);
  const rgba = context.getImageData(0, 0, width, height).data;
  const data = new Uint8Array(width * height * 3);
  for (let from = 0, to = 0; from < rgba.length; from += 4) {
    data[to++] = rgba[from] ?? 0;
    data[to++] = rgba[from + 1] ?? 0;
    data[to++] = rgba[from + 2] ?? 0;
  }
  return { width, height, data };
}
