// Everything that a PyTorch file can become here. The union is closed: a pickle is a program, and this list is all that
// the program is able to make, so reading a file cannot do anything but use memory, and pickle.ts bounds that.
import type { DType } from './dtypes.ts';

export type PickleValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | PickleValue[]
  | PickleDict
  | PickleTuple
  | PickleGlobal
  | PicklePlaceholder
  | StorageReference
  | PickledTensor;

/** A dict or an OrderedDict: both keep insertion order, as Map does. */
export type PickleDict = Map<PickleValue, PickleValue>;

export interface PickleTuple {
  readonly kind: 'tuple';
  readonly items: readonly PickleValue[];
}

/** A Python name that the file may use. What it stands for is our own function, never Python's. */
export interface PickleGlobal {
  readonly kind: 'global';
  /** Python's full name: `torch._utils._rebuild_tensor_v2`. */
  readonly name: string;
  /** The dtype of a storage class such as `torch.HalfStorage`. */
  readonly storage?: DType;
  /** What calling it makes, or undefined if the arguments are not those that torch.save writes. */
  readonly call?: (args: readonly PickleValue[]) => PickleValue | undefined;
  /** Whether it is on no list: whatever the file does with it makes a placeholder. */
  readonly isForeign?: true;
}

/**
 * What stands for an object of a class that graft does not know: the `argparse.Namespace` or the NumPy number that a training
 * program keeps beside the weights. It has the name of what would have been called, and nothing else: its arguments
 * and its state are dropped as they are read.
 */
export interface PicklePlaceholder {
  readonly kind: 'placeholder';
  /** Python's full name of what would have made it: `argparse.Namespace`. */
  readonly name: string;
}

/** Numbers that stand elsewhere in the file under `key`; a view sees `length` of them from `start`. */
export interface StorageReference {
  readonly kind: 'storage';
  readonly key: string;
  readonly dtype: DType;
  readonly start: number;
  readonly length: number;
}

/** A strided view of a storage; offsets and strides count elements. */
export interface PickledTensor {
  readonly kind: 'tensor';
  readonly storage: StorageReference;
  readonly offset: number;
  readonly shape: readonly number[];
  readonly stride: readonly number[];
}

/** Python's word for the type of `value`, for messages. */
export function typeName(value: PickleValue): string {
  if (value === null) return 'NoneType';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'bigint') return 'int';
  if (typeof value === 'number') return Number.isInteger(value) ? 'int' : 'float';
  if (typeof value === 'string') return 'str';
  if (value instanceof Uint8Array) return 'bytes';
  if (Array.isArray(value)) return 'list';
  if (value instanceof Map) return 'dict';
  return value.kind === 'global' || value.kind === 'placeholder' ? value.name : value.kind;
}

/** A value of the kind with a tag that is asked for, or undefined. */
export function asKind<K extends 'tuple' | 'global' | 'placeholder' | 'storage' | 'tensor'>(
  value: PickleValue | undefined,
  kind: K,
): Extract<PickleValue, { kind: K }> | undefined {
  if (typeof value !== 'object' || value === null || !('kind' in value)) return undefined;
  return value.kind === kind ? (value as Extract<PickleValue, { kind: K }>) : undefined;
}

/** A count, offset or stride: an integer from 0 to 2^53 - 1, or undefined. */
export function asCount(value: PickleValue | undefined): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}
