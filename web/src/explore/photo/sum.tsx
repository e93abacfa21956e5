/** An output of a convolution or of the head taken apart: the window, the weights, the products and their sum, and what batch norm makes of it. */
import { signal } from '@preact/signals';
import { Select } from '../shared/select.tsx';
import { css, inkOn, signedColour } from './colours.ts';
import { allDigits, digits } from './numbers.ts';
import type { Explained } from './protocol.ts';
import { explained, hasLayer, layer, looked, slot, summedIndex } from './state.ts';

/** The input's channel whose products are shown; by default the one that adds or takes most. */
const chosen = signal<number | undefined>(undefined);

export function Sum() {
  const [shown, found] = [looked.value, explained.value];
  const summed = summedIndex.value === undefined ? undefined : shown?.a.layers[summedIndex.value];
  if (!shown || !layer.value) return null;
  return (
    <section aria-labelledby="sum" class="sum">
      <h2 id="sum">How this output is computed</h2>
      {!summed ? (
        <p class="hint">
          {layer.value.op === 'maxPool2d'
            ? 'It is the largest number of its window in the layer before. '
            : 'It is the mean of a channel over all its places. '}
          Convolutions, the batch norms behind them and the head are sums, which can be taken apart.
        </p>
      ) : (
        <>
          {hasLayer(shown.b, summed.name) && (
            <div class="fields">
              <Select
                label="Of network"
                value={slot.value}
                of={[
                  ['a', 'A'],
                  ['b', 'B'],
                ]}
                onChoose={(value) => (slot.value = value)}
              />
            </div>
          )}
          {found?.layer === summed.name && <Terms found={found} />}
        </>
      )}
    </section>
  );
}

function Terms({ found }: { readonly found: Explained }) {
  const { terms, input, norm, y, x, channel, layer: name } = found;
  const { height, width, channels, bias, sum, value, rounding, ofChannels } = terms;
  const most = ofChannels.reduce(
    (best, one, c) => (Math.abs(one) > Math.abs(ofChannels[best] ?? 0) ? c : best),
    0,
  );
  const one = Math.min(chosen.value ?? most, channels - 1);
  const apart = Math.abs(sum - value);
  const own = ofChannels[one] ?? 0;
  const isWindow = input.shape.length === 3;
  return (
    <>
      <p>
        <strong>{name}</strong>, channel {channel}
        {isWindow
          ? `, row ${y}, column ${x}: a window of ${height} × ${width} outputs of ${input.name} in ${channels} channels, each times its own weight, all added up.`
          : `${className(found)}: all ${channels} outputs of ${input.name}, each times its own weight, and a bias of ${digits(bias ?? 0)}, all added up.`}
      </p>
      <dl class="compared">
        <div>
          <dt>
            The sum of the {height * width * channels} products{bias !== undefined && ' and the bias'}, in
            64-bit floats
          </dt>
          <dd data-is="sum">{allDigits(sum)}</dd>
        </div>
        <div>
          <dt>What the engine’s kernel computed, in 32-bit floats</dt>
          <dd data-is="value">{allDigits(value)}</dd>
        </div>
        <div>
          <dt>They are apart by</dt>
          <dd>
            {digits(apart, 3)}
            <small>
              {apart <= rounding
                ? `rounding explains up to ${digits(rounding, 3)}`
                : `more than the ${digits(rounding, 3)} that rounding explains: this adapter computes wrongly`}
            </small>
          </dd>
        </div>
      </dl>
      <div class="grids">
        <Numbers title="Window" values={terms.window} of={found} channel={one} />
        <Numbers title="Weights" values={terms.weights} of={found} channel={one} sign="×" />
        <Numbers title="Products" values={terms.products} of={found} channel={one} sign="=" />
      </div>
      <p>
        They come to <strong class="number">{allDigits(own)}</strong> in this channel;{' '}
        {channels > 1 && `the other ${channels - 1} to ${allDigits(sum - own - (bias ?? 0))}. `}
        {isInPadding(found) && 'Striped: beyond the edge, where the input is 0.'}
      </p>
      <h3>What each channel of {input.name} adds</h3>
      <Contributions values={ofChannels} at={one} />
      <div class="fields">
        <label>
          {channelWord(input.name, one)}, 0 to {channels - 1}
          <input
            type="number"
            min={0}
            max={channels - 1}
            value={one}
            onInput={({ currentTarget }) => {
              const number = currentTarget.valueAsNumber;
              if (Number.isInteger(number) && number >= 0 && number < channels) chosen.value = number;
            }}
          />
        </label>
        <button
          type="button"
          aria-pressed={chosen.value === undefined}
          onClick={() => (chosen.value = undefined)}
        >
          The one that counts most
        </button>
      </div>
      {norm && <Norm norm={norm} sum={sum} />}
    </>
  );
}

