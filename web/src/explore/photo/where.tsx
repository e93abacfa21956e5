/** What of the photo speaks for a class: Grad-CAM, and what a grey patch over each place does to the logit. */
import { computed, signal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import { topK } from '../../../../src/train/loop/metrics.ts';
import type { ClassMap } from '../../../../src/train/explain/grad-cam.ts';
import type { Occlusion } from '../../../../src/run/see/occlusion.ts';
import { messageOf } from '../../../../src/format.ts';
import { Select } from '../shared/select.tsx';
import { digits } from './numbers.ts';
import { channelPixels, mapPixels, photoPixels } from './paint.ts';
import { Picture, type Frame } from './picture.tsx';
import type { Looked, SeenNetwork, Slot } from './protocol.ts';
import { doing, failure, looked, progress, worker } from './state.ts';

/** Classes to choose from, the likeliest first. */
const CLASSES = 50;

/** The patch's side as a part of the image's; it moves by half of itself. */
const part = signal<2 | 4 | 8>(4);
/** The network that is being covered. */
const running = signal<Slot | undefined>(undefined);

export function Where() {
  const shown = looked.value;
  if (!shown) return null;
  return (
    <section aria-labelledby="where">
      <h2 id="where">What speaks for the answer</h2>
      <div class="fields">
        <Select
          label="Side of the grey patch"
          value={part.value}
          of={[8, 4, 2].map((one) => [one as 2 | 4 | 8, `${Math.floor(shown.image.width / one)} pixels`])}
          onChoose={(value) => (part.value = value)}
        />
      </div>
      <div class="pair">
        <Of key={`a ${shown.a.title}`} slot="a" shown={shown} network={shown.a} />
        {shown.b && <Of key={`b ${shown.b.title}`} slot="b" shown={shown} network={shown.b} />}
      </div>
      <p class="hint">
        Grad-CAM: each channel of the last convolutions counts by how much the logit grows with it. The grey
        patch: the photo goes through the network again and again, each time with another place covered;
        orange places spoke for the class, since covering them makes its logit fall.
      </p>
    </section>
  );
}

/** The class that A finds likeliest, where the network knows it by that name; else its own likeliest. */
function firstOf({ a }: Looked, { classes, shares }: SeenNetwork): number {
  const named = classes.indexOf(a.classes[topK(a.shares, 1)[0] ?? -1] ?? '');
  return named < 0 ? (topK(shares, 1)[0] ?? 0) : named;
}

interface OfProps {
  readonly slot: Slot;
  readonly shown: Looked;
  readonly network: SeenNetwork;
}

function Of({ slot, shown, network }: OfProps) {
  const state = useMemo(
    () => ({
      index: signal<number | undefined>(undefined),
      map: signal<{ readonly of: Looked; readonly index: number; readonly map: ClassMap } | undefined>(
        undefined,
      ),
      covered: signal<{ readonly of: Looked; readonly index: number; readonly found: Occlusion } | undefined>(
        undefined,
      ),
    }),
    [],
  );
  const likeliest = topK(network.shares, CLASSES);
  const index = state.index.value ?? firstOf(shown, network);
  const name = network.classes[index] ?? String(index);
  useEffect(() => {
    worker.classMap(slot, index).then(
      (map) => (state.map.value = { of: shown, index, map }),
      (error: unknown) => (failure.value = messageOf(error)),
    );
  }, [shown, index]);
  const map =
    state.map.value?.of === shown && state.map.value.index === index ? state.map.value.map : undefined;
  const covered =
    state.covered.value?.of === shown && state.covered.value.index === index
      ? state.covered.value.found
      : undefined;
  const cover = async () => {
    const side = Math.floor(shown.image.width / part.value);
    running.value = slot;
    progress.value = undefined;
    const found = await doing('Covering one place after another', () =>
      worker.occlude(slot, index, { side, stride: Math.max(1, Math.floor(side / 2)) }),
    );
    running.value = undefined;
    if (found) state.covered.value = { of: shown, index, found };
  };
  const pixels = useMemo(() => map && mapPixels(shown.image, map), [map]);
  return (
    <div class="where" data-slot={slot}>
      <div class="fields">
        <Select
          label={`Class${shown.b ? ` of ${slot.toUpperCase()}` : ''}`}
          value={index}
          of={[...new Set([...likeliest, index])].map((one) => [one, network.classes[one] ?? String(one)])}
          onChoose={(one) => (state.index.value = one)}
        />
        {running.value === slot ? (
          <>
            <progress
              aria-label="Places covered"
              max={progress.value?.total ?? 1}
              value={progress.value?.done ?? 0}
            />
            <button type="button" onClick={() => void worker.stop()}>
              Stop
            </button>
          </>
        ) : (
          <button type="button" disabled={running.value !== undefined} onClick={() => void cover()}>
            Cover one place after another
          </button>
        )}
      </div>
      <div class="large">
        {pixels && (
          <figure>
            <Picture label={`Grad-CAM of ${name}`} image={pixels} isSmooth />
            <figcaption>Grad-CAM: light where it speaks for {name}</figcaption>
          </figure>
        )}
        {covered && <Covered shown={shown} found={covered} name={name} />}
      </div>
    </div>
  );
}

function Covered({
  shown,
  found,
  name,
}: {
  readonly shown: Looked;
  readonly found: Occlusion;
  readonly name: string;
}) {
  const { rows, columns, patch, logit, changes } = found;
  const at = useMemo(() => {
    const lowest = changes.indexOf(Math.min(...changes));
    return signal({ y: Math.floor(lowest / columns), x: lowest % columns });
  }, [found]);
  const frames = useMemo(() => {
    const begin = (number: number, length: number) =>
      Math.max(0, Math.min(number * patch.stride, length - patch.side));
    return {
      patch: computed<Frame>(() => ({
        ...{ top: begin(at.value.y, shown.image.height), left: begin(at.value.x, shown.image.width) },
        ...{ height: patch.side, width: patch.side },
      })),
      place: computed<Frame>(() => ({ top: at.value.y, left: at.value.x, height: 1, width: 1 })),
      text: computed(() => {
        const change = changes[at.value.y * columns + at.value.x] ?? 0;
        const falls = change < 0 ? 'falls' : 'rises';
        return `Covered there, the logit of ${name} ${falls} by ${digits(Math.abs(change))}, from ${digits(logit)} to ${digits(logit + change)}.`;
      }),
    };
  }, [found, name]);
  // What falls is drawn in the colour of what adds: the place had spoken for the class.
  const spoke = useMemo(() => changes.map((change) => -change), [found]);
  const largest = spoke.reduce((most, one) => Math.max(most, Math.abs(one)), 0);
  const image = useMemo(
    () =>
      channelPixels({ height: rows, width: columns, channels: 1, values: spoke }, 0, {
        largest,
        isSigned: true,
      }),
    [found],
  );
  const photo = useMemo(() => photoPixels(shown.image), [shown]);
  const move = (y: number, x: number) =>
    (at.value = { y: Math.min(Math.max(y, 0), rows - 1), x: Math.min(Math.max(x, 0), columns - 1) });
  const point = (y: number, x: number) => move(Math.floor(y * rows), Math.floor(x * columns));
  const step = (y: number, x: number) => move(at.value.y + y, at.value.x + x);
  return (
    <>
      <figure>
        <Picture
          label="The photo, and where the patch is"
          image={photo}
          frame={frames.patch}
          onPoint={point}
          onStep={step}
        />
        <figcaption>
          A patch of {patch.side} × {patch.side} pixels
        </figcaption>
      </figure>
      <figure>
        <Picture
          label={`What a patch at each of ${rows} × ${columns} places does to the logit of ${name}`}
          image={image}
          frame={frames.place}
          onPoint={point}
          onStep={step}
        />
        <figcaption class="told">{frames.text}</figcaption>
      </figure>
    </>
  );
}
