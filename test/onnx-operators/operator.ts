/**
 * How an ONNX operator is computed by the engine, and how tensors go there and back. ONNX has images as `[N, C, …]`, the engine
 * as `[N, …, C]`: they are reordered on the host, as weights are when a file is read.
 */
import { reshape, Tensor } from '../../src/autograd/all.ts';
import type { Gpu } from '../../src/gpu/index.ts';
import type { Attribute, OnnxTensor } from './model.ts';

/** One node that is to be computed. */
export interface Call {
  readonly gpu: Gpu;
  /** Undefined where an optional one is left out. */
  readonly inputs: readonly (OnnxTensor | undefined)[];
  readonly attributes: ReadonlyMap<string, Attribute>;
  /** How many outputs are asked for. */
  readonly outputs: number;
}

/** The node's outputs, in order. Throws where the engine cannot say what the node asks for. */
export type Operator = (call: Call) => Promise<readonly OnnxTensor[]>;

/** Input `i` of a call. Throws where it is left out. */
export function input({ inputs }: Call, i: number): OnnxTensor {
  const tensor = inputs[i];
  if (!tensor) throw new Error(`input ${i} is missing`);
  return tensor;
}

export function numberOf({ attributes }: Call, name: string, otherwise: number): number {
  const value = attributes.get(name);
  return typeof value === 'number' ? value : otherwise;
}

export function numbersOf({ attributes }: Call, name: string): readonly number[] | undefined {
  const value = attributes.get(name);
  return Array.isArray(value) ? (value as readonly number[]) : undefined;
}

export function textOf({ attributes }: Call, name: string, otherwise: string): string {
  const value = attributes.get(name);
  return typeof value === 'string' ? value : otherwise;
}

export const sizeOf = (shape: readonly number[]): number =>
  shape.reduce((product, side) => product * side, 1);

export const f32 = (shape: readonly number[], values: Iterable<number>): OnnxTensor => ({
  type: 'f32',
  shape,
  values: Float64Array.from(values),
});

/** The tensor on the GPU, in ONNX's order; what is f64 is rounded. Throws for whole numbers: the engine computes in f32. */
export function upload(gpu: Gpu, { type, shape, values }: OnnxTensor): Tensor {
  if (type !== 'f32' && type !== 'f64') throw new Error(`the engine computes in f32, not in ${type}`);
  return new Tensor(gpu, shape, gpu.upload(Float32Array.from(values)));
}

/** What `compute` makes of the tensors given, read back in ONNX's order. */
export async function computed(gpu: Gpu, compute: () => Tensor): Promise<OnnxTensor> {
  let shape: readonly number[] = [];
  const values = await gpu.scope(() => {
    const result = compute();
    shape = result.shape;
    return result.read();
  });
  return f32(shape, values);
}

/** An operator on tensors of any shape, all of whose inputs are tensors. */
export const onTensors =
  (operation: (inputs: readonly Tensor[]) => Tensor): Operator =>
  async (call) => [
    await computed(call.gpu, () => operation(call.inputs.map((_, i) => upload(call.gpu, input(call, i))))),
  ];

/** An operator that only gives its first input another shape. */
export const reshaped =
  (shapeOf: (shape: readonly number[], call: Call) => readonly number[]): Operator =>
  async (call) => {
    const x = input(call, 0);
    return [await computed(call.gpu, () => reshape(upload(call.gpu, x), shapeOf(x.shape, call)))];
  };

/** The axes in another order: axis i of the result is axis `order[i]` of the tensor. */
export function transposed({ type, shape, values }: OnnxTensor, order: readonly number[]): OnnxTensor {
  const strides = shape.map((_, axis) => sizeOf(shape.slice(axis + 1)));
  const to = order.map((axis) => shape[axis]!); // an order of the axes that there are
  const from = order.map((axis) => strides[axis]!);
  const result = values.map((_, at) => {
    let [rest, place] = [at, 0];
    for (let axis = to.length - 1; axis >= 0; axis--) {
      place += (rest % to[axis]!) * from[axis]!;
      rest = Math.floor(rest / to[axis]!);
    }
    return values[place]!;
  });
  return { type, shape: to, values: result };
}

const axesFrom = (first: number, end: number) => Array.from({ length: end - first }, (_, i) => first + i);

/** `[N, C, …]` → `[N, …, C]`. */
export const channelsLast = (x: OnnxTensor): OnnxTensor =>
  transposed(x, [0, ...axesFrom(2, x.shape.length), 1]);

/** `[N, …, C]` → `[N, C, …]`. */
export const channelsFirst = (x: OnnxTensor): OnnxTensor =>
  transposed(x, [0, x.shape.length - 1, ...axesFrom(1, x.shape.length - 1)]);
