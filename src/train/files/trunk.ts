/**
 * A run keeps two models, its best and its last, and what is frozen for all of it is the same in both: of a run that trains a head,
 * nearly everything. So once there is a best, the last leaves the frozen parameters out, and says which file has them and what their
 * checksum is. Running statistics stay: they are small, and frozen batch norm may still move them.
 */
import type { StateDict } from '../../weights/index.ts';

/** The name of a trunk in a file's metadata. */
export const TRUNK = 'trunk';

/** The parameters that a checkpoint leaves out: the file beside it that has them, their names there, and the checksum of them all. */
export interface Trunk {
  readonly file: string;
  readonly names: readonly string[];
  /** Of each one's name, shape and numbers, in the order of `names`. */
  readonly sha256: string;
}

/** A SHA-256 of bytes that come in pieces. */
export interface Checksum {
  update(bytes: Uint8Array): void;
  hex(): string;
}

/** The trunk that `names` of `state` are, which `file` has too. Throws `RangeError` for a name that `state` lacks. */
export function trunkOf(state: StateDict, names: readonly string[], file: string, checksum: Checksum): Trunk {
  for (const name of names) {
    const tensor = state.get(name);
    if (!tensor) throw new RangeError(`There is no tensor ${name} to leave out.`);
    const { shape, data } = tensor;
    checksum.update(new TextEncoder().encode(`${name} ${shape.join('x')}\n`));
    checksum.update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
  return { file, names, sha256: checksum.hex() };
}

/** The state without its trunk. */
export function withoutTrunk(state: StateDict, { names }: Trunk): StateDict {
  const leftOut = new Set(names);
  return new Map([...state].filter(([name]) => !leftOut.has(name)));
}

/** A trunk as metadata, which are texts. */
export const encodeTrunk = (trunk: Trunk): Record<string, string> => ({ [TRUNK]: JSON.stringify(trunk) });
