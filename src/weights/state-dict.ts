/**
 * Where in a checkpoint the network is. Training programs save it beside the optimizer, the epoch and their settings, each under
 * keys of its own: here its tensors are found, what else there was is told, and a file that holds no network is named
 * for what it is.
 */
import { SAVE_STATE_DICT, WeightsError, quote } from './errors.ts';
import type { Checkpoint } from './torch-objects.ts';
import { asKind, typeName, type PickleDict, type PickledTensor, type PickleValue } from './values.ts';

/** The tensors of a network by name, and what was left out to get them, in clauses for people. */
export interface FoundStateDict {
  readonly tensors: ReadonlyMap<string, PickledTensor>;
  readonly notes: readonly string[];
}

/**
 * Where training programs put a network, in the order in which it is looked for: as it was left by the last step, before
 * its moving average.
 */
const USUAL_KEYS = [
  'state_dict',
  'model',
  'model_state_dict',
  'net',
  'network',
  'model_ema',
  'state_dict_ema',
  'ema_state_dict',
  'ema',
];

/** Wrappers around wrappers; more of them nobody has. */
const DEEPEST = 4;

/** The state dict in a checkpoint. Throws WeightsError if there is none, or more than one without a usual name. */
export function findStateDict(checkpoint: Checkpoint, source: string): FoundStateDict {
  const { foreign } = checkpoint;
  const taken: string[] = [];
  const left: PickleValue[] = [];
  let dict = dictionary(checkpoint, source);
  for (let depth = 0; depth < DEEPEST && !hasLayer(dict); depth++) {
    const [key, ...rivals] = innerKeys(dict, foreign, source);
    const inner = key === undefined ? undefined : dict.get(key);
    if (key === undefined || !(inner instanceof Map)) break;
    for (const other of dict.keys()) if (other !== key && !rivals.includes(String(other))) left.push(other);
    const not = rivals.length > 0 ? ` and not its ${shorten(rivals, quote)}` : '';
    taken.push(`its ${quote(key)} was taken${not}`);
    dict = inner;
  }
  const { tensors, others } = namedTensors(dict, source);
  for (const other of others) left.push(other);
  const without = left.length > 0 ? [`${shorten(left, showKey)} left out`] : [];
  return { tensors, notes: [...taken, ...without, ...notesOn(foreign)] };
}

/** What the file would have had Python make or do. */
function notesOn(foreign: ReadonlySet<string>): readonly string[] {
  const harmful = [...foreign].filter((name) => HARMFUL.test(name));
  if (harmful.length > 0)
    return [
      `Python would run ${shorten(harmful, quote)} to load it, so trust it nowhere; nothing was run here`,
    ];
  return foreign.size > 0 ? [`nothing was run of ${shorten([...foreign], quote)}`] : [];
}

/** What no file of weights has a use for. */
const HARMFUL =
  /^(os|nt|posix|pty|subprocess|commands|shutil|socket|sys|runpy|importlib|webbrowser)\.|^(builtins|__builtin__)\.(eval|exec|execfile|compile|open|__import__)$/;

function dictionary({ root, foreign }: Checkpoint, source: string): PickleDict {
  if (root instanceof Map) return root;
  const whole = asKind(root, 'placeholder');
  if (whole) throw wholeObject('it holds', whole.name, foreign, source);
  const problem = `it holds a value of type ${typeName(root)}, not a dictionary of tensors`;
  throw new WeightsError(source, problem, SAVE_STATE_DICT);
}

/** Whether a dictionary has a tensor whose name says of which layer it is; beside an optimizer there may be one that is no weight, such as an accuracy. */
function hasLayer(dict: PickleDict): boolean {
  for (const [name, value] of dict)
    if (typeof name === 'string' && name.includes('.') && asKind(value, 'tensor')) return true;
  return false;
}

/** The keys of dictionaries that hold a network, the one to take first; none if `dict` holds no dictionary of tensors. */
function innerKeys(dict: PickleDict, foreign: ReadonlySet<string>, source: string): readonly string[] {
  const isNetwork = createLook();
  const usual = USUAL_KEYS.filter((key) => isNetwork(dict.get(key)));
  if (usual.length > 0) return usual;
  const whole = USUAL_KEYS.map((key) => asKind(dict.get(key), 'placeholder')).find((one) => one);
  if (whole) throw wholeObject('it is a checkpoint around', whole.name, foreign, source);
  const keys: string[] = [];
  for (const [key, value] of dict) if (typeof key === 'string' && isNetwork(value)) keys.push(key);
  if (keys.length < 2) return keys;
  throw new WeightsError(
    source,
    `it holds ${keys.length} dictionaries of tensors: ${shorten(keys, showKey)}`,
    "Save the one that is meant alone: torch.save(torch.load(FILE)[KEY], 'weights.pth')",
  );
}

