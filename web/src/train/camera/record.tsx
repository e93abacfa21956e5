/** A camera for photos of one class: held down, by mouse, finger or the space bar, it takes one photo after the other. */
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { plural } from '../../../../src/format.ts';
import { CameraView } from './camera-view.tsx';

interface CameraProps {
  /** What the photos are of, for whoever cannot see beside which card the button stands. */
  readonly of: string;
  readonly disabled?: boolean;
  /** Takes a photo as the camera sees it, not as the mirror shows it; the next waits until it is kept. */
  readonly onFrame: (file: File) => Promise<void>;
}

/** Milliseconds from one photo to the next: hands and faces move about as fast. */
const INTERVAL = 200;
/** The longest side of a photo: networks look at far less. */
const LONGEST = 1024;
const QUALITY = 0.92;

export function Camera({ of, disabled = false, onFrame }: CameraProps) {
  const isOpen = useSignal(false);
  return (
    <>
      <button
        type="button"
        class="small"
        aria-expanded={isOpen.value}
        disabled={disabled}
        onClick={() => (isOpen.value = !isOpen.value)}
      >
        Camera
        <span class="unseen"> for {of}</span>
      </button>
      {isOpen.value && !disabled && (
        <Recorder of={of} onFrame={onFrame} close={() => (isOpen.value = false)} />
      )}
    </>
  );
}

function Recorder({ of, onFrame, close }: Omit<CameraProps, 'disabled'> & { readonly close: () => void }) {
  const video = useRef<HTMLVideoElement | undefined>(undefined);
  const isHeld = useSignal(false);
  const isAtWork = useRef(false);
  const taken = useSignal(0);
  useEffect(() => () => void (isHeld.value = false), []);

  const record = async () => {
    isHeld.value = true;
    if (isAtWork.current) return; // let go of and held again before the last photo was kept
    isAtWork.current = true;
    do {
      const due = performance.now() + INTERVAL;
      const photo = video.current && (await photoOf(video.current));
      if (!photo) break;
      await onFrame(photo);
      taken.value++;
      await new Promise((resolve) => setTimeout(resolve, due - performance.now()));
    } while (isHeld.value);
    isHeld.value = isAtWork.current = false;
  };
  const release = () => (isHeld.value = false);
  return (
    <CameraView onVideo={(element) => (video.current = element)} onHidden={close}>
      <p class="actions">
        <button
          type="button"
          class={isHeld.value ? 'main recording' : 'main'}
          aria-label={`Hold to record photos of ${of}`}
          onPointerDown={(event) => {
            event.currentTarget.setPointerCapture(event.pointerId);
            void record();
          }}
          onPointerUp={release}
          onPointerCancel={release}
          onContextMenu={(event) => event.preventDefault()} // a long touch
          onKeyDown={(event) => {
            if (event.key !== ' ' && event.key !== 'Enter') return;
            event.preventDefault();
            if (!event.repeat) void record();
          }}
          onKeyUp={release}
          onBlur={release}
        >
          Hold to record
        </button>
        <span role="status">
          {isHeld.value && <span class="dot" />} {taken.value > 0 ? plural(taken.value, 'photo') : ''}
        </span>
      </p>
    </CameraView>
  );
}

/** The picture of the moment as a JPEG; undefined where there is none. */
async function photoOf(video: HTMLVideoElement): Promise<File | undefined> {
  const { videoWidth, videoHeight } = video;
  if (videoWidth === 0) return undefined;
  const scale = Math.min(1, LONGEST / Math.max(videoWidth, videoHeight));
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [videoWidth, videoHeight].map((side) => Math.round(side * scale)) as [
    number,
    number,
  ];
  canvas.getContext('2d')?.drawImage(video, 0, 0, canvas.width, canvas.height);
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/jpeg', QUALITY));
  if (!blob) return undefined;
  const now = new Date().toISOString().replace(/[-:]/g, '').replace(/[T.]/g, '-').slice(0, -1);
  return new File([blob], `camera-${now}.jpg`, { type: 'image/jpeg' });
}
