// What is wrong with a file of benchmarks that somebody else has written: every field that graft reads is held against what it may be,
// and nothing in it may be longer than such a thing can be.
type Fields = Readonly<Record<string, unknown>>;
/** What is wrong with the value of a field: `shape is no text`; undefined where nothing is. */
type Check = (value: unknown, name: string) => string | undefined;

/** A run of a thousand rounds has less. Bytes. */
export const MOST_BYTES = 32e6;
const MOST_TEXT = 400;
const MOST_ROWS = 5000;
const MOST_SAMPLES = 1000;
const MOST_ENTRIES = 200;

/** What is wrong with a file that has the right format and version; undefined where nothing is. */
export function faultOf(file: Fields): string | undefined {
  const missing = ['date', 'graft', 'cpu'].filter((name) => typeof file[name] !== 'string');
  if (missing.length > 0) return `it lacks ${missing.join(', ')}`;
  if (![file['node'], file['browser']].some((place) => typeof place === 'string'))
    return 'it lacks node or browser';
  if (!isRecord(file['adapter']) || typeof file['adapter']['name'] !== 'string') return 'it names no adapter';
  for (const name of ['ceilings', 'ceilingsAfter'])
    if (!(areCeilings(file[name]) || (name === 'ceilingsAfter' && file[name] === undefined)))
      return `its ${name} are damaged`;
  if (!Array.isArray(file['rows'])) return 'it has no rows';
  if (file['rows'].length > MOST_ROWS) return `it has more than ${MOST_ROWS} rows`;
  const fault = firstFault(file, FILE);
  if (fault !== undefined) return `its ${fault}`;
  for (const [i, row] of file['rows'].entries()) {
    const why = isRecord(row) ? firstFault(row, ROW) : undefined;
    if (!isRecord(row)) return `row ${i + 1}: it is not an object`;
    if (why !== undefined) return `row ${i + 1}: its ${why}`;
  }
  return undefined;
}

const isRecord = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isCount = (value: unknown): value is number =>
  typeof value === 'number' && Number.isFinite(value) && value >= 0;

const isPositive = (value: unknown): value is number => isCount(value) && value > 0;

/** The name of the first field that is not what it should be, and why. */
function firstFault(fields: Fields, checks: Readonly<Record<string, Check>>): string | undefined {
  for (const [name, check] of Object.entries(checks)) {
    const why = check(fields[name], name);
    if (why !== undefined) return why;
  }
  return undefined;
}

const text: Check = (value, name) => {
  if (typeof value !== 'string') return `${name} is no text`;
  return value.length > MOST_TEXT ? `${name} is too long` : undefined;
};

const when =
  (isRight: (value: unknown) => boolean): Check =>
  (value, name) =>
    isRight(value) ? undefined : `${name} is damaged`;

const date = when((value) => typeof value === 'string' && /^\d{4}-\d\d-\d\dT[\d:.]{5,12}Z$/.test(value));

const maybe =
  (check: Check): Check =>
  (value, name) =>
    value === undefined ? undefined : check(value, name);

const object = (checks: Readonly<Record<string, Check>>): Check =>
  when((value) => isRecord(value) && firstFault(value, checks) === undefined);

const list = (check: Check, most: number): Check =>
  when(
    (value) =>
      Array.isArray(value) && value.length <= most && value.every((one) => check(one, '') === undefined),
  );

const count = when(isCount);
const positive = when(isPositive);
const flag = when((value) => typeof value === 'boolean');
const oneOf = (...words: readonly string[]): Check => when((value) => words.includes(value as string));

function areCeilings(value: unknown): boolean {
  if (!isRecord(value) || !isPositive(value['gflops'])) return false;
  const copies = list(object({ bytes: positive, gbps: positive }), MOST_ENTRIES);
  return copies(value['copies'], 'copies') === undefined && (value['copies'] as unknown[]).length > 0;
}

/** Times in milliseconds. A processor's may be 0, the wall's may not. */
const times: Check = (value, name) =>
  Array.isArray(value) &&
  value.length > 0 &&
  value.length <= MOST_SAMPLES &&
  value.every((ms) => isPositive(ms) || (name !== 'wall' && ms === 0))
    ? undefined
    : `times "${name}" are damaged`;

const ROW = {
  operation: text,
  shape: text,
  variant: text,
  group: text,
  asked: maybe(text),
  wall: times,
  host: maybe(times),
  gpu: maybe(times),
  cpu: maybe(times),
  work: maybe(object({ flops: count, bytes: count })),
  images: maybe(positive),
  lesson: maybe(text),
  firstCall: maybe(positive),
  facts: maybe(
    object({
      ...{ dispatches: count, submissions: count, bytesBetween: count, bytesPeak: count },
      needed: object({ parameters: count, optimizer: count, activations: count, passing: count }),
    }),
  ),
};

const lanes: Check = when((value) => Array.isArray(value) && value.length === 2 && value.every(isPositive));
const limits: Check = when(
  (value) =>
    isRecord(value) && Object.keys(value).length <= MOST_ENTRIES && Object.values(value).every(isCount),
);
const matrix = object({
  ...{ componentType: text, resultComponentType: text },
  M: count,
  N: count,
  K: count,
});

const FILE = {
  date,
  graft: text,
  revision: maybe(text),
  node: maybe(text),
  browser: maybe(text),
  system: maybe(text),
  cpu: text,
  cpus: count,
  grain: maybe(object({ wall: count, gpu: maybe(count) })),
  adapter: object({
    ...{ name: text, kind: text, driver: text, vendor: text, architecture: text },
    ...{ backend: maybe(text), software: maybe(flag), features: maybe(list(text, MOST_ENTRIES)) },
    ...{ subgroups: maybe(lanes), limits: maybe(limits), matrices: maybe(list(matrix, MOST_ENTRIES)) },
  }),
  report: maybe(oneOf('whole', 'part')),
  by: maybe(text),
  torch: maybe(
    object({
      ...{ version: text, kind: oneOf('cuda', 'rocm', 'mps', 'xpu', 'cpu') },
      ...{ device: text, runtime: text, threads: positive },
    }),
  ),
  lost: maybe(list(object({ row: text, why: oneOf('memory', 'failed') }), MOST_ROWS)),
};