/**
 * Tells whether a value is a dictionary with tensors by name, or one around such a dictionary under a usual key. Each dictionary is
 * looked through once, since a file can name one again and again.
 */
function createLook(): (value: PickleValue | undefined) => boolean {
  const known = new Map<PickleDict, boolean>();
  const look = (value: PickleValue | undefined, depth: number): boolean => {
    if (!(value instanceof Map) || depth > DEEPEST) return false;
    const found = known.get(value);
    if (found !== undefined) return found;
    known.set(value, false); // for one that holds itself
    let is = false;
    for (const [name, inner] of value)
      if (typeof name === 'string' && asKind(inner, 'tensor')) {
        is = true;
        break;
      }
    is ||= USUAL_KEYS.some((key) => look(value.get(key), depth + 1));
    known.set(value, is);
    return is;
  };
  return (value) => look(value, 1);
}

/** The tensors of the dictionary; plain values beside them are named, and left out. */
function namedTensors(dict: PickleDict, source: string) {
  const tensors = new Map<string, PickledTensor>();
  const others: PickleValue[] = [];
  for (const [name, value] of dict) {
    const tensor = asKind(value, 'tensor');
    if (typeof name === 'string' && tensor) tensors.set(name, tensor);
    else if (tensor || mayBeWeights(name, value)) throw notATensor(name, value, dict, source);
    else others.push(name);
  }
  if (tensors.size > 0) return { tensors, others };
  throw new WeightsError(source, whatItIs(dict), SAVE_STATE_DICT);
}

/** Whether something that is no tensor stands where one is expected: then the network would not be complete without it. */
const mayBeWeights = (name: PickleValue, value: PickleValue): boolean =>
  asKind(value, 'placeholder') !== undefined &&
  typeof name === 'string' &&
  name.includes('.') &&
  !name.endsWith('._extra_state');

function notATensor(name: PickleValue, value: PickleValue, dict: PickleDict, source: string): WeightsError {
  const shown = typeof name === 'string' ? quote(name) : `with a key of type ${typeName(name)}`;
  const problem = asKind(value, 'placeholder')
    ? `it asks Python to make its entry ${shown} by ${quote(typeName(value))}, which gives no tensor; nothing was run`
    : `its entry ${shown} is of type ${typeName(value)}, not a named tensor (keys: ${showKeys(dict)})`;
  return new WeightsError(source, problem, SAVE_STATE_DICT);
}

function wholeObject(
  holds: string,
  name: string,
  foreign: ReadonlySet<string>,
  source: string,
): WeightsError {
  const isYolo = [name, ...foreign].some((one) => /yolo|ultralytics/i.test(one));
  const what = isYolo
    ? `a YOLO detector (${quote(name)})`
    : `a whole Python object of the class ${quote(name)}`;
  return new WeightsError(
    source,
    `${holds} ${what} instead of its tensors; nothing was run`,
    isYolo ? 'graft classifies photos with ResNets: give weights of one' : SAVE_STATE_DICT,
  );
}

/** What a dictionary without tensors is. */
function whatItIs(dict: PickleDict): string {
  if (dict.size === 0) return 'it holds an empty dictionary';
  if (Array.isArray(dict.get('param_groups')))
    return "it is an optimizer's state, which has moments but no weights";
  if (dict.has('last_epoch')) return "it is a learning rate schedule's state, not weights";
  const [first] = dict;
  const [name, value] = first ?? [null, null];
  return `its entry ${showKey(name)} is of type ${typeName(value)}, not a named tensor (keys: ${showKeys(dict)})`;
}

const showKey = (key: PickleValue): string =>
  typeof key === 'string' ? quote(key) : `a key of type ${typeName(key)}`;

const MOST_SHOWN = 4;

/** The first items, and how many there are besides. */
function shorten<T>(items: readonly T[], show: (item: T) => string): string {
  const shown = items.slice(0, MOST_SHOWN).map(show).join(', ');
  return items.length > MOST_SHOWN ? `${shown} and ${items.length - MOST_SHOWN} more` : shown;
}

function showKeys(dict: PickleDict): string {
  const keys = Array.from(dict.keys())
    .slice(0, 8)
    .map((key) => (typeof key === 'string' ? quote(key) : typeName(key)));
  return keys.join(', ') + (dict.size > keys.length ? `, and ${dict.size - keys.length} more` : '');
}
