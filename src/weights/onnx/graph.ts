/**
 * A network as an ONNX graph, as `torch.onnx.export` would make it of torchvision's: input NCHW and normalised, any number of images of
 * any height and width, weights by torchvision's names. Batch norm stays a node of its own, so that those names and values are in the
 * file; runtimes fold it into the convolution when they load it.
 */
import { halvesOf } from '../half.ts';
import { matchStateDict } from '../match.ts';
import type { HostTensor, StateDict } from '../types.ts';
import { elementTypes, modelMessage, type ElementType, type Initializer, type Node } from './model.ts';
import { encode } from '../../protobuf.ts';

/** What a file is written of: a network that says what it holds and what it computes. */
export interface OnnxNetwork {
  readonly name: string;
  /** Names and shapes of its state dict with so many logits. */
  stateShapes(outputs: number): ReadonlyMap<string, readonly number[]>;
  /** Adds its nodes, from `input` `[batch, 3, height, width]`, each but the 3 of any size, to `logits` `[batch, outputs]`. */
  addNodes(graph: OnnxGraph): void;
}

export interface OnnxOptions {
  readonly network: OnnxNetwork;
  /** Logits of the head. */
  readonly outputs: number;
  /** How convolutions' and the head's weights are stored; the graph turns f16 into f32 and computes with that. */
  readonly dtype: ElementType;
  /** Free texts to store in the file, such as the classes. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** The version of graft. */
  readonly version: string;
  /** The file's name in messages. */
  readonly source: string;
}

/** PyTorch's default, which torchvision's ResNets keep. */
const EPSILON = 1e-5;

/**
 * An ONNX file with the input `input` `[batch, 3, height, width]` and the output `logits` `[batch, outputs]`, both
 * float32. Throws WeightsError if `tensors` are not the network's, or hold a number that f16 cannot.
 */
export function writeOnnx(tensors: StateDict, options: OnnxOptions): Uint8Array {
  const { network, outputs, source, metadata = {} } = options;
  const fitting = matchStateDict(network.stateShapes(outputs), tensors, { source }).tensors;
  const builder = new OnnxGraph(fitting, options);
  network.addNodes(builder);
  const graph = {
    name: network.name,
    nodes: builder.nodes,
    initializers: builder.initializers,
    input: { name: 'input', shape: ['batch', 3, 'height', 'width'] },
    output: { name: 'logits', shape: ['batch', outputs] },
  };
  return encode(modelMessage(graph, { name: 'graft', version: options.version }, metadata));
}

/** A square window, in pixels. */
export interface Window {
  readonly kernel: number;
  readonly stride: number;
  readonly padding: number;
}

/** A convolution without bias and its norm, by their names. */
interface ConvNorm extends Window {
  readonly name: string;
  readonly norm: string;
  /** Of the norm; PyTorch's default by default. */
  readonly epsilon?: number;
  /** Of the convolution; 1 by default. */
  readonly groups?: number;
}

const window = ({ kernel, stride, padding }: Window) => ({
  kernel_shape: [kernel, kernel],
  strides: [stride, stride],
  pads: [padding, padding, padding, padding],
});

/** Collects nodes and the weights that they use; every method that adds one returns the name of what it computes. */
export class OnnxGraph {
  readonly nodes: Node[] = [];
  readonly initializers: Initializer[] = [];

  constructor(
    private readonly tensors: StateDict,
    private readonly options: Pick<OnnxOptions, 'dtype' | 'source'>,
  ) {}

  add(name: string, op: string, inputs: readonly string[], attributes: Node['attributes'] = {}): string {
    this.nodes.push({ name, op, inputs, output: `${name}.out`, attributes });
    return `${name}.out`;
  }

  /** The convolution `name`, without bias, and the batch norm `norm` behind it, with running statistics. */
  convNorm({ name, norm, epsilon = EPSILON, groups = 1, ...size }: ConvNorm, x: string): string {
    const attributes = { ...window(size), ...(groups === 1 ? {} : { group: groups }) };
    const convolved = this.add(name, 'Conv', [x, this.large(`${name}.weight`)], attributes);
    const parts = ['weight', 'bias', 'running_mean', 'running_var'].map((part) =>
      this.small(`${norm}.${part}`),
    );
    return this.add(norm, 'BatchNormalization', [convolved, ...parts], { epsilon: { float: epsilon } });
  }

  maxPool(name: string, x: string, size: Window): string {
    return this.add(name, 'MaxPool', [x], window(size));
  }

  /** y = x Wᵀ + b; what the graph gives has a name of its own. */
  linear(name: string, x: string, output = `${name}.out`): string {
    const inputs = [x, this.large(`${name}.weight`), this.small(`${name}.bias`)];
    this.nodes.push({ name, op: 'Gemm', inputs, output, attributes: { transB: 1 } });
    return output;
  }

  /** The convolution `name` of 1×1, with its bias. */
  pointwise(name: string, x: string): string {
    return this.add(name, 'Conv', [x, this.large(`${name}.weight`), this.small(`${name}.bias`)], {
      kernel_shape: [1, 1],
    });
  }

  private small(name: string): string {
    return this.bring(name, 'f32', (data) => data);
  }

  private large(name: string): string {
    if (this.options.dtype === 'f32') return this.small(name);
    this.bring(name, 'f16', (data) => halvesOf(data, name, this.options.source));
    return this.add(`${name}.f32`, 'Cast', [name], { to: elementTypes.f32 });
  }

  /** Puts a tensor into the file; hosts are taken to be little-endian, as WebGPU's are. */
  private bring(
    name: string,
    type: ElementType,
    store: (data: Float32Array) => Float32Array | Uint16Array,
  ): string {
    const { shape, data } = this.tensor(name);
    const { buffer, byteOffset, byteLength } = store(data);
    this.initializers.push({ name, type, shape, bytes: new Uint8Array(buffer, byteOffset, byteLength) });
    return name;
  }

  private tensor(name: string): HostTensor {
    const tensor = this.tensors.get(name);
    if (!tensor) throw new RangeError(`The network has no ${name}.`); // matchStateDict has seen to it
    return tensor;
  }
}
