/**
 * Names as PyTorch's wrappers write them. DataParallel and its relatives put "module." before all names of the network inside,
 * torch.compile "_orig_mod.", and a moving average (AveragedModel) "module." beside a count of its own: in whatever order a
 * program wraps its network, the names inside are the same.
 */
import { quote } from './errors.ts';

const PREFIXES = ['module.', '_orig_mod.'];
/** How often AveragedModel has averaged. */
const AVERAGES = 'n_averaged';
/** Wrappers in one another; more of them nobody has. */
const DEEPEST = 8;

/** The same values under the names inside all wrappers, and a clause that says what was taken off. */
export function withoutWrappers<T>(named: ReadonlyMap<string, T>): {
  readonly named: ReadonlyMap<string, T>;
  readonly notes: readonly string[];
} {
  let inside = named;
  let taken = '';
  const dropped: string[] = [];
  for (let depth = 0; depth < DEEPEST; depth++) {
    const names = [...inside.keys()].filter((name) => name !== AVERAGES);
    const prefix = PREFIXES.find((one) => names.length > 0 && names.every((name) => name.startsWith(one)));
    if (prefix === undefined) break;
    if (inside.has(AVERAGES)) dropped.push(`${quote(taken + AVERAGES)} left out`);
    const unwrapped = new Map<string, T>();
    for (const [name, value] of inside)
      if (name !== AVERAGES) unwrapped.set(name.slice(prefix.length), value);
    inside = unwrapped;
    taken += prefix;
  }
  if (taken === '') return { named, notes: [] };
  return { named: inside, notes: [`names without ${quote(taken)}`, ...dropped] };
}
