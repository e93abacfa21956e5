/**
 * The trained model on the live camera. A picture is taken only when the answer to the last one has come, so that a slow machine
 * looks less often and never at the past.
 */
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { messageOf } from '../../../../src/format.ts';
import type { ModelAnswer } from '../../engine/calls/models.ts';
import { isMirrored } from '../camera/open.ts';
import { CameraView } from '../camera/camera-view.tsx';
import { engine } from '../state/engine.ts';
import { LookedChoice } from '../shared/looked-choice.tsx';
import { usePicture } from '../shared/picture.ts';
import { training } from '../state/run.ts';
import { showsLooked } from '../state/trying.ts';
import { Said } from './said.tsx';

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
  const answer = useSignal<ModelAnswer>({ ranked: [] });
  const looked = usePicture(answer.value.looked);
  const problem = useSignal('');
  useEffect(() => {
    const element = video.value;
    if (!element) return;
    let isOver = false;
    const look = async () => {
      try {
        while (!isOver) {
          const due = performance.now() + INTERVAL;
          const seen = await engine.see(await createImageBitmap(element), showsLooked.value);
          if (isOver) break;
          answer.value = seen;
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
        <LookedChoice shows={showsLooked} />
        {looked !== undefined && (
          <img
            class={isMirrored(video.value?.srcObject) ? 'mirrored' : ''}
            src={looked}
            alt="Where the network looked"
          />
        )}
        <Said {...answer.value} />
      </div>
    </div>
  );
}
