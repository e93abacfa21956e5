/**
 * The parts of ONNX's file format that a convolutional network needs (onnx/onnx.proto in the ONNX repository; the
 * numbers are its field numbers). Everything is a protobuf message; values are little-endian in `raw_data`.
 */
import { elementCount } from '../dtypes.ts';
import { field, floatField, message, repeated, type Message } from '../../protobuf.ts';

/** IR version 8 and opset 17 came with ONNX 1.12 (2022): what today's runtimes and converters all read. */
const IR_VERSION = 8;
const OPSET = 17;

/** TensorProto.DataType. */
export const elementTypes = { f32: 1, f16: 10 } as const;
export type ElementType = keyof typeof elementTypes;

/** AttributeProto.AttributeType. */
const attributeTypes = { float: 1, int: 2, ints: 7 } as const;

/** A float (batch norm's epsilon), a whole number or a list of such. */
export type Attribute = { readonly float: number } | number | readonly number[];

export interface Node {
  readonly name: string;
  readonly op: string;
  readonly inputs: readonly string[];
  readonly output: string;
  readonly attributes?: Readonly<Record<string, Attribute>>;
}

/** A tensor that the graph takes or gives, float32; a size that is a text may vary and has that name. */
export interface Port {
  readonly name: string;
  readonly shape: readonly (number | string)[];
}

/** A tensor that the file brings along. */
export interface Initializer {
  readonly name: string;
  readonly type: ElementType;
  readonly shape: readonly number[];
  /** The numbers, little-endian, in row-major order. */
  readonly bytes: Uint8Array;
}

export interface Graph {
  readonly name: string;
  readonly nodes: readonly Node[];
  readonly initializers: readonly Initializer[];
  readonly input: Port;
  readonly output: Port;
}

/** A ModelProto of `graph`, with free texts by name. */
export function modelMessage(
  graph: Graph,
  producer: { readonly name: string; readonly version: string },
  metadata: Readonly<Record<string, string>>,
): Message {
  return message(
    field(1, IR_VERSION),
    field(2, producer.name),
    field(3, producer.version),
    field(7, graphMessage(graph)),
    field(8, message(field(1, ''), field(2, OPSET))),
    ...Object.entries(metadata).map(([name, text]) => field(14, message(field(1, name), field(2, text)))),
  );
}

const graphMessage = ({ name, nodes, initializers, input, output }: Graph): Message =>
  message(
    ...nodes.map((node) => field(1, nodeMessage(node))),
    field(2, name),
    ...initializers.map((tensor) => field(5, tensorMessage(tensor))),
    field(11, portMessage(input)),
    field(12, portMessage(output)),
  );

const nodeMessage = ({ name, op, inputs, output, attributes = {} }: Node): Message =>
  message(
    repeated(1, inputs),
    field(2, output),
    field(3, name),
    field(4, op),
    ...Object.entries(attributes).map(([key, value]) => field(5, attributeMessage(key, value))),
  );

function attributeMessage(name: string, value: Attribute): Message {
  if (typeof value === 'number')
    return message(field(1, name), field(3, value), field(20, attributeTypes.int));
  if ('float' in value)
    return message(field(1, name), floatField(2, value.float), field(20, attributeTypes.float));
  return message(field(1, name), repeated(8, value), field(20, attributeTypes.ints));
}

function tensorMessage({ name, type, shape, bytes }: Initializer): Message {
  const expected = elementCount(shape) * (type === 'f16' ? 2 : 4);
  if (bytes.length !== expected) throw new RangeError(`${name} has ${bytes.length} bytes, not ${expected}.`);
  return message(repeated(1, shape), field(2, elementTypes[type]), field(8, name), field(9, bytes));
}

function portMessage({ name, shape }: Port): Message {
  const dimensions = shape.map((size) =>
    field(1, typeof size === 'number' ? field(1, size) : field(2, size)),
  );
  const tensor = message(field(1, elementTypes.f32), field(2, message(...dimensions)));
  return message(field(1, name), field(2, field(1, tensor)));
}
