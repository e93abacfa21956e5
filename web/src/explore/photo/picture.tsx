/**
 * A picture that one can point into: pixels in a canvas, drawn only when they change, and above it a frame that follows the pointer
 * without anything being drawn anew. Arrow keys do what the pointer does.
 */
import { computed, type ReadonlySignal } from '@preact/signals';
import { useEffect, useMemo, useRef } from 'preact/hooks';

/** A frame around some pixels: the first row and column, and how many. */
export interface Frame {
  readonly top: number;
  readonly left: number;
  readonly height: number;
  readonly width: number;
}

interface PictureProps {
  readonly label: string;
  readonly image: ImageData;
  readonly frame?: ReadonlySignal<Frame | undefined> | undefined;
  /** Hears of the pixel that is pointed at, as shares of the height and width, and whether it was clicked. */
  readonly onPoint?: (y: number, x: number, isClick: boolean) => void;
  /** Hears of the arrow keys. */
  readonly onStep?: (rows: number, columns: number) => void;
  readonly isSmooth?: boolean;
}

export function Picture({ label, image, frame, onPoint, onStep, isSmooth = false }: PictureProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => canvas.current?.getContext('2d')?.putImageData(image, 0, 0), [image]);
  const { width, height } = image;
  return (
    <div
      class={isSmooth ? 'picture smooth' : 'picture'}
      {...(onStep
        ? { tabIndex: 0, role: 'application', 'aria-label': label }
        : { role: 'img', 'aria-label': label })}
      onPointerMove={(event) => point(event, false, onPoint)}
      onPointerDown={(event) => point(event, true, onPoint)}
      onKeyDown={(event) => {
        const step = onStep && STEPS[event.key];
        if (!step) return;
        event.preventDefault();
        onStep(...step);
      }}
    >
      <canvas ref={canvas} {...{ width, height }} aria-hidden="true" />
      {frame && <Mark {...{ width, height, frame }} />}
    </div>
  );
}

const STEPS: Readonly<Record<string, readonly [number, number] | undefined>> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
};

function point(event: PointerEvent, isClick: boolean, onPoint: PictureProps['onPoint']): void {
  if (!onPoint) return;
  const { left, top, width, height } = (event.currentTarget as HTMLElement).getBoundingClientRect();
  const inside = (share: number) => Math.min(Math.max(share, 0), 1 - 1e-9);
  onPoint(inside((event.clientY - top) / height), inside((event.clientX - left) / width), isClick);
}

/** Its numbers are signals, which change attributes and nothing else. */
function Mark({
  width,
  height,
  frame,
}: {
  readonly width: number;
  readonly height: number;
  readonly frame: ReadonlySignal<Frame | undefined>;
}) {
  const numbers = useMemo(
    () => ({
      x: computed(() => frame.value?.left ?? 0),
      y: computed(() => frame.value?.top ?? 0),
      width: computed(() => frame.value?.width ?? 0),
      height: computed(() => frame.value?.height ?? 0),
    }),
    [frame],
  );
  return (
    <svg viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" aria-hidden="true">
      <rect class="under" {...numbers} />
      <rect class="over" {...numbers} />
    </svg>
  );
}
