/** One climb: a bar for each rung, which grows and settles while rounds come in, and after it how much faster than the rung before. */
import type { ReadonlySignal } from '@preact/signals';
import type { Row } from '../../../../src/bench/benchmark.ts';
import { gflopsOf } from '../../../../src/bench/roofline.ts';
import { median, spreadOf } from '../../../../src/bench/statistics.ts';
import type { RungFacts } from '../../../../src/bench/traffic.ts';
import { significant, time } from '../../../../src/bench/units.ts';
import { ceilings, keyOf, longest, rungs, seen, times, type Climb } from './state.ts';

export function ClimbSection({
  climb,
  title,
  about,
}: {
  readonly climb: Climb;
  readonly title: string;
  readonly about: string;
}) {
  const own = rungs.value[climb];
  const able = own.filter(({ needs }) => needs === undefined);
  const unable = own.filter(({ needs }) => needs !== undefined);
  return (
    <section aria-labelledby={climb}>
      <h2 id={climb}>{title}</h2>
      <p class="hint">{about}</p>
      <ol class="climb">
        {able.map((rung, i) => (
          <Rung key={rung.name} climb={climb} rung={rung} before={able[i - 1]} />
        ))}
      </ol>
      {unable.map(({ name, needs }) => (
        <p key={name} class="hint">
          <Name climb={climb} name={name} /> does not run here: it needs {needs}.
        </p>
      ))}
    </section>
  );
}

function Name({ climb, name }: { readonly climb: Climb; readonly name: string }) {
  const isSeen = seen.value.climb === climb && seen.value.name === name;
  return (
    <button type="button" aria-pressed={isSeen} onClick={() => (seen.value = { climb, name })}>
      {name}
    </button>
  );
}

function Rung({
  climb,
  rung: { name, lesson },
  before,
}: {
  readonly climb: Climb;
  readonly rung: RungFacts;
  readonly before: RungFacts | undefined;
}) {
  const row = times.value.get(keyOf(climb, name));
  const last = before && times.value.get(keyOf(climb, before.name));
  return (
    <li data-rung={name}>
      <Name climb={climb} name={name} />
      <div>
        {row ? <Bar climb={climb} row={row} last={last} /> : <div class="bar" />}
        <p class="hint">{lesson}</p>
      </div>
    </li>
  );
}

function Bar({
  climb,
  row,
  last,
}: {
  readonly climb: Climb;
  readonly row: ReadonlySignal<Row>;
  readonly last: ReadonlySignal<Row> | undefined;
}) {
  const { work, wall } = row.value;
  if (!work) return null;
  const { low, high } = spreadOf(wall);
  const ms = median(wall);
  const rate = gflopsOf(work, ms);
  const of = (gflops: number) => `${(100 * gflops) / longest[climb].value}%`;
  const roof = ceilings.value?.gflops;
  return (
    <>
      <div class="bar" aria-hidden="true">
        <span style={{ width: of(rate) }} />
        <span
          class="spread"
          style={{
            left: of(gflopsOf(work, high)),
            width: `calc(${of(gflopsOf(work, low))} - ${of(gflopsOf(work, high))})`,
          }}
        />
        {roof !== undefined && roof <= longest[climb].value && (
          <span class="roof" style={{ left: of(roof) }} />
        )}
      </div>
      <p class="figures">
        <strong>{significant(rate)} GFLOP/s</strong>
        {roof !== undefined && (
          <span>{Number(((100 * rate) / roof).toPrecision(2))} % of multiply-adds alone</span>
        )}
        <span>{time(ms)}</span>
        {last && <span>×{significant(median(last.value.wall) / ms)} the rung before</span>}
      </p>
    </>
  );
}
