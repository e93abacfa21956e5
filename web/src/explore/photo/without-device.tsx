/** What can be shown of a photo where nothing can be computed: the layers that it would go through, and what their outputs could see. */
import { useMemo } from 'preact/hooks';
import { field, fieldText, RowAndColumn } from './channel.tsx';
import { inWords, Way } from './layers.tsx';
import { photoPixels } from './paint.ts';
import { Picture } from './picture.tsx';
import type { Prepared } from './protocol.ts';
import { layer, looked, movePlace, place, prepared, size } from './state.ts';

export function WithoutDevice() {
  const found = prepared.value;
  return found && !looked.value ? <Layers found={found} /> : null;
}

function Layers({ found: { image, layers } }: { readonly found: Prepared }) {
  const photo = useMemo(() => photoPixels(image), [image]);
  const one = layer.value;
  if (!one) return null;
  const point = (y: number, x: number) => {
    const [height, width] = size.value;
    movePlace(Math.floor(y * height), Math.floor(x * width));
  };
  return (
    <section aria-labelledby="planned">
      <h2 id="planned">What it would see</h2>
      <Way layers={layers} changes={undefined} />
      <p aria-live="polite">
        <strong>{one.name}</strong>: {inWords(one)}
      </p>
      <div class="fields">
        <RowAndColumn />
      </div>
      <div class="large">
        <figure>
          <Picture
            label="The photo as the network would see it, with what an output could see of it"
            image={photo}
            frame={field}
            onPoint={point}
            onStep={(rows, columns) => movePlace(place.value.y + rows, place.value.x + columns)}
          />
          <figcaption>The photo as the network would see it, {image.width} pixels a side</figcaption>
        </figure>
      </div>
      <p>{fieldText}</p>
    </section>
  );
}
