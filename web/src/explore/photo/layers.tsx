/** The way from the photo to the answer, and all channels of the layer that one stops at. */
import { signal } from '@preact/signals';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import { Select } from '../shared/select.tsx';
import { digits, percent } from './numbers.ts';
import { extremes, paintInto, type Grid } from './paint.ts';
import type { LayerValues, ShownLayer } from './protocol.ts';
import { channel, chooseLayer, layer, layerIndex, looked, scale, sizeOf, values } from './state.ts';

type View = 'a' | 'b' | 'change';
type Order = 'number' | 'strongest' | 'changed';

const view = signal<View>('a');
const order = signal<Order>('number');

export function Layers() {
  const shown = looked.value;
  const one = layer.value;
  if (!shown || !one) return null;
  return (
    <section aria-labelledby="layers">
      <h2 id="layers">What it sees on the way</h2>
      <Way layers={shown.a.layers} changes={shown.b && shown.changes} />
      <p aria-live="polite">
        <strong>{one.name}</strong>: {inWords(one)}
      </p>
      <div class="fields">
        {shown.b && (
          <Select
            label="Channels of"
            value={view.value}
            of={[
              ['a', 'A'],
              ['b', 'B'],
              ['change', 'B − A'],
            ]}
            onChoose={(value) => (view.value = value)}
          />
        )}
        <Select
          label="In the order of"
          value={shown.b || order.value !== 'changed' ? order.value : 'number'}
          of={[
            ['number', 'their numbers'],
            ['strongest', 'their largest output'],
            ...(shown.b ? [['changed', 'how much they changed'] as const] : []),
          ]}
          onChoose={(value) => (order.value = value)}
        />
        <Select
          label="Lightest where an output is the largest of"
          value={scale.value}
          of={[
            ['channel', 'its channel'],
            ['layer', 'the layer'],
          ]}
          onChoose={(value) => (scale.value = value)}
        />
      </div>
      {values.value && values.value.of === shown && values.value.index === layerIndex.value && (
        <Channels values={values.value} layer={one} />
      )}
    </section>
  );
}

/** What a layer does, for people. */
export function inWords({ op, shape, window, relu, hasShortcut }: ShownLayer): string {
  const [height, width, channels] = sizeOf({ shape } as ShownLayer);
  const places =
    shape.length === 3 ? `${channels} channels of ${height} × ${width} outputs` : `${channels} numbers`;
  const kind =
    op === 'conv2d' && window
      ? `convolution, ${window.height} × ${window.width}${window.stride > 1 ? `, every ${window.stride} pixels` : ''}`
      : op === 'batchNorm'
        ? `batch norm${hasShortcut ? ', plus the shortcut' : ''}${relu ? ', negative results become 0 (ReLU)' : ''}`
        : op === 'maxPool2d' && window
          ? `largest of each ${window.height} × ${window.width} window, every ${window.stride} pixels`
          : op === 'globalAvgPool'
            ? 'mean of each channel over all places'
            : op === 'linear'
              ? 'a weighted sum of all features for each class: the logits'
              : op;
  return `${kind}. ${places}.`;
}

/** All layers, block by block; where there are two networks, how far apart they are. */
function Way({
  layers,
  changes,
}: {
  readonly layers: readonly ShownLayer[];
  readonly changes: readonly (number | undefined)[] | undefined;
}) {
  const blocks: { name: string; from: number; to: number }[] = [];
  layers.forEach(({ name }, i) => {
    const block =
      /^(.*?\.\d+)\./.exec(name)?.[1] ?? (name.startsWith('layer') ? name : i < 3 ? 'stem' : 'head');
    const last = blocks.at(-1);
    if (last?.name === block) last.to = i + 1;
    else blocks.push({ name: block, from: i, to: i + 1 });
  });
  return (
    <ol class="way" aria-label="Layers, from the photo to the answer">
      {blocks.map(({ name, from, to }) => (
        <li key={name}>
          <span>{name}</span>
          <div>
            {layers.slice(from, to).map((one, i) => (
              <button
                key={one.name}
                type="button"
                aria-pressed={from + i === layerIndex.value}
                onClick={() => chooseLayer(from + i)}
              >
                {one.name.startsWith(`${name}.`) ? one.name.slice(name.length + 1) : one.name}
                {changes && <small>{changeText(changes[from + i])}</small>}
              </button>
            ))}
          </div>
        </li>
      ))}
    </ol>
  );
}

const changeText = (change: number | undefined): string =>
  change === undefined ? 'other shape' : change === 0 ? 'equal' : percent(change);

/** The grids of a layer, A's and B's. */
export function gridsOf(
  { a, b }: LayerValues,
  one: ShownLayer,
): { readonly a: Grid; readonly b: Grid | undefined } {
  const [height, width, channels] = sizeOf(one);
  return { a: { height, width, channels, values: a }, b: b && { height, width, channels, values: b } };
}

