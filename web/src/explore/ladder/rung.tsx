/** The rung that is looked at: what it moves, what bounds it, and its source. */
import { signal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { gflopsOf } from '../../../../src/bench/roofline.ts';
import { median } from '../../../../src/bench/statistics.ts';
import { intensityOf, type Traffic } from '../../../../src/bench/traffic.ts';
import { bytes, significant, time } from '../../../../src/bench/units.ts';
import { count } from '../../../../src/format.ts';
import type { DeviceTraits } from '../../../../src/gpu/traits.ts';
import type { ExpandedKernel } from '../../../../src/run/kernels/index.ts';
import { limitText } from './limit.ts';
import { ceilings, keyOf, rungs, seen, times, traits, type Climb } from './state.ts';

/** The engine's own are entries of the catalogue of kernels like all others. */
const ENGINE: Readonly<Record<Climb, string>> = { matmul: 'linear.backward', conv2d: 'conv2d.forward' };
const operationOf = (climb: Climb, name: string): string =>
  name === 'engine' ? ENGINE[climb] : `ladder.${climb}.${name}`;

export function RungSection() {
  const { climb, name } = seen.value;
  const rung = rungs.value[climb].find((one) => one.name === name);
  if (!rung) return null;
  const operation = operationOf(climb, name);
  return (
    <section aria-labelledby="rung" class="rung">
      <h2 id="rung">
        {climb === 'matmul' ? 'Matrix product' : 'Convolution'}, {name}
      </h2>
      <p>{rung.lesson}</p>
      {rung.needs !== undefined && <p>It needs {rung.needs}, and so does not run here.</p>}
      {rung.traffic ? (
        <Moves climb={climb} name={name} traffic={rung.traffic} />
      ) : (
        <p class="hint">
          It chooses among kernels by adapter and shape; what they move depends on the choice.
        </p>
      )}
      <p>
        <a href={`../kernel/index.html#${new URLSearchParams({ op: operation }).toString()}`}>
          Change this kernel and see what comes of it
        </a>
      </p>
      <Source operation={operation} key={operation} />
    </section>
  );
}

function Moves({
  climb,
  name,
  traffic,
}: {
  readonly climb: Climb;
  readonly name: string;
  readonly traffic: Traffic;
}) {
  const { multiplyAdds, loaded, stored, loads, from } = traffic;
  const row = times.value.get(keyOf(climb, name))?.value;
  const rate = row?.work && gflopsOf(row.work, median(row.wall));
  // By the multiply-adds that it makes, which Winograd has fewer of than the definition.
  const made = row && gflopsOf({ flops: 2 * multiplyAdds, bytes: 0 }, median(row.wall));
  return (
    <>
      <dl class="moves">
        <Fact name="Multiply-adds">{count(multiplyAdds)}</Fact>
        <Fact name="Loaded from memory">{bytes(loaded)}</Fact>
        <Fact name="Stored">{bytes(stored)}</Fact>
        <Fact name="FLOPs a byte loaded">{significant(intensityOf(traffic))}</Fact>
        <Fact name="Loads a multiply-add">
          {significant(loads)}, from {from}
        </Fact>
        {row && rate !== undefined && (
          <>
            <Fact name="Time">{time(median(row.wall))}</Fact>
            <Fact name="Speed">{significant(rate)} GFLOP/s</Fact>
          </>
        )}
      </dl>
      {ceilings.value && <p>{limitText(traffic, ceilings.value, made, traits.value?.software ?? false)}</p>}
    </>
  );
}

const Fact = ({ name, children }: { readonly name: string; readonly children: ComponentChildren }) => (
  <div>
    <dt>{name}</dt>
    <dd>{children}</dd>
  </div>
);

/** Kernels of operations that were opened. */
const sources = signal<ReadonlyMap<string, readonly ExpandedKernel[]>>(new Map());

function Source({ operation }: { readonly operation: string }) {
  const kernels = sources.value.get(operation);
  return (
    <details onToggle={({ currentTarget: { open } }) => open && !kernels && void load(operation)}>
      <summary>Its source in WGSL</summary>
      {kernels?.map(({ name, wgsl, source }) => (
        <div key={name}>
          <h3>
            <code>{name}</code>
          </h3>
          {source !== undefined && (
            <p class="hint">
              Written in <code>{source}</code>
            </p>
          )}
          <pre tabIndex={0}>{wgsl}</pre>
        </div>
      ))}
    </details>
  );
}

async function load(operation: string): Promise<void> {
  const { expand } = await import('../../../../src/run/kernels/index.ts');
  const adapter = kindOf(traits.value);
  // A rung for software adapters is shown as they run it, wherever one is.
  const isForProcessors = operation.endsWith('6-subgroup') && adapter === 'gpu';
  const { kernels } = expand({ name: operation, adapter: isForProcessors ? 'lavapipe' : adapter });
  sources.value = new Map(sources.value).set(operation, kernels);
}

function kindOf(device: DeviceTraits | undefined): 'gpu' | 'lavapipe' | 'swiftshader' {
  if (!device?.software) return 'gpu';
  return device.subgroupSize === 4 ? 'swiftshader' : 'lavapipe';
}
