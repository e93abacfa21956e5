/** The sizes of the race and its rounds, with the seconds that it will take. */
import { duration } from '../../../../src/format.ts';
import { Select } from '../shared/select.tsx';
import {
  choose,
  ended,
  isBusy,
  photos,
  race,
  rungs,
  seconds,
  sides,
  stage,
  start,
  stopRacing,
  times,
} from './state.ts';

const ROUNDS = [3, 5, 9, 15] as const;

export function Choices() {
  const { sizes, rounds } = race.value;
  const isReady = stage.value.kind === 'ready';
  const photoName = ({ batch, size }: { readonly batch: number; readonly size: number }) =>
    `${batch} × ${size}²`;
  return (
    <section aria-labelledby="choices">
      <h2 id="choices">The race</h2>
      <fieldset class="plain" disabled={!isReady}>
        <div class="fields">
          <Select
            label="Matrices"
            value={sizes.side}
            of={sides.map((side) => [side, `${side} × ${side}`])}
            onChoose={(side) => choose({ sizes: { ...sizes, side } })}
          />
          <Select
            label="Photos × pixels"
            value={photoName(sizes.photos)}
            of={photos.map((one) => [photoName(one), photoName(one)])}
            onChoose={(name) => {
              const found = photos.find((one) => photoName(one) === name);
              if (found) choose({ sizes: { ...sizes, photos: found } });
            }}
          />
          <Select
            label="Rounds"
            value={rounds}
            of={ROUNDS.map((count) => [count, String(count)])}
            onChoose={(value) => choose({ rounds: value })}
          />
        </div>
      </fieldset>
      <p class="actions">
        {isBusy.value ? (
          <button type="button" disabled={stage.value.kind === 'stopping'} onClick={stopRacing}>
            Stop
          </button>
        ) : (
          <button type="button" class="main" disabled={!isReady} onClick={start}>
            Race
          </button>
        )}
        <Progress />
      </p>
    </section>
  );
}

function Progress() {
  const { kind } = stage.value;
  if (kind === 'opening') return <span role="status">Opening the device …</span>;
  const runners = [...rungs.value.matmul, ...rungs.value.conv2d].filter(({ needs }) => needs === undefined);
  const about =
    seconds.value === undefined
      ? 'each tried once to tell how long a race takes …'
      : `about ${duration(Math.max(1, Math.round(seconds.value)))}`;
  if (!isBusy.value)
    return (
      <span role="status">
        {ended.value === 'whole' && 'The race is run. '}
        {ended.value === 'stopped' && 'Stopped; what was measured is kept. '}
        {runners.length} rungs, {about}
      </span>
    );
  const rounds = Math.max(0, ...[...times.value.values()].map(({ value }) => value.wall.length));
  const done = [...times.value.values()].reduce((sum, { value }) => sum + value.wall.length, 0);
  return (
    <>
      <progress value={done} max={runners.length * race.value.rounds} aria-label="Turns taken" />
      <span role="status">
        {rounds === 0 ? 'The ceilings are measured first.' : 'Rungs take turns.'} {about} in all
      </span>
    </>
  );
}
