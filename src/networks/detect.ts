/**
 * Which network a weights file holds, and under which of its names: the network whose names and shapes it has most of. Programs
 * put a network into another, whose name for it comes first ("backbone.layer1…"), and libraries spell its names in their
 * own way; both are undone here, so that everything behind this knows one spelling.
 */
import { isInStage } from '../nn/index.ts';
import { isBatchCount, WeightsError } from '../weights/index.ts';
import type { NetworkEntry, Spelling } from './network-entry.ts';
import { networkNames, networks, type NetworkName } from './registry.ts';

/** A network in a file. */
export interface DetectedNetwork<T> {
  readonly name: NetworkName;
  /** The file's tensors under the network's own names. */
  readonly tensors: Map<string, T>;
  /** How the file's names differ from these, in clauses for people; empty if they do not. */
  readonly notes: readonly string[];
}

/**
 * The network that the file is most like, its head apart. Whether all of it is there, and as large as it must be, is for
 * `matchStateDict` to say. Rejects with `WeightsError` if the file has nothing of any network but a stem at most, and if it has
 * several networks.
 *
 * ```ts
 * const file = new Map(Array.from(networks.resnet18.stateShapes(10), ([name, shape]) => [`module.${name}`, { shape }]));
 * const { name, notes } = await detectNetwork(file, 'model.pth');
 * name; // → 'resnet18'
 * notes; // → ['names without "module."']
 * ```
 */
export async function detectNetwork<T extends Shaped>(
  tensors: ReadonlyMap<string, T>,
  source: string,
): Promise<DetectedNetwork<T>> {
  await readyFor([...tensors.keys()]);
  const own = viewsOf(tensors);
  const [best, ...others] = own.length > 0 ? own : viewsOf(tensors, await allSpellings());
  if (!best) throw await notANetwork(tensors, source);
  const equal = others.filter((view) => view.names === best.names && view.prefix !== best.prefix);
  const rival = equal.find(({ name, spelling }) => name === best.name && spelling === best.spelling);
  if (rival && !(isUsual(best.prefix) && !isUsual(rival.prefix)))
    throw new WeightsError(
      source,
      `it holds more than one network: ${JSON.stringify(best.prefix)} and ${JSON.stringify(rival.prefix)} stand before the same names`,
      'Save the one that is meant alone, as its state_dict()',
    );
  return translated(best, tensors);
}

/** Loads the networks that names in a file speak of. */
const readyFor = (names: readonly string[]) =>
  Promise.all(
    networkNames.map((name) => {
      const { marks, ready } = networks[name] as NetworkEntry;
      return names.some((one) => marks?.test(one)) ? ready() : undefined;
    }),
  );

/** What is looked at of a tensor. */
interface Shaped {
  readonly shape: readonly number[];
}

/** One way to see a network in the file: what stands before all its names, and how they are spelled. */
interface View extends Likeness {
  readonly name: NetworkName;
  readonly prefix: string;
  readonly spelling: Names | undefined;
}

/** From names as they are spelled to the network's own. */
interface Names {
  readonly whose: string;
  readonly names: ReadonlyMap<string, string>;
}

/** How others name the tensors of networks, which is asked only of files that have none of their own names. */
async function allSpellings(): Promise<ReadonlyMap<string, readonly Spelling[]>> {
  const all = networkNames.map(async (name) => {
    const network: NetworkEntry = networks[name];
    return [name, (await network.spellings?.()) ?? []] as const;
  });
  return new Map(await Promise.all(all));
}

/** All ways in which the file has more than a stem of a network, the likeliest first. */
function viewsOf(
  tensors: ReadonlyMap<string, Shaped>,
  spellings?: ReadonlyMap<string, readonly Spelling[]>,
): View[] {
  return networkNames
    .flatMap((name) => {
      const network: NetworkEntry = networks[name];
      if (!network.isReady()) return [];
      const shapes = network.stateShapes(1);
      return [undefined, ...(spellings?.get(name) ?? [])].flatMap((spelling) => {
        const names = spelling?.names ?? new Map(Array.from(shapes.keys(), (key) => [key, key]));
        return prefixesOf(innerNames(names, network), tensors).map((prefix) => ({
          ...{ name, prefix, spelling },
          ...likeness(network, shapes, names, (theirs) => tensors.get(prefix + theirs)),
        }));
      });
    })
    .filter(({ inner }) => inner > 0)
    .sort(
      (a, b) =>
        b.names - a.names || b.shapes - a.shapes || Number(isUsual(b.prefix)) - Number(isUsual(a.prefix)),
    );
}

