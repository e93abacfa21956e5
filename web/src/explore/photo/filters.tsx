/** The filters of the first convolution: what a network looks for in colours. They are weights, and need no photo and no device. */
import { signal } from '@preact/signals';
import { useCallback } from 'preact/hooks';
import type { DecodedImage } from '../../../../src/data/image.ts';
import type { Filters } from './protocol.ts';
import { channel, chooseLayer, doing, looked, networkA, networkB, worker } from './state.ts';
import { Tiles } from './tiles.tsx';

const found = signal<(Filters & { readonly of: string }) | undefined>(undefined);

const wanted = (): string => `${networkA.value} ${networkB.value ?? ''}`;

export function FilterSection() {
  const shown = found.value;
  return (
    <section aria-labelledby="filters">
      <h2 id="filters">The first filters</h2>
      {shown?.of === wanted() ? (
        <>
          <p>
            {shown.layer}: {shown.a.length} filters of {shown.a[0]?.height} × {shown.a[0]?.width} weights for
            each of red, green and blue. Grey is no weight; a colour is what the filter answers to, and its
            opposite what speaks against it.
          </p>
          <Pictures of={shown.a} title={shown.b ? 'A' : ''} layer={shown.layer} />
          {shown.b && <Pictures of={shown.b} title="B" layer={shown.layer} />}
        </>
      ) : (
        <button type="button" onClick={() => void find()}>
          Show the filters
        </button>
      )}
    </section>
  );
}

async function find(): Promise<void> {
  const of = wanted();
  const [a, b] = [networkA.value, networkB.value];
  const filters = await doing('Reading the filters', () => worker.filters(a, b));
  if (filters) found.value = { ...filters, of };
}

function Pictures({
  of,
  title,
  layer,
}: {
  readonly of: readonly DecodedImage[];
  readonly title: string;
  readonly layer: string;
}) {
  const { height = 1, width = 1 } = of[0] ?? {};
  const paint = useCallback(
    (image: ImageData, number: number, top: number, left: number) => {
      const { data } = of[number] ?? { data: new Uint8Array() };
      for (let at = 0; at < height * width; at++) {
        const to = 4 * ((top + Math.floor(at / width)) * image.width + left + (at % width));
        image.data.set(data.subarray(3 * at, 3 * at + 3), to);
        image.data[to + 3] = 255;
      }
    },
    [of],
  );
  const index = looked.value?.a.layers.findIndex(({ name }) => name === layer) ?? -1;
  return (
    <div class="filters">
      {title !== '' && <h3>{title}</h3>}
      <Tiles
        {...{ height, width, paint, count: of.length }}
        label={`The ${of.length} filters of ${layer}${title === '' ? '' : ` of ${title}`}`}
        chosen={Math.min(channel.value, of.length - 1)}
        onChoose={(number) => {
          if (index >= 0) chooseLayer(index);
          channel.value = number;
        }}
        titleOf={(number) => `filter ${number}`}
      />
    </div>
  );
}
