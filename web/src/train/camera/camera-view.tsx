/**
 * The camera's picture while it is open. It closes with the view and whenever the tab is hidden, so that no camera is on unseen;
 * what keeps it from opening is said with what helps.
 */
import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { CameraError, closeCamera, isMirrored, openCamera, type CameraProblem } from './open.ts';

const HELP: Readonly<Record<CameraProblem, readonly [what: string, help: string]>> = {
  denied: [
    'The camera is not allowed for this page.',
    'Allow it by the symbol beside the address, or in the settings of the system for cameras, and try again.',
  ],
  absent: ['No camera was found.', 'Connect one, or choose photos from files instead.'],
  busy: [
    'The camera cannot be opened.',
    'Another program or tab may be using it: close that, and try again.',
  ],
  unsupported: [
    'This browser gives pages no camera here.',
    'Open this page by https:// or from localhost, in a current browser.',
  ],
};

interface CameraViewProps {
  /** Called once there are pictures, and with undefined once there are none any more. */
  readonly onVideo: (video: HTMLVideoElement | undefined) => void;
  /** The tab was hidden. */
  readonly onHidden: () => void;
  /** What is used with the picture. */
  readonly children?: ComponentChildren;
}

type State = 'opening' | 'open' | CameraProblem;

export function CameraView({ onVideo, onHidden, children }: CameraViewProps) {
  const video = useRef<HTMLVideoElement>(null);
  const state = useSignal<State>('opening');
  const attempt = useSignal(0);
  const mirrored = useSignal(true);
  useEffect(() => {
    let stream: MediaStream | undefined;
    let isGone = false;
    const open = async () => {
      state.value = 'opening';
      try {
        stream = await openCamera();
        const element = video.current;
        if (isGone || !element) return closeCamera(stream);
        mirrored.value = isMirrored(stream);
        element.srcObject = stream;
        await element.play();
        if (isGone) return;
        state.value = 'open';
        onVideo(element);
        stream.getVideoTracks()[0]?.addEventListener('ended', () => {
          state.value = 'absent'; // it was pulled out
          onVideo(undefined);
        });
      } catch (error) {
        if (!isGone) state.value = error instanceof CameraError ? error.problem : 'busy';
      }
    };
    const hidden = () => document.visibilityState === 'hidden' && onHidden();
    document.addEventListener('visibilitychange', hidden);
    void open();
    return () => {
      isGone = true;
      document.removeEventListener('visibilitychange', hidden);
      if (stream) closeCamera(stream);
      onVideo(undefined);
    };
  }, [attempt.value]);
  const isProblem = state.value !== 'opening' && state.value !== 'open';
  return (
    <div class="camera">
      <video ref={video} class={mirrored.value ? 'mirrored' : ''} hidden={isProblem} muted playsInline />
      {state.value === 'opening' && <p role="status">Opening the camera: the browser may ask for it.</p>}
      {isProblem && <Problem problem={state.value as CameraProblem} again={() => attempt.value++} />}
      {state.value === 'open' && children}
    </div>
  );
}

function Problem({ problem, again }: { readonly problem: CameraProblem; readonly again: () => void }) {
  const [what, help] = HELP[problem];
  return (
    <div role="alert">
      <p>
        <strong>{what}</strong> {help}
      </p>
      <button type="button" onClick={again}>
        Try again
      </button>
    </div>
  );
}
