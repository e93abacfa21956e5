/** What is to be measured, and the buttons that begin and end it. */
import type { Part } from '../../../../src/bench/catalogue.ts';
import { plural } from '../../../../src/format.ts';
import { Select } from '../shared/select.tsx';
import { choice, choose, complete, isBusy, plan, refusal, stage, start, stopMeasuring } from './state.ts';

const parts: readonly (readonly [Part, string, string])[] = [
  ['kernels', 'Kernels', 'each operation of ResNet-18 by itself'],
  ['networks', 'Networks', 'whole steps of ResNet-18'],
  ['ladders', 'Ladders', 'a matrix product and a convolution, from naive to best'],
  ['scaling', 'Scaling', 'the same network at more and at larger images'],
];
/** Not one photo of 32 pixels: of that a last layer sees one number a channel, of which no batch norm learns. */
const sizes = [
  [2, 32],
  [2, 64],
  [8, 64],
  [8, 128],
  [32, 128],
  [8, 224],
] as const;
const AS_TERMINAL = 'terminal';

export function Choices() {
  const { parts: chosen, isQuick, size, filter } = choice.value;
  const isReady = stage.value.kind === 'ready';
  return (
    <section aria-labelledby="choices">
      <h2 id="choices">What to measure</h2>
      <fieldset class="plain" disabled={!isReady}>
        <div class="parts" role="group" aria-label="Parts of the catalogue">
          {parts.map(([part, title, about]) => (
            <label key={part}>
              <input
                type="checkbox"
                checked={chosen.includes(part)}
                onChange={({ currentTarget: { checked } }) =>
                  // In the catalogue's order, in which they are measured.
                  choose({
                    parts: parts
                      .map(([one]) => one)
                      .filter((one) => (one === part ? checked : chosen.includes(one))),
                  })
                }
              />{' '}
              {title} <small>{about}</small>
            </label>
          ))}
        </div>
        <div class="fields">
          <Select
            label="Rounds"
            value={isQuick ? 'quick' : 'full'}
            of={[
              ['quick', 'quick: 3 short ones, half a minute'],
              ['full', 'full: up to 9, four minutes'],
            ]}
            onChoose={(value) => choose({ isQuick: value === 'quick' })}
          />
          <Select
            label="Images × pixels"
            value={size ? `${size.batch}×${size.size}` : AS_TERMINAL}
            of={[
              [AS_TERMINAL, 'as in the terminal'] as const,
              ...sizes.map(([batch, side]) => [`${batch}×${side}`, `${batch} × ${side}²`] as const),
            ]}
            onChoose={(value) => {
              const found = sizes.find(([batch, side]) => value === `${batch}×${side}`);
              choose({ size: found && { batch: found[0], size: found[1] } });
            }}
          />
          <label>
            Only rows with
            <input
              value={filter}
              placeholder="conv2d layer1"
              onInput={({ currentTarget: { value } }) => choose({ filter: value })}
            />
          </label>
        </div>
      </fieldset>
      <p class="actions">
        {isBusy.value ? (
          <button type="button" disabled={stage.value.kind === 'stopping'} onClick={stopMeasuring}>
            Stop
          </button>
        ) : (
          <button type="button" class="main" disabled={!isReady || plan.value.length === 0} onClick={start}>
            Start
          </button>
        )}
        <Progress />
      </p>
      {refusal.value !== undefined && <p role="alert">{refusal.value}</p>}
    </section>
  );
}

function Progress() {
  const total = plural(plan.value.length, 'row');
  const { kind } = stage.value;
  if (!isBusy.value) return <span class="hint">{kind === 'opening' ? 'Opening the device …' : total}</span>;
  return (
    <span role="status">
      {kind === 'stopping' && 'Stopping. '}
      {complete.value} of {total}
    </span>
  );
}
