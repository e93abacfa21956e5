/** The way from the photo to the answer, and all channels of the layer that one stops at. */
import { signal } from '@preact/signals';
import { useCallback, useMemo } from 'preact/hooks';
import { Select } from '../shared/select.tsx';
import { digits, percent } from './numbers.ts';
import { extremes, paintInto, type Grid } from './paint.ts';
import type { LayerValues, ShownLayer } from './protocol.ts';
import { Tiles } from './tiles.tsx';
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
      <p class="hint">
        Each layer makes numbers of those before it: in every channel one for each place, large where the
        photo has there what the channel stands for.
        {shown.b && ' Below a layer’s name: how far B’s numbers are from A’s, by their size.'}
      </p>
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
  const [height, width, channels] = sizeOf({ shape });
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
export function Way({
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

function Channels({
  values: found,
  layer: one,
}: {
  readonly values: LayerValues;
  readonly layer: ShownLayer;
}) {
  const { a, b } = gridsOf(found, one);
  const { height, width, channels } = a;
  const shownView = b ? view.value : 'a';
  const sorting = found.changes || order.value !== 'changed' ? order.value : 'number';
  const by = scale.value;
  const painted = useMemo(() => {
    const grid = shownView === 'change' && b ? difference(a, b) : shownView === 'b' && b ? b : a;
    // A and B at one scale, what is between them at its own.
    const own = extremes(shownView === 'change' ? [grid] : b ? [a, b] : [a]);
    return { ...own, grid, isSigned: own.isSigned || shownView === 'change' };
  }, [found, shownView]);
  const list = useMemo(() => {
    const numbers = Array.from({ length: channels }, (_, i) => i);
    const sizes =
      sorting === 'strongest' ? painted.ofChannels : sorting === 'changed' ? found.changes : undefined;
    return sizes ? numbers.sort((i, j) => (sizes[j] ?? 0) - (sizes[i] ?? 0)) : numbers;
  }, [found, sorting, painted]);
  const paint = useCallback(
    (image: ImageData, at: number, top: number, left: number) => {
      const { grid, isSigned, ofChannels, largest } = painted;
      const number = list[at] ?? 0;
      const valueAt = (place: number) => grid.values[place * channels + number] ?? 0;
      const shares = { largest: by === 'layer' ? largest : (ofChannels[number] ?? 0), isSigned };
      paintInto(image, top, left, { height, width, at: valueAt }, shares);
    },
    [painted, list, by],
  );
  return (
    <div>
      <Tiles
        {...{ height, width, paint, count: channels }}
        label={`All ${channels} channels of ${one.name}`}
        chosen={list.indexOf(channel.value)}
        onChoose={(at) => (channel.value = list[at] ?? 0)}
        titleOf={(at) => `channel ${list[at] ?? ''}${classAt(list[at] ?? -1)}`}
      />
      <p class="hint">
        {shownView === 'change' && painted.largest === 0 && 'All outputs are equal to the last bit. '}
        {painted.isSigned
          ? 'Blue is negative, dark is 0, orange is positive'
          : 'Dark is 0, light is the largest output'}
        {by === 'layer' ? `, ${digits(painted.largest)} at most in this layer.` : ', of each channel.'} A
        click chooses a channel.
      </p>
    </div>
  );
}

/** The class whose logit the channel of the last layer is. */
function classAt(number: number): string {
  const network = looked.value?.a;
  if (!network || layerIndex.value !== network.layers.length - 1 || network.logits.length < 2) return '';
  return `: ${network.classes[number] ?? ''}`;
}

/** b − a, output by output. */
export const difference = (a: Grid, b: Grid): Grid => ({
  ...a,
  values: Float32Array.from({ length: a.values.length }, (_, i) => (b.values[i] ?? 0) - (a.values[i] ?? 0)),
});
