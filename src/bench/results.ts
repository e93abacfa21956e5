// The JSON file of a run: all samples, with all that is needed to judge them later, and its reader, which trusts nothing that it
// finds. A report of a GPU (report.ts) is such a file of a longer run. Files stay readable: fields may be added, and whoever changes what
// one means raises `VERSION`.
import type { AdapterFacts } from './adapter.ts';
import type { Grain, Row } from './benchmark.ts';
import { faultOf, MOST_BYTES } from './damage.ts';
import { BenchError } from './errors.ts';
import type { LostRow } from './measure.ts';
import type { Ceilings } from './roofline.ts';

const FORMAT = 'graft-bench';
export const VERSION = 1;

/** Where and when a run was. It names no person, folder or serial number: files are shown to others. */
export interface Circumstances {
  /** ISO 8601. */
  readonly date: string;
  readonly graft: string;
  /** Git's name of the code, where it is a checkout; with `+` where files were changed. */
  readonly revision?: string;
  /** Where the code ran: the version of Node, or the browser with its own. */
  readonly node?: string;
  readonly browser?: string;
  /** The operating system with its version and the processor's architecture, as far as they are told. */
  readonly system?: string;
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
  } & Partial<AdapterFacts>;
}

/** The PyTorch that was measured in the same rounds. */
export interface TorchFacts {
  readonly version: string;
  readonly kind: 'cuda' | 'rocm' | 'mps' | 'xpu' | 'cpu';
  /** The card's name; empty for a CPU. */
  readonly device: string;
  /** Such as `CUDA 12.4`; empty for a CPU. */
  readonly runtime: string;
  /** Of the CPU. */
  readonly threads: number;
}

export interface Results extends Circumstances {
  readonly ceilings: Ceilings;
  /** The ceilings once more, after everything else: how much the machine itself moved. */
  readonly ceilingsAfter?: Ceilings;
  readonly rows: readonly Row[];
  /** Whether all rows of a report were measured, at its own sizes. */
  readonly report?: 'whole' | 'part';
  /** How who measured wants to be named; absent unless asked for. */
  readonly by?: string;
  readonly torch?: TorchFacts;
  /** Rows for which there was no room, or which failed. */
  readonly lost?: readonly LostRow[];
}

/** `Node 20.11.0`, `Chrome 147`. */
export const placeOf = ({ node, browser }: Circumstances): string =>
  browser ?? (node === undefined ? 'an unknown place' : `Node ${node}`);

/** A row stands on a line of its own: a file is read by people before it is sent. */
export function encodeResults({ rows, ...rest }: Results): string {
  const head = JSON.stringify({ format: FORMAT, version: VERSION, ...rest }, rounded, 1).slice(0, -2);
  return `${head},\n "rows": [\n${rows.map((row) => `  ${JSON.stringify(row, rounded)}`).join(',\n')}\n ]\n}\n`;
}

/** Twelve digits are more than any clock has; what is rounded from them to three is as it was. */
const rounded = (_name: string, value: unknown): unknown =>
  typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(12)) : value;

/** Reads what `encodeResults` wrote; `source` names the file. Throws `BenchError` that says what is wrong with it. */
export function decodeResults(text: string, source: string): Results {
  const fail = (why: string): never => {
    throw new BenchError('no-results', `${source}: ${why}`);
  };
  if (text.length > MOST_BYTES) return fail(`it is larger than ${MOST_BYTES / 1e6} MB.`);
  let file: unknown;
  try {
    file = JSON.parse(text);
  } catch (error) {
    return fail(`this is no JSON (${error instanceof Error ? error.message : String(error)})`);
  }
  if (!isRecord(file) || file['format'] !== FORMAT) return fail('this is not a benchmark file.');
  if (file['version'] !== VERSION)
    return fail(
      `it has version ${String(file['version']).slice(0, 20)}, but this graft reads version ${VERSION}.`,
    );
  const fault = faultOf(file);
  if (fault !== undefined) return fail(`${fault}.`);
  return file as unknown as Results; // all that is relied on was checked
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
