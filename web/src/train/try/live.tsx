/**
 * The trained model on the live camera. A picture is taken only when the answer to the last one has come, so that a slow machine
 * looks less often and never at the past.
 */
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { messageOf } from '../../../../src/format.ts';
import type { RankedClass } from '../../../../src/run/predict.ts';
import { CameraView } from '../camera/camera-view.tsx';
import { engine } from '../state/engine.ts';
import { training } from '../state/run.ts';
import { Bars } from './bars.tsx';

/** Milliseconds from one picture to the next, at least: as fast as bars can be read. */
const INTERVAL = 150;

export function LiveTry() {
  const isOpen = useSignal(false);
  return (
    <>
      <p class="actions">
        <button
          type="button"
          aria-expanded={isOpen.value}
          disabled={training.value}
          onClick={() => (isOpen.value = !isOpen.value)}
        >
          {isOpen.value ? 'Close the camera' : 'Try it on the camera'}
        </button>
      </p>
      {isOpen.value && !training.value && <Live close={() => (isOpen.value = false)} />}
    </>
  );
}

function Live({ close }: { readonly close: () => void }) {
  const video = useSignal<HTMLVideoElement | undefined>(undefined);
  const ranked = useSignal<readonly RankedClass[]>([]);
  const problem = useSignal('');
  useEffect(() => {
    const element = video.value;
    if (!element) return;
    let isOver = false;
    const look = async () => {
      try {
        while (!isOver) {
          const due = performance.now() + INTERVAL;
          const seen = await engine.see(await createImageBitmap(element));
          if (isOver) break;
          ranked.value = seen;
          await new Promise((resolve) => setTimeout(resolve, due - performance.now()));
        }
      } catch (error) {
        if (!isOver) problem.value = messageOf(error);
      } finally {
        await engine.endLive();
      }
    };
    void look();
    return () => {
      isOver = true;
    };
  }, [video.value]);
  return (
    <div class="live">
      <CameraView onVideo={(element) => (video.value = element)} onHidden={close} />
      <div>
        {problem.value !== '' && <p role="alert">{problem.value}</p>}
        <Bars ranked={ranked.value} />
      </div>
    </div>
  );
}
