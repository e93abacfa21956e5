// The tables of docs/accuracy.md, made of bench/accuracy/results.json: a row for a set of photos and what was trained of the network. A row
// that is measured anew takes the place of the one before; the others stay.
import type { Trained } from './trainers.ts';

export interface Row {
  readonly set: string;
  readonly train: number;
  readonly valid: number;
  readonly classes: number;
  /** What was trained, and whether graft chose that. */
  readonly tune: string;
  readonly isChosen: boolean;
  readonly size: number;
  readonly epochs: number;
  /** By seed. */
  readonly graft: readonly Trained[];
  /** By recipe and seed; none where there was no PyTorch. */
  readonly torch: Readonly<Record<string, readonly Trained[]>>;
}

/** `rows` with `row` in the place of the one of the same set and the same trained parts, or at the end. */
export function withRow(rows: readonly Row[], row: Row): Row[] {
  const isSame = ({ set, tune, size }: Row) => set === row.set && tune === row.tune && size === row.size;
  return rows.some(isSame) ? rows.map((old) => (isSame(old) ? row : old)) : [...rows, row];
}

/** Markdown: a table for each choice of PyTorch's recipes, with a mean over the sets where there are several. */
export function tables(rows: readonly Row[]): string {
  const recipesOf = ({ torch }: Row) => Object.keys(torch).join();
  const groups = [...new Set(rows.map(recipesOf))];
  return groups.map((recipes) => table(rows.filter((row) => recipesOf(row) === recipes))).join('\n');
}

function table(rows: readonly Row[]): string {
  const recipes = Object.keys(rows[0]?.torch ?? {});
  const head = [
    'photos',
    'trained',
    'graft',
    'its best epoch',
    'seconds',
    ...recipes.map((name) => `PyTorch, ${name}`),
  ];
  const lines = rows.map((row) => [
    `${row.set}: ${row.train} and ${row.valid} of ${row.classes} classes`,
    `${row.tune}${row.isChosen ? '' : ' (asked for)'}, ${row.size} px, ${row.epochs} epochs`,
    `**${withSpread(row.graft.map(({ last }) => last))}**`,
    share(mean(row.graft.map(({ best }) => best))),
    (row.graft[0]?.seconds ?? NaN).toFixed(0),
    ...recipes.map((recipe) => {
      const models = row.torch[recipe] ?? [];
      return `${withSpread(models.map(({ last }) => last))}, ${mean(models.map(({ seconds }) => seconds)).toFixed(0)} s`;
    }),
  ]);
  const means = [
    'mean',
    '',
    `**${share(mean(rows.map(({ graft }) => mean(graft.map(({ last }) => last)))))}**`,
    share(mean(rows.map(({ graft }) => mean(graft.map(({ best }) => best))))),
    '',
    ...recipes.map((recipe) =>
      share(mean(rows.map(({ torch }) => mean((torch[recipe] ?? []).map(({ last }) => last))))),
    ),
  ];
  const sets = new Set(rows.map(({ set }) => set)); // a mean over the same photos would be none
  const isMeant = rows.length > 1 && sets.size === rows.length;
  const all = [head, head.map(() => '---'), ...lines, ...(isMeant ? [means] : [])];
  return all.map((cells) => `| ${cells.join(' | ')} |\n`).join('');
}

const START = '<!-- measured -->';
const END = '<!-- /measured -->';

/** The page with `made` between its marks. Throws if it has none. */
export function withTables(page: string, made: string): string {
  const [before, rest] = [page.indexOf(START), page.indexOf(END)];
  if (before < 0 || rest < before) throw new Error(`The page has no ${START} … ${END}.`);
  return `${page.slice(0, before + START.length)}\n\n${made}\n${page.slice(rest)}`;
}

/** Three digits, and the deviation of one seed's model from the others where there are several. */
export function withSpread(accuracies: readonly number[]): string {
  const middle = mean(accuracies);
  if (accuracies.length < 2) return share(middle);
  const square = accuracies.reduce((sum, one) => sum + (one - middle) ** 2, 0) / (accuracies.length - 1);
  return `${share(middle)} ± ${share(Math.sqrt(square))}`;
}

const share = (value: number): string => (Number.isNaN(value) ? '' : value.toFixed(3).replace(/^0/, ''));

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
