/**
 * A workbench: an operation at some sizes on an adapter, with inputs in place, on which kernels may be run in other words than the engine's.
 * A kernel whose text is replaced runs where the operation dispatches it, with the same bindings, parameters and grid; all others run as
 * they are. What comes of it is a judgement, never an exception, unless the device itself is lost.
 */
import {
  DeviceLostError,
  GpuError,
  type Gpu,
  type Kernel,
  type RunCommand,
  type Storage,
} from '../../gpu/index.ts';
import { messageOf } from '../../format.ts';
import { createRandom } from '../../random.ts';
import { compare, UNWRITTEN, type Expected, type OutputJudgement } from './compare.ts';
import {
  checkSizes,
  elementsOf,
  type Given,
  type LabOperation,
  type Sizes,
  type StorageOf,
  type Values,
} from './operation.ts';
import { labOperation } from './operations/index.ts';

/** What is tried. */
export interface Trial {
  /** As the catalogue has it: `conv2d.forward`. */
  readonly operation: string;
  readonly sizes: Sizes;
  /** The rule's choice by default. */
  readonly algorithm?: string | undefined;
}

/** Texts that kernels run with, by the kernels' names. */
export type Edits = Readonly<Record<string, string>>;

/** What a compiler says about a place in a text. */
export interface CompilerMessage {
  readonly kind: 'error' | 'warning' | 'info';
  readonly text: string;
  /** From 1 on; 0 where it is about the whole. */
  readonly line: number;
  /** In UTF-16 code units from 1 on. */
  readonly column: number;
  readonly length: number;
}

export type Judgement =
  /** A text is no WGSL that this browser compiles. */
  | {
      readonly kind: 'does-not-compile';
      readonly kernel: string;
      readonly messages: readonly CompilerMessage[];
    }
  /** It is WGSL, and the adapter does not take it: too much workgroup memory, other bindings, … */
  | { readonly kind: 'refused'; readonly why: string }
  | { readonly kind: 'wrong' | 'right'; readonly outputs: readonly OutputJudgement[] };

/** What a judgement is at: the compiler, the GPU, plain loops; and what a race is at. */
export type Stage = 'compiling' | 'running' | 'comparing' | 'timing';

/** Where plain loops would take more multiplications than this, a sample is compared. */
const WHOLE_FLOPS = 1e8;
const SAMPLE = 4096;

export class Workbench {
  readonly operation: LabOperation;
  readonly algorithm: string | undefined;
  /** The kernels that the operation runs, in their order, each once, with what it first runs on. */
  readonly runs: readonly RunCommand[];
  private readonly storages = new Map<string, Storage>();
  private values: Values | undefined;
  private expected: Readonly<Record<string, Expected>> | undefined;
  private readonly made = new Map<string, Kernel>();

  /** Nothing is run or drawn yet. Throws `RangeError` for an operation, sizes or an algorithm that there are not. */
  constructor(
    private readonly gpu: Gpu,
    readonly trial: Trial,
  ) {
    const { sizes } = trial;
    this.operation = labOperation(trial.operation);
    checkSizes(this.operation, sizes);
    const algorithms = this.operation.algorithms(gpu, sizes);
    this.algorithm = trial.algorithm ?? algorithms[0];
    if (this.algorithm !== undefined && !algorithms.includes(this.algorithm))
      throw new RangeError(
        `The algorithm "${this.algorithm}" does not suit these sizes on this adapter: ${algorithms.join(', ') || 'there is one way only'}.`,
      );
    this.runs = eachOnce(
      gpu.rehearseRuns(() => this.recordOn(gpu, (name) => gpu.temporary(this.bytesOf(name)))),
    );
  }

  /** Runs the operation once and says whether its results are right. Rejects with `DeviceLostError`, and with `GpuOutOfMemoryError`. */
  async judge(edits: Edits = {}, tell: (stage: Stage) => void = () => undefined): Promise<Judgement> {
    tell('compiling');
    for (const [kernel, text] of Object.entries(edits)) {
      const messages = await compilerMessages(this.gpu, text);
      if (messages.some(({ kind }) => kind === 'error'))
        return { kind: 'does-not-compile', kernel, messages };
    }
    try {
      await this.open();
      const gpu = this.altered(edits);
      await this.gpu.prepare(() => this.recordOn(gpu));
      return await this.compared(gpu, tell);
    } catch (error) {
      if (!(error instanceof GpuError) || error instanceof DeviceLostError) throw error;
      return { kind: 'refused', why: messageOf(error) };
    }
  }

  /** What records one call, for timing: the inputs are in place, the text has been judged. */
  recorder(edits: Edits = {}): () => void {
    const gpu = this.altered(edits);
    return () => this.recordOn(gpu);
  }

  /** Some of the memory that the operation writes, to wait for. */
  get written(): Storage {
    const [name = ''] = Object.keys(this.tensors.outputs);
    return this.storage(name);
  }

  /** Puts the inputs where kernels find them, the first time; later calls do nothing. */
  async open(): Promise<void> {
    if (this.storages.size > 0) return;
    const { gpu, operation, trial } = this;
    const { inputs, outputs, scratch = {} } = this.tensors;
    const values = this.draw();
    for (const name of new Set([...Object.keys(inputs), ...Object.keys(outputs), ...Object.keys(scratch)]))
      this.storages.set(name, gpu.persistent(this.bytesOf(name), name));
    await gpu.scope(() => {
      for (const [name, data] of Object.entries(values)) gpu.write(this.storage(name), data);
      operation.prepare?.(gpu, (name) => this.storage(name), trial.sizes);
    });
  }

