/**
 * The catalogue of kernels: every operation by name, and the WGSL that it runs for a case on an adapter, with its numbers filled
 * in. Nothing is run, and no adapter is needed: the operation is recorded on paper.
 */
import { paperGpu, type DeviceTraits, type Gpu, type RunCommand } from '../../gpu/index.ts';
import type { Entry } from './entry.ts';
import { entries } from './operations.ts';
import { prettyWgsl } from './pretty.ts';
import { sourceOf } from './sources.ts';

/** Kinds of adapters that kernels are shaped for; their lanes decide between algorithms. */
export const adapters = {
  gpu: { software: false, subgroupSize: 32 },
  lavapipe: { software: true, subgroupSize: 8 },
  swiftshader: { software: true, subgroupSize: 4 },
} as const satisfies Readonly<Record<string, DeviceTraits>>;

export type AdapterKind = keyof typeof adapters;

export interface Query {
  /** An operation's name, or a part that only its name has: `conv2d.forward`, `relu`. */
  readonly name: string;
  /** One of the operation's cases; its first by default. */
  readonly case?: string | undefined;
  readonly algorithm?: string | undefined;
  readonly adapter: AdapterKind;
}

/** A kernel as it would be dispatched. */
export interface ExpandedKernel {
  readonly name: string;
  /** The file that it is written in, from the project's folder. */
  readonly source: string | undefined;
  readonly wgsl: string;
  readonly workgroupSize: readonly number[];
  /** Workgroups along each axis. */
  readonly grid: readonly number[];
  readonly bindings: readonly {
    readonly name: string;
    readonly access: 'read' | 'write';
    readonly element: string;
    readonly bytes: number;
  }[];
  readonly params: readonly { readonly name: string; readonly type: string; readonly value: number }[];
}

export interface Expansion {
  readonly name: string;
  readonly about: string;
  readonly case: string;
  readonly cases: readonly string[];
  /** What computes it, and what else could; undefined and empty if there is no choice. */
  readonly algorithm: string | undefined;
  readonly algorithms: readonly string[];
  /** In the order in which they run, each once. */
  readonly kernels: readonly ExpandedKernel[];
}

/** The catalogue has no such thing; `choices` are what it has instead. */
export class CatalogueError extends Error {
  override readonly name = 'CatalogueError';

  constructor(
    message: string,
    readonly choices: readonly string[],
  ) {
    super(message);
  }
}

/** The names of all operations, with what they compute. */
export const operations: readonly Pick<Entry, 'name' | 'about'>[] = entries;

/** The kernels that an operation runs. Throws `CatalogueError` for a name, a case or an algorithm that is not there. */
export function expand(query: Query): Expansion {
  const entry = entryNamed(query.name);
  const gpu = paperGpu(adapters[query.adapter]);
  const [first = ''] = entry.cases;
  const wanted = query.case ?? first;
  if (!entry.cases.includes(wanted))
    throw new CatalogueError(`${entry.name} has no case "${wanted}".`, entry.cases);
  const algorithms = entry.algorithms?.(gpu, wanted) ?? [];
  const algorithm = query.algorithm ?? algorithms[0];
  if (algorithm !== undefined && !algorithms.includes(algorithm))
    throw new CatalogueError(
      `${entry.name} has no algorithm "${algorithm}" for the case ${wanted} on this adapter.`,
      algorithms,
    );
  const runs = recorded(gpu, entry, wanted, algorithm);
  const { name, about, cases } = entry;
  return {
    name,
    about,
    case: wanted,
    cases,
    algorithm,
    algorithms,
    kernels: eachOnce(runs).map(expandedRun),
  };
}

/** What a case does not allow on this adapter becomes a `CatalogueError`, whoever finds it. */
function recorded(gpu: Gpu, entry: Entry, wanted: string, algorithm: string | undefined): RunCommand[] {
  try {
    return gpu.rehearseRuns(() => entry.record(gpu, wanted, algorithm));
  } catch (error) {
    if (error instanceof RangeError) throw new CatalogueError(`${entry.name}: ${error.message}`, []);
    throw error;
  }
}

function entryNamed(name: string): Entry {
  const exact = entries.find((entry) => entry.name === name);
  if (exact) return exact;
  const last = entries.filter((entry) => entry.name.endsWith(`.${name}`));
  const alike = last.length > 0 ? last : entries.filter((entry) => entry.name.includes(name));
  const [only] = alike;
  if (only && alike.length === 1) return only;
  if (only) throw new CatalogueError(`"${name}" matches several kernels.`, names(alike));
  throw new CatalogueError(`There is no kernel "${name}".`, names(entries));
}

const names = (of: readonly Entry[]): string[] => of.map(({ name }) => name);

const eachOnce = (runs: readonly RunCommand[]): RunCommand[] =>
  [...new Map([...runs].reverse().map((run) => [run.kernel, run])).values()].reverse();

/** A kernel as a recorded run dispatches it. */
export function expandedRun({ kernel, storages, params, grid }: RunCommand): ExpandedKernel {
  return {
    name: kernel.name,
    source: sourceOf(kernel.name),
    wgsl: prettyWgsl(kernel.code),
    workgroupSize: sides(kernel.workgroupSize),
    grid: sides(grid),
    bindings: kernel.bindings.map(([name, { access, element }], i) => ({
      ...{ name, access, element },
      bytes: storages[i]?.bytes ?? 0,
    })),
    params: kernel.params.map(([name, type], i) => ({ name, type, value: params[i] ?? NaN })),
  };
}

const sides = ([x, y = 1, z = 1]: readonly [number, number?, number?]): readonly number[] => [x, y, z];
