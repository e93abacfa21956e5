/**
 * A workbench: an operation at some sizes on an adapter, with inputs in place, on which kernels may be run in other words than the engine's.
 * A kernel whose text is replaced runs where the operation dispatches it, with the same bindings, parameters and grid; all others run as
 * they are. What comes of it is a judgement, never an exception, unless the device itself is lost.
 */
import {
  DeviceLostError,
  GpuError,
  GpuValidationError,
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
  type StorageOf,
  type Values,
} from './operation.ts';
import { labOperation } from './operations/index.ts';
import { compilerMessages } from './compiler.ts';
import type { Edits, JudgeOptions, Judgement, Stage, Trial } from './judgement.ts';
import { boundTo, Tracer, type Owners, type Trace } from './trace.ts';

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
      gpu.rehearseRuns(() => this.recordOn(gpu, (name) => gpu.temporary(this.bytesOf(name), name))),
    );
  }

  /** Runs the operation once and says whether its results are right. Rejects with `DeviceLostError`, and with `GpuOutOfMemoryError`. */
  async judge(
    edits: Edits = {},
    { look = [], tell = () => undefined }: JudgeOptions = {},
  ): Promise<Judgement> {
    tell('compiling');
    for (const [kernel, text] of Object.entries(edits)) {
      const messages = await compilerMessages(this.gpu, text);
      if (messages.some(({ kind }) => kind === 'error'))
        return { kind: 'does-not-compile', kernel, messages };
    }
    try {
      await this.open();
      const gpu = this.altered(edits);
      // Before it is traced: what the adapter refuses is to be told of the text itself.
      await this.gpu.prepare(() => this.recordOn(gpu));
      const traces = await this.trace(edits, look, tell);
      const endless = traces?.find((one) => one.endless !== undefined);
      if (endless?.endless !== undefined)
        return { kind: 'endless', kernel: endless.kernel, line: endless.endless };
      const outputs = await this.compared(gpu, tell);
      const isRight = outputs.every(({ wrong }) => wrong === 0);
      return { kind: isRight ? 'right' : 'wrong', outputs, traces };
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

  /** A run in which kernels take notes. Undefined where one of the changed ones cannot. */
  private async trace(
    edits: Edits,
    look: readonly string[],
    tell: (stage: Stage) => void,
  ): Promise<readonly Trace[] | undefined> {
    const texts = new Map<string, string>();
    for (const { kernel } of this.runs) {
      const text = textOf(kernel, edits);
      if (text !== kernel.code || look.includes(kernel.name)) texts.set(kernel.name, text);
    }
    if (texts.size === 0) return [];
    const tracer = Tracer.open(this.gpu, this.runs, texts);
    if (!tracer) return undefined;
    try {
      for (const { code } of tracer.kernels)
        if ((await compilerMessages(this.gpu, code)).some(({ kind }) => kind === 'error')) return undefined;
      const gpu = this.altered(edits, tracer);
      await this.gpu.prepare(() => this.recordOn(gpu));
      tell('running');
      const traces = await tracer.trace(() => {
        this.reset();
        this.recordOn(gpu);
      });
      return traces.map((one) => ({ ...one, owners: one.owners && this.shaped(one.kernel, one.owners) }));
    } catch (error) {
      // A traced kernel needs somewhat more than the kernel: a binding, a word of workgroup memory.
      if (error instanceof GpuValidationError) return undefined;
      throw error;
    } finally {
      tracer.close();
    }
  }

  /** With the shape of the result that the binding is, where it is one and whole. */
  private shaped(kernel: string, owners: Owners): Owners {
    const run = this.runs.find((one) => one.kernel.name === kernel);
    if (!run) return owners;
    const { allocation, bytes } = boundTo(run, owners.binding);
    const shape = this.tensors.outputs[allocation.label];
    return { ...owners, shape: shape && bytes === 4 * elementsOf(shape) ? shape : undefined };
  }

  /** The engine, which runs other texts for some kernels, or lets them take notes. */
  private altered(edits: Edits, tracer?: Tracer): Gpu {
    const { gpu } = this;
    const run: Gpu['run'] = (kernel, bindings, params, grid) => {
      if (tracer?.run(kernel, bindings, params, grid)) return;
      gpu.run(this.replaced(kernel, edits), bindings, params, grid);
    };
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
    const code = textOf(kernel, edits);
    if (code === kernel.code) return kernel;
    const key = `${kernel.name}\n${code}`;
    const known = this.made.get(key) ?? { ...kernel, code };
    this.made.set(key, known);
    return known as Kernel<B, P>; // made from one of this type: its bindings and parameters are the same
  }

  private recordOn(gpu: Gpu, of: StorageOf = (name) => this.storage(name)): void {
    this.operation.record(gpu, of, this.trial.sizes, this.algorithm);
  }

  /** Puts back what runs change, and marks what they are to write. */
  private reset(): void {
    const { inputs, outputs } = this.tensors;
    const values = this.draw();
    for (const [name, shape] of Object.entries(outputs)) {
      const before = Object.hasOwn(inputs, name) ? values[name] : undefined;
      this.gpu.write(this.storage(name), before ?? new Uint32Array(elementsOf(shape)).fill(UNWRITTEN));
    }
  }

  private async compared(gpu: Gpu, tell: (stage: Stage) => void): Promise<OutputJudgement[]> {
    tell('running');
    const outputs = Object.entries(this.tensors.outputs);
    const found = await this.gpu.scope(() => {
      this.reset();
      this.recordOn(gpu);
      return Promise.all(outputs.map(([name]) => this.gpu.read(this.storage(name))));
    });
    tell('comparing');
    const expected = (this.expected ??= this.expect());
    const tolerance = this.operation.tolerance(this.trial.sizes, this.algorithm);
    return outputs.map(([name, shape], i) =>
      compare(name, shape, found[i] ?? new Float32Array(), expected[name] ?? { values: [] }, tolerance),
    );
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

/** The text that a kernel is to run with. */
const textOf = ({ name, code }: Kernel, edits: Edits): string =>
  (Object.hasOwn(edits, name) ? edits[name] : undefined) ?? code;

/** Indices spread over all of a tensor, its two ends among them, where mistakes at edges show. */
function sample(elements: number): number[] {
  if (elements <= SAMPLE) return Array.from({ length: elements }, (_, i) => i);
  const random = createRandom(0x5a);
  const ends = Array.from({ length: 64 }, (_, i) => [i, elements - 1 - i]).flat();
  const within = Array.from({ length: SAMPLE - ends.length }, () => random.below(elements));
  return [...new Set([...ends, ...within])].sort((a, b) => a - b);
}
