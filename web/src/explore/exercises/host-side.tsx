/** What the host does for the kernel, with the numbers of the first case, and the size of the workgroup as it stands in the text. */
import { useMemo } from 'preact/hooks';
import { count } from '../../../../src/format.ts';
import type { Exercise } from '../../../../src/run/exercises/exercise.ts';
import { workgroupSizeOf } from '../../../../src/run/exercises/log.ts';

export function HostSide({ of, text }: { readonly of: Exercise; readonly text: string }) {
  const [first] = useMemo(() => of.cases(), [of]);
  const size = workgroupSizeOf(text);
  if (!first) return null;
  const lengths: Readonly<Record<string, number>> = {
    ...Object.fromEntries(Object.entries(first.inputs).map(([name, { length }]) => [name, length])),
    [first.output.name]: first.output.expected.length,
  };
  const params = Object.entries(first.params);
  return (
    <p class="hint">
      The host binds{' '}
      {listed(of.kernel.bindings.map(([name]) => `${name} (${count(lengths[name] ?? 0)} numbers)`))}
      {params.length > 0 && `, sets ${listed(params.map(([name, value]) => `${name} = ${count(value)}`))}`}
      {size && `, and dispatches ${dispatched(first.grid(size))} of ${sides(size)} threads`}.
    </p>
  );
}

function dispatched(grid: readonly (number | undefined)[]): string {
  const text = sides(grid);
  return text === '1' ? 'one workgroup' : `${text} workgroups`;
}

const listed = (all: readonly string[]): string =>
  all.length < 2 ? all.join() : `${all.slice(0, -1).join(', ')} and ${all.at(-1) ?? ''}`;

/** The axes up to the last that is longer than 1. */
function sides(of: readonly (number | undefined)[]): string {
  const [x = 1, y = 1, z = 1] = of;
  return [x, y, z].slice(0, z > 1 ? 3 : y > 1 ? 2 : 1).join(' × ');
}
