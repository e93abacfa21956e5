/** Which networks look, and at how many pixels. */
import { useRef } from 'preact/hooks';
import { Select } from '../shared/select.tsx';
import { doing, looked, networkA, networkB, side, sources, worker } from './state.ts';

const SIDES = [32, 64, 96, 128, 160, 192, 224, 256] as const;

export function NetworksSection() {
  const input = useRef<HTMLInputElement>(null);
  const named = sources.value.map(({ id, title }) => [id, title] as const);
  const own = looked.value?.ownSide;
  const runs = sources.value.filter(
    ({ startedFrom }) => startedFrom !== undefined && sources.value.some(({ id }) => id === startedFrom),
  );
  return (
    <section aria-labelledby="networks">
      <h2 id="networks">The networks</h2>
      <div class="fields">
        <Select
          label="Network A"
          value={networkA.value}
          of={named}
          onChoose={(id) => (networkA.value = id)}
        />
        <Select
          label="Network B, beside it"
          value={networkB.value ?? ''}
          of={[['', 'none'], ...named.filter(([id]) => id !== networkA.value)]}
          onChoose={(id) => (networkB.value = id === '' ? undefined : id)}
        />
        <Select
          label="Pixels a side"
          value={side.value ?? 0}
          of={[
            [0, own === undefined ? 'as A learned' : `${own}, as A learned`],
            ...SIDES.map((one) => [one, String(one)] as const),
          ]}
          onChoose={(one) => (side.value = one === 0 ? undefined : one)}
        />
      </div>
      <div class="actions">
        <button type="button" onClick={() => input.current?.click()}>
          Bring a file of weights
        </button>
        {runs.map(({ id, title, startedFrom }) => (
          <button
            key={id}
            type="button"
            onClick={() => {
              networkB.value = id;
              networkA.value = startedFrom ?? networkA.value;
            }}
          >
            Before and after {title}
          </button>
        ))}
      </div>
      <input
        ref={input}
        type="file"
        hidden
        aria-label="Bring a file of weights"
        accept=".safetensors,.pth,.pt,.bin"
        onChange={({ currentTarget }) => {
          const file = currentTarget.files?.[0];
          if (file) void bring(file);
          currentTarget.value = '';
        }}
      />
      <p class="hint">
        At hand are the network of this site, those that you fetched or brought on the training page, and the
        models of your runs. Two networks see the same pixels, prepared as A wants them.
      </p>
    </section>
  );
}

async function bring(file: File): Promise<void> {
  const source = await doing(`Reading ${file.name}`, () => worker.bring(file, file.name));
  if (!source) return;
  sources.value = [...sources.value, source];
  if (looked.value === undefined || networkB.value !== undefined) networkA.value = source.id;
  else networkB.value = source.id;
}
