/** What the WGSL does not say itself: the kernels in their order, and what the host binds and dispatches. */
import { byteSize, count } from '../../../../src/format.ts';
import type { ExpandedKernel } from '../../../../src/run/kernels/index.ts';
import { chosenKernel, isEdited, kernel, kernels } from './state.ts';

/** The kernels that run one after the other, where there are several. */
export function KernelTabs() {
  if (kernels.value.length < 2) return null;
  return (
    <>
      <p class="hint">
        {kernels.value.length} kernels, in the order in which they run. What one writes, the next reads.
      </p>
      <ol class="tabs">
        {kernels.value.map((one) => (
          <li key={one.name}>
            <button
              type="button"
              aria-pressed={one.name === kernel.value?.name}
              onClick={() => (chosenKernel.value = one.name)}
            >
              {one.name}
              {isEdited(one) ? ' (edited)' : ''}
            </button>
          </li>
        ))}
      </ol>
    </>
  );
}

export function HostSide({ of }: { readonly of: ExpandedKernel }) {
  const { workgroupSize, grid, bindings, params, source, wgsl } = of;
  const threads = product(workgroupSize);
  const workgroups = product(grid);
  const fours = countOfFours(of);
  return (
    <>
      <h3>Dispatched</h3>
      <p>
        <strong>{sides(grid)}</strong> workgroups of <strong>{sides(workgroupSize)}</strong> threads:{' '}
        {count(workgroups * threads)} threads. A workgroup’s {count(threads)} threads share{' '}
        {/var<workgroup>/.test(wgsl)
          ? 'workgroup memory and wait for each other at barriers'
          : 'nothing here'}
        .
      </p>
      <h3>Bindings</h3>
      <div class="wide" tabIndex={0} role="region" aria-label="Bindings">
        <table>
          <thead>
            <tr>
              <th scope="col">Binding</th>
              <th scope="col">Name</th>
              <th scope="col">Access</th>
              <th scope="col">Holds</th>
              <th scope="col">Size</th>
            </tr>
          </thead>
          <tbody>
            {bindings.map(({ name, access, element, bytes }, i) => (
              <tr key={name}>
                <td>{i}</td>
                <th scope="row">
                  <code>{name}</code>
                </th>
                <td>{access === 'read' ? 'read' : 'read and write'}</td>
                <td>
                  <code>array&lt;{element}&gt;</code>
                </td>
                <td>{byteSize(bytes)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {params.length > 0 && (
        <>
          <h3>Parameters</h3>
          <p class="hint">
            A uniform struct that the host fills for each dispatch.
            {fours !== undefined &&
              ` Its count is of vec4f, each of four elements: ${count(fours)} × 4 = ${count(4 * fours)}.`}
          </p>
          <dl class="params">
            {params.map(({ name, type, value }) => (
              <div key={name}>
                <dt>
                  <code>
                    {name}: {type}
                  </code>
                </dt>
                <dd>{Number.isInteger(value) ? count(value) : Number(value.toPrecision(4))}</dd>
              </div>
            ))}
          </dl>
        </>
      )}
      {source !== undefined && (
        <p class="hint">
          Written in <code>{source}</code>, as a template: what you see has its numbers filled in.
        </p>
      )}
    </>
  );
}

/** The parameter `count` where it counts a binding's elements by fours. */
function countOfFours({ bindings, params }: ExpandedKernel): number | undefined {
  const { value } = params.find(({ name }) => name === 'count') ?? {};
  const isOf = bindings.some(({ element, bytes }) => element === 'vec4f' && bytes === 16 * (value ?? NaN));
  return isOf ? value : undefined;
}

const product = (of: readonly number[]): number => of.reduce((all, one) => all * one, 1);

const sides = (of: readonly number[]): string =>
  of
    .slice(0, of[2] === 1 ? (of[1] === 1 ? 1 : 2) : 3)
    .map(count)
    .join(' × ');
