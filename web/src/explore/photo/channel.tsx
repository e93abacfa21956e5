/** One channel, large: an output in it, what of the photo that output can see, and the same of another network. */
import { computed } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import { gridsOf } from './layers.tsx';
import { allDigits, digits } from './numbers.ts';
import { channelPixels, extremes, photoPixels, type Grid, type Scale } from './paint.ts';
import { Picture, type Frame } from './picture.tsx';
import type { LayerValues, Looked, ShownLayer } from './protocol.ts';
import {
  channel,
  fields,
  layer,
  layerIndex,
  looked,
  isHeld,
  movePlace,
  place,
  pointAt,
  scale,
  size,
  values,
} from './state.ts';

/** The output that is pointed at, in its layer. */
const output = computed<Frame>(() => ({ top: place.value.y, left: place.value.x, height: 1, width: 1 }));
/** What it can see of the photo. */
export const field = computed<Frame | undefined>(() => {
  const { rows, columns } = fields.value ?? {};
  const [vertical, horizontal] = [rows?.[place.value.y], columns?.[place.value.x]];
  if (!vertical || !horizontal) return undefined;
  return {
    ...{ top: vertical[0], left: horizontal[0] },
    ...{ height: vertical[1] - vertical[0] + 1, width: horizontal[1] - horizontal[0] + 1 },
  };
});
export const fieldText = computed(() => {
  const { height = 0, width = 0, top = 0, left = 0 } = field.value ?? {};
  const { reach } = fields.value ?? {};
  const isCut = reach !== undefined && (reach.height > height || reach.width > width);
  const pixels = isCut
    ? `${reach.width} × ${reach.height} pixels, of which ${width} × ${height} lie in the photo`
    : `${width} × ${height} pixels of the photo`;
  return `It can see ${pixels}: columns ${left} to ${left + width - 1}, rows ${top} to ${top + height - 1}.`;
});

const holdText = computed(() =>
  isHeld.value
    ? 'Held: click the same output again to follow the pointer.'
    : 'The output follows the pointer and the arrow keys; a click holds it.',
);

export function Channel() {
  const [shown, one, found] = [looked.value, layer.value, values.value];
  if (!shown || !one || !found || found.of !== shown || found.index !== layerIndex.value) return null;
  return <Large {...{ shown, one, found }} />;
}

function Large({
  shown,
  one,
  found,
}: {
  readonly shown: Looked;
  readonly one: ShownLayer;
  readonly found: LayerValues;
}) {
  const { a, b } = gridsOf(found, one);
  const [height, width, channels] = size.value;
  const number = Math.min(channel.value, channels - 1);
  const photo = useMemo(() => photoPixels(shown.image), [shown]);
  const { ofChannels, largest, isSigned } = useMemo(() => extremes(b ? [a, b] : [a]), [found]);
  const of: Scale = { largest: scale.value === 'layer' ? largest : (ofChannels[number] ?? 0), isSigned };
  const change = useMemo(() => b && differenceOf(a, b, number), [found, number]);
  const own = change && { largest: extremes([change]).largest, isSigned: true };
  const pictures = useMemo(
    () => ({
      a: channelPixels(a, number, of),
      b: b && channelPixels(b, number, of),
      change: change && own && channelPixels(change, 0, own),
    }),
    [found, number, scale.value],
  );
  const point = (y: number, x: number, isClick: boolean) =>
    pointAt(Math.floor(y * height), Math.floor(x * width), isClick);
  const step = (rows: number, columns: number) => movePlace(place.value.y + rows, place.value.x + columns);
  const pointing = { frame: output, onPoint: point, onStep: step };
  return (
    <section aria-labelledby="channel">
      <h2 id="channel">One channel, one output</h2>
      <div class="fields">
        <Numbered label="Channel" value={channel} most={channels - 1} />
        <RowAndColumn />
      </div>
      <div class="large">
        <figure>
          <Picture
            label="The photo, with what the output can see of it"
            image={photo}
            frame={field}
            onPoint={point}
            onStep={step}
          />
          <figcaption>The photo as the network sees it, {shown.image.width} pixels a side</figcaption>
        </figure>
        <figure>
          <Picture
            label={`Channel ${number} of ${one.name}${b ? ' in A' : ''}`}
            image={pictures.a}
            {...pointing}
          />
          <figcaption>
            {b ? 'A: ' : ''}
            {rangeText(of)}. Here <At grid={a} number={number} />
          </figcaption>
        </figure>
        {b && pictures.b && (
          <figure>
            <Picture label={`Channel ${number} of ${one.name} in B`} image={pictures.b} {...pointing} />
            <figcaption>
              B, the same scale. Here <At grid={b} number={number} />
            </figcaption>
          </figure>
        )}
        {change && own && pictures.change && (
          <figure>
            <Picture
              label={`B − A in channel ${number} of ${one.name}`}
              image={pictures.change}
              {...pointing}
            />
            <figcaption>
              {own.largest === 0 ? (
                'B − A: equal to the last bit'
              ) : (
                <>
                  B − A: {rangeText(own)}. Here <At grid={change} number={0} />
                </>
              )}
            </figcaption>
          </figure>
        )}
      </div>
      <p>{fieldText}</p>
      <p class="hint">{holdText}</p>
      {shown.b && !found.b && <p class="hint">B has no layer of this name and shape.</p>}
    </section>
  );
}

const differenceOf = (a: Grid, b: Grid, number: number): Grid => ({
  ...{ height: a.height, width: a.width, channels: 1 },
  values: Float32Array.from({ length: a.height * a.width }, (_, i) => {
    const at = i * a.channels + number;
    return (b.values[at] ?? 0) - (a.values[at] ?? 0);
  }),
});

const rangeText = ({ largest, isSigned }: Scale): string =>
  isSigned ? `−${digits(largest)} to ${digits(largest)}` : `0 to ${digits(largest)}`;

/** The output that is pointed at: a text that alone changes while one points. */
function At({ grid, number }: { readonly grid: Grid; readonly number: number }) {
  const text = useMemo(
    () =>
      computed(() => {
        const { y, x } = place.value;
        return allDigits(grid.values[(y * grid.width + x) * grid.channels + number] ?? NaN);
      }),
    [grid.values, number],
  );
  return <strong class="number">{text}</strong>;
}

interface Settable {
  value: number;
}
/** The fields for the output's row and column. */
export const RowAndColumn = () => (
  <>
    <Numbered label="Row" value={rowOf} most={size.value[0] - 1} />
    <Numbered label="Column" value={columnOf} most={size.value[1] - 1} />
  </>
);

const rowOf: Settable = {
  get value() {
    return place.value.y;
  },
  set value(y) {
    movePlace(y, place.value.x);
  },
};
const columnOf: Settable = {
  get value() {
    return place.value.x;
  },
  set value(x) {
    movePlace(place.value.y, x);
  },
};

function Numbered({
  label,
  value,
  most,
}: {
  readonly label: string;
  readonly value: Settable;
  readonly most: number;
}) {
  return (
    <label>
      {label}, 0 to {most}
      <input
        type="number"
        min={0}
        max={most}
        value={value.value}
        onInput={({ currentTarget }) => {
          const number = currentTarget.valueAsNumber;
          if (Number.isInteger(number) && number >= 0 && number <= most) value.value = number;
        }}
      />
    </label>
  );
}
