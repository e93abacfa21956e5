/**
 * Many small pictures of one size in a canvas, as wide as there is room for. One is chosen by a click or by arrow keys; choosing draws a
 * frame and none of the pictures.
 */
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';

interface TilesProps {
  readonly label: string;
  readonly count: number;
  /** Of a picture, in its own pixels. */
  readonly height: number;
  readonly width: number;
  /** Paints the picture of that number into an image, its first pixel at `top` and `left`. The tiles are drawn anew with another function. */
  readonly paint: (image: ImageData, number: number, top: number, left: number) => void;
  readonly chosen: number;
  readonly onChoose: (number: number) => void;
  readonly titleOf: (number: number) => string;
}

/** A picture's least side on the screen, and what lies between two, in pixels. */
const [LEAST, GAP] = [44, 4];

export function Tiles({ label, count, height, width, paint, chosen, onChoose, titleOf }: TilesProps) {
  const box = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const room = useSignal(1000);
  useEffect(() => {
    const parent = box.current?.parentElement;
    if (!parent) return;
    const observer = new ResizeObserver(() => (room.value = parent.clientWidth));
    observer.observe(parent);
    return () => observer.disconnect();
  }, []);
  // Small pictures are drawn larger, and all of their pixels alike.
  const times = Math.max(1, Math.ceil(LEAST / Math.max(height, width)));
  const tile = { height: height * times, width: width * times };
  const columns = Math.min(count, Math.max(1, Math.floor((room.value + GAP) / (tile.width + GAP))));
  const rows = Math.ceil(count / columns);
  const size = { width: columns * (tile.width + GAP) - GAP, height: rows * (tile.height + GAP) - GAP };
  useEffect(() => {
    const context = canvas.current?.getContext('2d');
    const whole = new OffscreenCanvas(width * columns, height * rows);
    const image = new ImageData(whole.width, whole.height);
    const placeOf = (at: number) => [Math.floor(at / columns), at % columns] as const;
    for (let at = 0; at < count; at++) {
      const [row, column] = placeOf(at);
      paint(image, at, row * height, column * width);
    }
    whole.getContext('2d')?.putImageData(image, 0, 0);
    if (!context) return;
    context.clearRect(0, 0, size.width, size.height);
    context.imageSmoothingEnabled = false;
    for (let at = 0; at < count; at++) {
      const [row, column] = placeOf(at);
      const [left, top] = [column * (tile.width + GAP), row * (tile.height + GAP)];
      context.drawImage(
        whole,
        ...([column * width, row * height, width, height] as const),
        ...([left, top, tile.width, tile.height] as const),
      );
    }
  }, [paint, count, columns, height, width]);
  const numberAt = (event: PointerEvent): number | undefined => {
    const shown = (event.currentTarget as HTMLElement).getBoundingClientRect();
    const scale = size.width / shown.width;
    const row = Math.floor(((event.clientY - shown.top) * scale) / (tile.height + GAP));
    const column = Math.floor(((event.clientX - shown.left) * scale) / (tile.width + GAP));
    const number = row * columns + column;
    return column >= 0 && column < columns && number >= 0 && number < count ? number : undefined;
  };
  return (
    <div
      ref={box}
      class="tiles"
      tabIndex={0}
      role="application"
      aria-label={`${label}; arrow keys choose one`}
      style={{ width: `${size.width}px` }}
      onPointerMove={(event) => {
        const number = numberAt(event);
        event.currentTarget.title = number === undefined ? '' : titleOf(number);
      }}
      onPointerDown={(event) => {
        const number = numberAt(event);
        if (number !== undefined) onChoose(number);
      }}
      onKeyDown={(event) => {
        const by = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns }[event.key];
        if (by === undefined) return;
        event.preventDefault();
        onChoose(Math.min(Math.max(chosen + by, 0), count - 1));
      }}
    >
      <canvas ref={canvas} {...size} aria-hidden="true" />
      <svg viewBox={`0 0 ${size.width} ${size.height}`} preserveAspectRatio="none" aria-hidden="true">
        {['under', 'over'].map((name) => (
          <rect
            key={name}
            class={name}
            x={(chosen % columns) * (tile.width + GAP)}
            y={Math.floor(chosen / columns) * (tile.height + GAP)}
            {...tile}
          />
        ))}
      </svg>
    </div>
  );
}