  close(): void {
    for (const storage of this.storages.values()) this.gpu.release(storage);
    this.storages.clear();
  }

  private get tensors() {
    return this.operation.tensors(this.trial.sizes);
  }

  /** The engine, which runs other texts for some kernels. */
  private altered(edits: Edits): Gpu {
    const { gpu } = this;
    const run: Gpu['run'] = (kernel, bindings, params, grid) =>
      gpu.run(this.replaced(kernel, edits), bindings, params, grid);
    return new Proxy(gpu, {
      get(target, key) {
        if (key === 'run') return run;
        const value: unknown = Reflect.get(target, key, target);
        return typeof value === 'function' ? (value.bind(target) as unknown) : value;
      },
    });
  }

  /** The kernel with another text; the same object for the same text, by which the engine knows what it has compiled. */
  private replaced<B extends string, P extends string>(kernel: Kernel<B, P>, edits: Edits): Kernel<B, P> {
    const code = Object.hasOwn(edits, kernel.name) ? edits[kernel.name] : undefined;
    if (code === undefined || code === kernel.code) return kernel;
    const key = `${kernel.name}\n${code}`;
    const known = this.made.get(key) ?? { ...kernel, code };
    this.made.set(key, known);
    return known as Kernel<B, P>; // made from one of this type: its bindings and parameters are the same
  }

  private recordOn(gpu: Gpu, of: StorageOf = (name) => this.storage(name)): void {
    this.operation.record(gpu, of, this.trial.sizes, this.algorithm);
  }

  private async compared(gpu: Gpu, tell: (stage: Stage) => void): Promise<Judgement> {
    tell('running');
    const { inputs, outputs } = this.tensors;
    const values = this.draw();
    const names = Object.keys(outputs);
    const found = await this.gpu.scope(() => {
      for (const name of names) {
        const before = Object.hasOwn(inputs, name) ? values[name] : undefined;
        this.gpu.write(this.storage(name), before ?? unwritten(elementsOf(outputs[name] ?? [])));
      }
      this.recordOn(gpu);
      return Promise.all(names.map((name) => this.gpu.read(this.storage(name))));
    });
    tell('comparing');
    const expected = (this.expected ??= this.expect());
    const tolerance = this.operation.tolerance(this.trial.sizes, this.algorithm);
    const judged = names.map((name, i) =>
      compare(
        name,
        outputs[name] ?? [],
        found[i] ?? new Float32Array(),
        expected[name] ?? { values: [] },
        tolerance,
      ),
    );
    return { kind: judged.every(({ wrong }) => wrong === 0) ? 'right' : 'wrong', outputs: judged };
  }

  /** The inputs, the same at every call and everywhere. */
  private draw(): Values {
    const random = createRandom(0x1ab);
    const made = (given: Given) => {
      const { shape, from = -1, to = 1, data } = given;
      if (data) return data();
      const values = new Float32Array(elementsOf(shape));
      for (let i = 0; i < values.length; i++) values[i] = from + (to - from) * random.uniform();
      return values;
    };
    return (this.values ??= Object.fromEntries(
      Object.entries(this.tensors.inputs).map(([name, given]) => [name, made(given)]),
    ));
  }

  private expect(): Readonly<Record<string, Expected>> {
    const { operation, trial } = this;
    const values = this.draw();
    const { elementAt } = operation;
    const [[name, shape] = ['', []] as const] = Object.entries(this.tensors.outputs);
    if (!elementAt || operation.work(trial.sizes).flops <= WHOLE_FLOPS) {
      const whole = Object.entries(operation.expected(values, trial.sizes));
      return Object.fromEntries(whole.map(([name, values]) => [name, { values }]));
    }
    const indices = sample(elementsOf(shape));
    return { [name]: { indices, values: indices.map((index) => elementAt(values, trial.sizes, index)) } };
  }

  private bytesOf(name: string): number {
    const { inputs, outputs, scratch = {} } = this.tensors;
    const shape = inputs[name]?.shape ?? outputs[name];
    return shape ? 4 * elementsOf(shape) : (scratch[name] ?? 0);
  }

  private storage(name: string): Storage {
    const storage = this.storages.get(name);
    if (!storage) throw new RangeError(`${this.operation.name} has no tensor "${name}".`);
    return storage;
  }
}

const eachOnce = (runs: readonly RunCommand[]): RunCommand[] =>
  [...new Map([...runs].reverse().map((run) => [run.kernel, run])).values()].reverse();

function unwritten(elements: number): Uint32Array {
  return new Uint32Array(elements).fill(UNWRITTEN);
}

/** Indices spread over all of a tensor, its two ends among them, where mistakes at edges show. */
function sample(elements: number): number[] {
  if (elements <= SAMPLE) return Array.from({ length: elements }, (_, i) => i);
  const random = createRandom(0x5a);
  const ends = Array.from({ length: 64 }, (_, i) => [i, elements - 1 - i]).flat();
  const within = Array.from({ length: SAMPLE - ends.length }, () => random.below(elements));
  return [...new Set([...ends, ...within])].sort((a, b) => a - b);
}

/** What the compiler says of a text. */
export async function compilerMessages(gpu: Gpu, code: string): Promise<CompilerMessage[]> {
  const { device } = gpu;
  device.pushErrorScope('validation'); // a faulty text is reported by its messages, and nowhere else
  const module = device.createShaderModule({ code });
  device.popErrorScope().catch(() => undefined); // rejected where the device is lost, which is told elsewhere
  const { messages } = await module.getCompilationInfo();
  return messages.map(({ type, message, lineNum, linePos, length }) => ({
    ...{ kind: type, text: message, line: lineNum, column: linePos, length },
  }));
}
