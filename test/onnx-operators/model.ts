/**
 * Reads ONNX's files as its operator tests need them (onnx/onnx.proto; the numbers are its field numbers): a model as a list
 * of nodes, and tensors as numbers.
 */
import { readFields, text, varints, viewOf, type Field } from '../support/protobuf.ts';

/** A tensor on the host in ONNX's order: images are `[N, C, H, W]`. */
export interface OnnxTensor {
  /** `f32`, `int64`, …; `other` for those that no test here reads, whose values are left out. */
  readonly type: string;
  readonly shape: readonly number[];
  readonly values: Float64Array;
}

/** A number, a text, a list of numbers, or a tensor. */
export type Attribute = number | string | readonly number[] | OnnxTensor;

export interface OnnxNode {
  readonly op: string;
  /** Names; empty where an optional one is left out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: ReadonlyMap<string, Attribute>;
}

export interface OnnxModel {
  readonly nodes: readonly OnnxNode[];
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly initializers: ReadonlyMap<string, OnnxTensor>;
}

export function readModel(bytes: Uint8Array): OnnxModel {
  const graph = readFields(one(readFields(bytes), 7).bytes);
  const names = (id: number) => all(graph, id).map(({ bytes }) => text(one(readFields(bytes), 1)));
  return {
    nodes: all(graph, 1).map(({ bytes }) => readNode(bytes)),
    inputs: names(11),
    outputs: names(12),
    initializers: new Map(
      all(graph, 5).map(({ bytes }) => [text(one(readFields(bytes), 8)), readTensor(bytes)]),
    ),
  };
}

function readNode(bytes: Uint8Array): OnnxNode {
  const fields = readFields(bytes);
  return {
    op: text(one(fields, 4)),
    inputs: all(fields, 1).map(text),
    outputs: all(fields, 2).map(text),
    attributes: new Map(all(fields, 5).flatMap(({ bytes }) => readAttribute(bytes))),
  };
}

/** None of a kind that no test here reads, such as a graph. */
function readAttribute(bytes: Uint8Array): (readonly [string, Attribute])[] {
  const fields = readFields(bytes);
  const name = text(one(fields, 1));
  // Each is given at least one field.
  const kinds: readonly (readonly [id: number, read: (values: Fields) => Attribute])[] = [
    [2, ([value]) => viewOf(value!).getFloat32(0, true)],
    [3, ([value]) => varints(value!.bytes)[0]!],
    [4, ([value]) => text(value!)],
    [5, ([value]) => readTensor(value!.bytes)],
    [7, (values) => values.flatMap(floats)],
    [8, (values) => values.flatMap(({ bytes }) => varints(bytes))],
  ];
  return kinds.flatMap(([id, read]) => {
    const values = all(fields, id);
    return values.length > 0 ? [[name, read(values)] as const] : [];
  });
}

/** By TensorProto.DataType: the name, and how an element lies in `raw_data`. */
const types: Readonly<
  Record<number, readonly [name: string, bytes: number, read: (view: DataView, at: number) => number]>
> = {
  1: ['f32', 4, (view, at) => view.getFloat32(at, true)],
  2: ['uint8', 1, (view, at) => view.getUint8(at)],
  6: ['int32', 4, (view, at) => view.getInt32(at, true)],
  7: ['int64', 8, (view, at) => Number(view.getBigInt64(at, true))],
  9: ['bool', 1, (view, at) => view.getUint8(at)],
  11: ['f64', 8, (view, at) => view.getFloat64(at, true)],
};

export function readTensor(bytes: Uint8Array): OnnxTensor {
  const fields = readFields(bytes);
  const shape = all(fields, 1).flatMap(({ bytes }) => varints(bytes));
  const [type, size, read] = types[varints(one(fields, 2).bytes)[0]!] ?? ['other', 1, () => NaN];
  const numbers = [5, 7].flatMap((id) => all(fields, id).flatMap(({ bytes }) => varints(bytes)));
  const typed = [...all(fields, 4).flatMap(floats), ...numbers];
  const raw = all(fields, 9).flatMap((field) => {
    const view = viewOf(field);
    return Array.from({ length: view.byteLength / size }, (_, i) => read(view, i * size));
  });
  return { type, shape, values: Float64Array.from(raw.length > 0 ? raw : typed) };
}

/** The floats of one field, of which there may be many in a row. */
function floats(field: Field): number[] {
  const view = viewOf(field);
  return Array.from({ length: view.byteLength / 4 }, (_, i) => view.getFloat32(4 * i, true));
}

/** A message's fields, to be asked for by number. */
type Fields = readonly Field[];

const all = (fields: Fields, id: number): Fields => fields.filter(({ field }) => field === id);

/** The last one, as the format says of a field that is there twice. */
function one(fields: Fields, id: number): Field {
  const field = all(fields, id).at(-1);
  if (!field) throw new Error(`field ${id} is missing`);
  return field;
}
