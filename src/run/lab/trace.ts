/** What a traced run of kernels wrote down, put in words that a page can show. */
import { GpuError, type Gpu, type Kernel, type RunCommand, type Storage } from '../../gpu/index.ts';
import { HEAD, instrument, notebookBytes, PER_ACCESS, type Access, type Instrumented } from './instrument.ts';
import { MOST_TURNS } from './loops.ts';
import { NOTES } from './text.ts';

/** An access that went past the end of its binding: a browser reads another element then, and writes another one or none. */
export interface OutOfBounds extends Access {
  /** How many threads did so there, before they did anywhere else. */
  readonly count: number;
  /** One of the indices, and how many elements there are. */
  readonly index: number;
  readonly length: number;
}

/** Who wrote what: for each element the thread that wrote it last. */
export interface Owners {
  readonly binding: string;
  /** Floats of an element: 4 where it is a `vec4f`. */
  readonly width: number;
  /** 0 where no thread did; else the workgroup's number times 1024, plus the thread's in it, plus 1. */
  readonly threads: Uint32Array;
  /** The shape of the operation's result, where this is one. */
  readonly shape: readonly number[] | undefined;
}

export interface Trace {
  readonly kernel: string;
  /** The line of a loop that was left, since it went round more than a million times. */
  readonly endless: number | undefined;
  readonly outOfBounds: readonly OutOfBounds[];
  /** How often a thread wrote an element that another one had written, and one such element. */
  readonly contested: { readonly count: number; readonly index: number };
  readonly owners: Owners | undefined;
}

export { MOST_TURNS };

interface Traced {
  readonly name: string;
  readonly instrumented: Instrumented;
  readonly run: RunCommand;
  /** Of the first dispatch, and of all others. */
  readonly notebooks: readonly [Storage, Storage];
  dispatches: number;
}

/** Runs some kernels with a notebook each. */
export class Tracer {
  private constructor(
    private readonly gpu: Gpu,
    private readonly traced: readonly Traced[],
  ) {}

  /** For kernels with these texts, as they are dispatched in `runs`. Undefined where one of them cannot be traced. */
  static open(gpu: Gpu, runs: readonly RunCommand[], texts: ReadonlyMap<string, string>): Tracer | undefined {
    const found: Omit<Traced, 'notebooks'>[] = [];
    for (const [name, text] of texts) {
      const run = runs.find(({ kernel }) => kernel.name === name);
      const instrumented = run && instrument(run.kernel, text, (binding) => elementsOf(run, binding));
      if (!instrumented || instrumented.kernel.bindings.length > gpu.maxStorages) return undefined;
      found.push({ name, instrumented, run, dispatches: 0 });
    }
    const traced = found.map((one) => {
      const bytes = notebookBytes(one.instrumented);
      const notebook = () => gpu.persistent(bytes, 'notes of a trace');
      return { ...one, notebooks: [notebook(), notebook()] as const };
    });
    return new Tracer(gpu, traced);
  }

  /** The texts that run, which may not compile although those that they are made from do. */
  get kernels(): readonly Kernel[] {
    return this.traced.map(({ instrumented }) => instrumented.kernel);
  }

  /** Records a run with its notebook, if the kernel is one of those that are traced. */
  run(...[kernel, bindings, params, grid]: Parameters<Gpu['run']>): boolean {
    const found = this.traced.find(({ name }) => name === kernel.name);
    if (!found) return false;
    const [first, others] = found.notebooks;
    const notes = found.dispatches === 0 ? first : others;
    found.dispatches += 1;
    this.gpu.run(found.instrumented.kernel, { ...bindings, [NOTES]: notes }, params, grid);
    return true;
  }

  /** Records a run of all that `record` does, with empty notebooks, and reads them. Rejects with `GpuError`. */
  async trace(record: () => void): Promise<Trace[]> {
    const { gpu, traced } = this;
    const notes = await gpu.scope(() => {
      for (const one of traced) {
        one.dispatches = 0;
        for (const notebook of one.notebooks) gpu.clear(notebook);
      }
      record();
      return Promise.all(traced.flatMap(({ notebooks }) => notebooks.map((notebook) => gpu.read(notebook))));
    });
    return traced.map((one, i) => traceOf(one, wordsOf(notes[2 * i]), wordsOf(notes[2 * i + 1])));
  }

  close(): void {
    for (const { notebooks } of this.traced) for (const notebook of notebooks) this.gpu.release(notebook);
  }
}

const wordsOf = (floats: Float32Array<ArrayBuffer> | undefined): Uint32Array =>
  new Uint32Array(floats?.buffer ?? new ArrayBuffer(0));

function traceOf({ name, instrumented, run }: Traced, first: Uint32Array, others: Uint32Array): Trace {
  const { accesses, loops, owned, ownedElements } = instrumented;
  const loop = (first[0] ?? 0) || (others[0] ?? 0);
  const outOfBounds = accesses.flatMap((access, i): OutOfBounds[] => {
    const [count = 0, index = 0] = first.subarray(HEAD + PER_ACCESS * i);
    return count > 0 ? [{ ...access, count, index, length: elementsOf(run, access.binding) }] : [];
  });
  const notes = HEAD + PER_ACCESS * accesses.length;
  const threads = first.slice(notes, notes + ownedElements);
  return {
    kernel: name,
    endless: loop > 0 ? loops[loop - 1] : undefined,
    outOfBounds,
    contested: { count: first[1] ?? 0, index: first[2] ?? 0 },
    owners:
      owned === undefined
        ? undefined
        : { binding: owned, width: widthOf(elementOf(run, owned)), threads, shape: undefined },
  };
}

const placeOf = ({ kernel }: RunCommand, binding: string): number =>
  kernel.bindings.findIndex(([name]) => name === binding);

const elementOf = (run: RunCommand, binding: string): string =>
  run.kernel.bindings[placeOf(run, binding)]?.[1].element ?? '';

/** The storage that a run has bound there. Throws `GpuError` where there is none. */
export function boundTo(run: RunCommand, binding: string): Storage {
  const storage = run.storages[placeOf(run, binding)];
  if (!storage) throw new GpuError(`${run.kernel.name} has no binding "${binding}".`);
  return storage;
}

/** How many elements of its type a binding has. */
function elementsOf(run: RunCommand, binding: string): number {
  const element = elementOf(run, binding);
  const width = widthOf(element) === 3 ? 4 : widthOf(element); // a vec3 takes the place of four
  const bytes = /f16|h$/.test(element) ? 2 : 4;
  return Math.floor(boundTo(run, binding).bytes / (bytes * width));
}

/** Numbers of an element: `vec4f`, `vec2<f16>`, `f32`. */
const widthOf = (element: string): number => Number(/^vec(\d)/.exec(element)?.[1] ?? 1);