/** A cell's side on the screen, and what lies between two, in pixels. */
const [LEAST, GAP] = [44, 4];

function Channels({
  values: found,
  layer: one,
}: {
  readonly values: LayerValues;
  readonly layer: ShownLayer;
}) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const { a, b } = gridsOf(found, one);
  const { height, width, channels } = a;
  const shownView = b ? view.value : 'a';
  const sorting = found.changes || order.value !== 'changed' ? order.value : 'number';
  const painted = useMemo(() => {
    const both = extremes(b ? [a, b] : [a]);
    const grid =
      shownView === 'change' && b
        ? { ...a, values: Float32Array.from(b.values, (value, i) => value - (a.values[i] ?? 0)) }
        : shownView === 'b' && b
          ? b
          : a;
    const own = shownView === 'change' ? extremes([grid]) : both;
    return { grid, own: { ...own, isSigned: own.isSigned || shownView === 'change' } };
  }, [found, shownView]);
  const list = useMemo(() => {
    const numbers = Array.from({ length: channels }, (_, i) => i);
    const by =
      sorting === 'strongest' ? painted.own.ofChannels : sorting === 'changed' ? found.changes : undefined;
    return by ? numbers.sort((i, j) => (by[j] ?? 0) - (by[i] ?? 0)) : numbers;
  }, [found, sorting, painted]);
  // Small maps are drawn larger, and all cells a whole number of times.
  const times = Math.max(1, Math.ceil(LEAST / Math.max(height, width)));
  const cell = { height: height * times, width: width * times };
  const columns = Math.min(channels, Math.max(1, Math.floor((1100 + GAP) / (cell.width + GAP))));
  const rows = Math.ceil(channels / columns);
  const size = { width: columns * (cell.width + GAP) - GAP, height: rows * (cell.height + GAP) - GAP };
  useEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (!context) return;
    const atlas = new ImageData(width * columns, height * rows);
    const { grid, own } = painted;
    list.forEach((number, at) => {
      const largest = scale.value === 'layer' ? own.largest : (own.ofChannels[number] ?? 0);
      paintInto(
        atlas,
        height * Math.floor(at / columns),
        width * (at % columns),
        { height, width, at: (place) => grid.values[place * channels + number] ?? 0 },
        { largest, isSigned: own.isSigned },
      );
    });
    const whole = new OffscreenCanvas(atlas.width, atlas.height);
    whole.getContext('2d')?.putImageData(atlas, 0, 0);
    context.clearRect(0, 0, size.width, size.height);
    context.imageSmoothingEnabled = false;
    list.forEach((_, at) => {
      const [row, column] = [Math.floor(at / columns), at % columns];
      context.drawImage(
        whole,
        ...([column * width, row * height, width, height] as const),
        ...([column * (cell.width + GAP), row * (cell.height + GAP), cell.width, cell.height] as const),
      );
    });
  }, [painted, list, scale.value]);
  const at = list.indexOf(channel.value);
  const step = (by: number) => {
    const next = list[Math.min(Math.max(at + by, 0), channels - 1)];
    if (next !== undefined) channel.value = next;
  };
  const numberAt = (event: PointerEvent): number | undefined => {
    const box = (event.currentTarget as HTMLElement).getBoundingClientRect();
    const row = Math.floor((((event.clientY - box.top) / box.height) * size.height) / (cell.height + GAP));
    const column = Math.floor((((event.clientX - box.left) / box.width) * size.width) / (cell.width + GAP));
    return column < columns ? list[row * columns + column] : undefined;
  };
  return (
    <>
      <div
        class="channels"
        tabIndex={0}
        role="application"
        aria-label={`All ${channels} channels of ${one.name}; arrow keys choose one`}
        style={{ maxWidth: `${size.width}px` }}
        onPointerMove={(event) => {
          const number = numberAt(event);
          event.currentTarget.title = number === undefined ? '' : `channel ${number}`;
        }}
        onPointerDown={(event) => {
          const number = numberAt(event);
          if (number !== undefined) channel.value = number;
        }}
        onKeyDown={(event) => {
          const by = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns }[event.key];
          if (by === undefined) return;
          event.preventDefault();
          step(by);
        }}
      >
        <canvas ref={canvas} {...size} aria-hidden="true" />
        <svg viewBox={`0 0 ${size.width} ${size.height}`} preserveAspectRatio="none" aria-hidden="true">
          {['under', 'over'].map((name) => (
            <rect
              key={name}
              class={name}
              x={(at % columns) * (cell.width + GAP)}
              y={Math.floor(at / columns) * (cell.height + GAP)}
              {...cell}
            />
          ))}
        </svg>
      </div>
      <p class="hint">
        {painted.own.isSigned
          ? 'Blue is negative, grey is 0, orange is positive'
          : 'Dark is 0, light is the largest'}
        {scale.value === 'layer' ? `: ${digits(painted.own.largest)} in this layer.` : ' of its channel.'} A
        click chooses a channel.
      </p>
    </>
  );
}