/** The names of stages behind the first, the head apart, since many networks begin with a `conv1`. */
function innerNames(names: ReadonlyMap<string, string>, { stages, head }: NetworkEntry): ReadonlySet<string> {
  const [stem] = stages;
  const inner = [...names].filter(
    ([, ours]) => !ours.startsWith(`${head}.`) && !isInStage(ours, stem) && !isBatchCount(ours),
  );
  return new Set(inner.map(([theirs]) => theirs));
}

/** Names of tensors are short; what a stranger wrote may not be, and is looked at from every dot on. */
const LONGEST_NAME = 300;
/** Prefixes to try, those with most names first. */
const MOST_PREFIXES = 4;

/** What stands before names of `inner` in the file, where it is most often that. */
function prefixesOf(inner: ReadonlySet<string>, tensors: ReadonlyMap<string, Shaped>): string[] {
  const found = new Map<string, number>();
  for (const name of tensors.keys()) {
    if (name.length > LONGEST_NAME) continue;
    for (let start = 0; ;) {
      if (inner.has(name.slice(start))) {
        const prefix = name.slice(0, start);
        found.set(prefix, (found.get(prefix) ?? 0) + 1);
      }
      const dot = name.indexOf('.', start);
      if (dot < 0) break;
      start = dot + 1;
    }
  }
  return [...found]
    .sort(([, a], [, b]) => b - a)
    .slice(0, MOST_PREFIXES)
    .map(([prefix]) => prefix);
}

/** Where programs keep the network that they train: beside it there may be another of its kind, such as a teacher. */
const isUsual = (prefix: string): boolean =>
  /^((module|_orig_mod|model|net|network|backbone)\.)*$/.test(prefix);

/** How much of a network's trunk a file has. */
interface Likeness {
  /** Names of stages behind the first. */
  readonly inner: number;
  /** Names that are there less those that are not. */
  readonly names: number;
  readonly shapes: number;
}

function likeness(
  { stages, head }: NetworkEntry,
  shapes: ReadonlyMap<string, readonly number[]>,
  names: ReadonlyMap<string, string>,
  find: (theirs: string) => Shaped | undefined,
): Likeness {
  const [stem] = stages;
  const count = { inner: 0, names: 0, shapes: 0 };
  for (const [theirs, ours] of names) {
    if (ours.startsWith(`${head}.`) || isBatchCount(ours)) continue;
    const tensor = find(theirs);
    count.names += tensor ? 1 : -1;
    if (tensor && !isInStage(ours, stem)) count.inner += 1;
    if (tensor?.shape.join() === shapes.get(ours)?.join()) count.shapes += 1;
  }
  return count;
}

/** The file's tensors as the view sees them. Without a prefix all are there, and whatever does not fit is told later. */
function translated<T>({ name, prefix, spelling }: View, all: ReadonlyMap<string, T>): DetectedNetwork<T> {
  const tensors = new Map<string, T>();
  const outside: string[] = [];
  for (const [key, tensor] of all) {
    const inside = key.startsWith(prefix) ? key.slice(prefix.length) : undefined;
    const ours = inside === undefined ? undefined : (spelling?.names.get(inside) ?? inside);
    if (ours === undefined) outside.push(key);
    else tensors.set(ours, tensor);
  }
  const notes = [
    ...(prefix === '' ? [] : [`names without ${JSON.stringify(prefix)}`]),
    ...(spelling ? [`${spelling.whose} names read as torchvision's`] : []),
    ...(outside.length > 0 ? [`${shorten(outside)} left out`] : []),
  ];
  return { name, tensors, notes };
}

async function notANetwork(tensors: ReadonlyMap<string, Shaped>, source: string): Promise<WeightsError> {
  const { strangerIn } = await import('./strangers.ts');
  const names = [...tensors.keys()];
  const shown = names.slice(0, 3).map((name) => JSON.stringify(name.slice(0, 60)));
  const titles = networkNames.map((name) => networks[name].title).join(', ');
  const stranger = strangerIn(names);
  const what = stranger === undefined ? 'it is not a network that graft has' : `it looks like ${stranger}`;
  return new WeightsError(
    source,
    `${what}: its tensors are ${shown.join(', ') || 'none'}, …`,
    `Give weights of ${titles.replace(/, (?=[^,]*$)/, ' or ')}, with the names of torchvision, timm or Hugging Face`,
  );
}

/** Names for a line. */
function shorten(names: readonly string[]): string {
  const shown = names.slice(0, 3).map((name) => JSON.stringify(name.slice(0, 60)));
  return shown.join(', ') + (names.length > 3 ? ` and ${names.length - 3} more` : '');
}
