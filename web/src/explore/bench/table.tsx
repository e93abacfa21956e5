/** All rows as a table that sorts by any of its columns. A line follows its own row. */
import { computed, signal, useComputed, type ReadonlySignal } from '@preact/signals';
import type { Row } from '../../../../src/bench/benchmark.ts';
import { COLUMNS, order, RATIO, type Beside, type Column } from './columns.ts';
import { ceilings, comparisons, complete, isOthers, other, rows, seen } from './state.ts';

/** By which column; none is the order in which rows were measured. */
const sorting = signal<{ readonly head: string; readonly isDescending: boolean } | undefined>(undefined);
const columns = computed(() => (other.value && !isOthers.value ? [...COLUMNS, RATIO] : COLUMNS));

const besideOf = (id: string): Beside => ({
  ceilings: ceilings.value,
  comparison: comparisons.value.get(id),
});

/** In the order that is asked for: set anew when rows are complete, and not with each sample. */
const sorted = computed(() => {
  const all = [...rows.value];
  const column = columns.value.find(({ head }) => head === sorting.value?.head);
  if (!column) return all;
  void complete.value;
  const { isDescending = false } = sorting.value ?? {};
  return all
    .map(([id, row]) => ({ id, row, value: column.by(row.peek(), besideOf(id)) }))
    .sort((a, b) => order(a.value, b.value, isDescending))
    .map(({ id, row }) => [id, row] as const);
});

export function Table() {
  return (
    <div class="scroll rows" tabIndex={0}>
      <table>
        <thead>
          <tr>
            {columns.value.map((column) => (
              <Head key={column.head} column={column} />
            ))}
          </tr>
        </thead>
        <tbody>
          {sorted.value.map(([id, row]) => (
            <Line key={id} id={id} row={row} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Head({ column: { head, about, isNumber } }: { readonly column: Column }) {
  const now = sorting.value?.head === head ? sorting.value : undefined;
  // First numbers from the largest down, then up, then as they were measured.
  const next = () => {
    if (!now) return { head, isDescending: isNumber };
    return now.isDescending === isNumber ? { head, isDescending: !isNumber } : undefined;
  };
  return (
    <th
      scope="col"
      class={isNumber ? 'number' : ''}
      aria-sort={now ? (now.isDescending ? 'descending' : 'ascending') : 'none'}
    >
      <button type="button" class="quiet" title={about} onClick={() => (sorting.value = next())}>
        {head}
        <span aria-hidden="true">{now ? (now.isDescending ? ' ↓' : ' ↑') : ''}</span>
      </button>
    </th>
  );
}

function Line({ id, row }: { readonly id: string; readonly row: ReadonlySignal<Row> }) {
  const classes = useComputed(() => (seen.value === id ? 'seen' : ''));
  const beside = besideOf(id);
  const [first, ...others] = columns.value;
  return (
    <tr class={classes} data-row={id} onPointerEnter={() => (seen.value = id)}>
      <th scope="row">
        <button
          type="button"
          class="quiet"
          onFocus={() => (seen.value = id)}
          onClick={() => (seen.value = id)}
        >
          {first?.text(row.value, beside)}
        </button>
      </th>
      {others.map((column) => (
        <td key={column.head} class={classOf(column, beside)}>
          {column.text(row.value, beside)}
        </td>
      ))}
    </tr>
  );
}

const classOf = (column: Column, { comparison }: Beside): string =>
  [column.isNumber ? 'number' : '', column === RATIO ? (comparison?.verdict ?? '') : ''].join(' ').trim();
