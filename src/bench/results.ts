// The JSON file of a run: all samples, with all that is needed to judge them later, and its reader, which trusts nothing that it
// finds. Files stay readable: whoever changes what a field means raises `VERSION`.
import type { Grain, Row } from './benchmark.ts';
import { BenchError } from './errors.ts';
import type { Ceilings } from './roofline.ts';

const FORMAT = 'graft-bench';
const VERSION = 1;

/** Where and when a run was. */
export interface Circumstances {
  /** ISO 8601. */
  readonly date: string;
  readonly graft: string;
  /** Git's name of the code, where it is a checkout; with `+` where files were changed. */
  readonly revision?: string;
  /** Where the code ran: the version of Node, or the browser with its own. */
  readonly node?: string;
  readonly browser?: string;
  /** `unknown` where a browser does not tell. */
  readonly cpu: string;
  readonly cpus: number;
  /** How coarse the clocks were, where samples were repeated for it. */
  readonly grain?: Grain;
  readonly adapter: {
    readonly name: string;
    readonly kind: string;
    readonly driver: string;
    readonly vendor: string;
    readonly architecture: string;
  };
}

export interface Results extends Circumstances {
  readonly ceilings: Ceilings;
  /** The ceilings once more, after everything else: how much the machine itself moved. */
  readonly ceilingsAfter?: Ceilings;
  readonly rows: readonly Row[];
}

/** `Node 20.11.0`, `Chrome 147`. */
export const placeOf = ({ node, browser }: Circumstances): string =>
  browser ?? (node === undefined ? 'an unknown place' : `Node ${node}`);

export const encodeResults = (results: Results): string =>
  `${JSON.stringify({ format: FORMAT, version: VERSION, ...results }, null, 1)}\n`;

/** Reads what `encodeResults` wrote; `source` names the file. Throws `BenchError` that says what is wrong with it. */
export function decodeResults(text: string, source: string): Results {
  const fail = (why: string): never => {
    throw new BenchError('no-results', `${source}: ${why}`);
  };
  let file: unknown;
  try {
    file = JSON.parse(text);
  } catch (error) {
    return fail(`this is no JSON (${error instanceof Error ? error.message : String(error)})`);
  }
  if (!isRecord(file) || file['format'] !== FORMAT) return fail('this is not a benchmark file.');
  if (file['version'] !== VERSION)
    return fail(`it has version ${String(file['version'])}, but this graft reads version ${VERSION}.`);
  const missing = CIRCUMSTANCES.filter((name) => typeof file[name] !== 'string');
  if (missing.length > 0) return fail(`it lacks ${missing.join(', ')}.`);
  if (![file['node'], file['browser']].some((place) => typeof place === 'string'))
    return fail('it lacks node or browser.');
  if (!isRecord(file['adapter']) || typeof file['adapter']['name'] !== 'string')
    return fail('it names no adapter.');
  for (const name of ['ceilings', 'ceilingsAfter'])
    if (!(areCeilings(file[name]) || (name === 'ceilingsAfter' && file[name] === undefined)))
      return fail(`its ${name} are damaged.`);
  if (!Array.isArray(file['rows'])) return fail('it has no rows.');
  file['rows'].forEach((row: unknown, i) => {
    const fault = faultOf(row);
    if (fault !== undefined) fail(`row ${i + 1}: ${fault}.`);
  });
  return file as unknown as Results; // all that is relied on was checked
}

const CIRCUMSTANCES = ['date', 'graft', 'cpu'] as const;

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isPositive = (value: unknown): value is number =>
  typeof value === 'number' && Number.isFinite(value) && value > 0;

function areCeilings(value: unknown): value is Ceilings {
  if (!isRecord(value) || !isPositive(value['gflops'])) return false;
  const { copies } = value;
  const isCopy = (copy: unknown) => isRecord(copy) && isPositive(copy['bytes']) && isPositive(copy['gbps']);
  return Array.isArray(copies) && copies.length > 0 && copies.every(isCopy);
}

function faultOf(row: unknown): string | undefined {
  if (!isRecord(row)) return 'it is not an object';
  for (const name of ['operation', 'shape', 'variant', 'group'])
    if (typeof row[name] !== 'string') return `its ${name} is no text`;
  if (row['asked'] !== undefined && typeof row['asked'] !== 'string') return 'its "asked" is no text';
  for (const name of ['wall', 'host', 'gpu', 'cpu']) {
    const samples = row[name];
    if (samples === undefined && name !== 'wall') continue;
    const areTimes =
      Array.isArray(samples) && samples.every((ms) => isPositive(ms) || (name !== 'wall' && ms === 0));
    if (!areTimes || samples.length === 0) return `its times "${name}" are damaged`;
  }
  const { work } = row;
  if (work === undefined) return undefined;
  const isCount = (value: unknown) => value === 0 || isPositive(value);
  return isRecord(work) && isCount(work['flops']) && isCount(work['bytes'])
    ? undefined
    : 'its work is damaged';
}