/** Outputs of the head are classes. */
function className({ channel, input, layer: name }: Explained): string {
  const network = slot.value === 'b' && looked.value?.b ? looked.value.b : looked.value?.a;
  const isHead = input.shape.length < 3 && network?.layers.at(-1)?.name === name;
  const found = isHead && network.logits.length > 1 ? network.classes[channel] : undefined;
  return found === undefined ? '' : `, the logit of “${found}”`;
}

/** Red, green and blue have names. */
const channelWord = (input: string, channel: number): string =>
  input === 'the photo' ? `Colour (${['red', 'green', 'blue'][channel] ?? ''})` : 'Channel';

const isOutside = ({ terms, input }: Explained, r: number, s: number): boolean => {
  const [rows = 0, columns = 0] = input.shape.length < 3 ? [1, 1] : input.shape;
  const [row, column] = [terms.top + r, terms.left + s];
  return row < 0 || row >= rows || column < 0 || column >= columns;
};

const isInPadding = (found: Explained): boolean =>
  isOutside(found, 0, 0) || isOutside(found, found.terms.height - 1, found.terms.width - 1);

/** A list [height, width, channels] in one channel, as a table of numbers on their colours. */
function Numbers({
  title,
  values,
  of,
  channel,
  sign,
}: {
  readonly title: string;
  readonly values: ArrayLike<number>;
  readonly of: Explained;
  readonly channel: number;
  readonly sign?: string;
}) {
  const { height, width, channels } = of.terms;
  const at = (r: number, s: number) => values[(r * width + s) * channels + channel] ?? 0;
  const rows = Array.from({ length: height }, (_, r) => Array.from({ length: width }, (_, s) => at(r, s)));
  const largest = Math.max(...rows.flat().map(Math.abs));
  return (
    <div class="wide" tabIndex={0}>
      <table class="window">
        <caption>
          {sign} {title}
        </caption>
        <tbody>
          {rows.map((row, r) => (
            <tr key={r}>
              {row.map((value, s) => {
                const colour = signedColour(largest > 0 ? value / largest : 0);
                return (
                  <td
                    key={s}
                    class={isOutside(of, r, s) && title !== 'Weights' ? 'outside' : undefined}
                    style={{ backgroundColor: css(colour), color: inkOn(colour) }}
                  >
                    {digits(value, 3)}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** A bar for each channel of the input, upwards where it adds. */
function Contributions({ values, at }: { readonly values: Float64Array; readonly at: number }) {
  const largest = values.reduce((most, one) => Math.max(most, Math.abs(one)), 0) || 1;
  const bars = (isUp: boolean) =>
    Array.from(values, (value, c) =>
      value > 0 === isUp && value !== 0 ? `M${c + 0.1} 50h.8v${(-48 * value) / largest}h-.8z` : '',
    ).join('');
  const { length } = values;
  return (
    <svg
      class="contributions"
      viewBox={`0 0 ${length} 100`}
      preserveAspectRatio="none"
      role="img"
      aria-label={`What each of ${length} channels adds to the sum; from ${digits(Math.min(...values))} to ${digits(Math.max(...values))}`}
      onPointerDown={(event) => {
        const { left, width } = event.currentTarget.getBoundingClientRect();
        chosen.value = Math.min(
          Math.max(Math.floor((length * (event.clientX - left)) / width), 0),
          length - 1,
        );
      }}
    >
      <rect class="at" x={at} y="0" width="1" height="100" />
      <path class="adds" d={bars(true)} />
      <path class="takes" d={bars(false)} />
      <line class="axis" x1="0" x2={length} y1="50" y2="50" />
    </svg>
  );
}

/** A number behind a sign. */
const signed = (value: number): string => (value < 0 ? `(${digits(value)})` : digits(value));

function Norm({ norm, sum }: { readonly norm: NonNullable<Explained['norm']>; readonly sum: number }) {
  const { name, mean, variance, eps, scale, shift, normalised, residual, relu, result, value } = norm;
  return (
    <>
      <h3>What batch norm ({name}) makes of the sum</h3>
      <ol class="steps">
        <li>
          (sum − mean) / √(variance + ε) · scale + shift = ({digits(sum)} − {signed(mean)}) / √(
          {digits(variance)} + {digits(eps, 2)}) · {signed(scale)} + {signed(shift)} ={' '}
          <strong>{digits(normalised, 6)}</strong>
        </li>
        {residual !== undefined && (
          <li>
            plus what the shortcut brings, {digits(residual)} ={' '}
            <strong>{digits(normalised + residual, 6)}</strong>
          </li>
        )}
        {relu && (
          <li>{result > 0 ? 'ReLU leaves it: it is not negative.' : 'ReLU makes it 0: it is negative.'}</li>
        )}
        <li>
          So it is <strong class="number">{allDigits(result)}</strong>; the engine has{' '}
          <strong class="number">{allDigits(value)}</strong>.
        </li>
      </ol>
    </>
  );
}
